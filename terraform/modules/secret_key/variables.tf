variable "name" {
  description = "First part of every name; the application's RESOURCE_PREFIX."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,30}[a-z0-9]$", var.name))
    error_message = "3 to 32 lower-case letters, digits and hyphens, beginning with a letter."
  }
}

variable "key" {
  description = "The key itself, from an ephemeral resource: Terraform keeps it nowhere."
  type        = string
  ephemeral   = true
  sensitive   = true

  validation {
    condition     = length(var.key) >= 32
    error_message = "At least 32 characters."
  }
}

variable "key_version" {
  description = "Raise it to write a new key; the one before still opens what it has signed."
  type        = number
  default     = 1

  validation {
    condition     = var.key_version >= 1 && floor(var.key_version) == var.key_version
    error_message = "A whole number from 1."
  }
}

variable "replica_regions" {
  description = "Regions that get a replica of the secret."
  type        = set(string)
  default     = []
}

variable "recovery_window_days" {
  description = "How long a deleted secret can be brought back; 0 where an environment comes and goes."
  type        = number
  default     = 30

  validation {
    condition     = var.recovery_window_days == 0 || (var.recovery_window_days >= 7 && var.recovery_window_days <= 30)
    error_message = "0, or 7 to 30."
  }
}
