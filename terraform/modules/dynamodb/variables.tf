variable "name" {
  description = "First part of every table's name: RESOURCE_PREFIX of the application."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,30}[a-z0-9]$", var.name))
    error_message = "name must be 3 to 32 lower-case letters, digits and hyphens, beginning with a letter."
  }
}

variable "deletion_protection" {
  description = "Whether AWS refuses to delete the tables. On in production; `make destroy` fails until it is off."
  type        = bool
  default     = true
}

variable "recovery_period_days" {
  description = "How many days back a table can be restored to, to the second; null: AWS's 35."
  type        = number
  default     = null

  validation {
    condition     = var.recovery_period_days == null || try(var.recovery_period_days >= 1 && var.recovery_period_days <= 35, false)
    error_message = "recovery_period_days must be between 1 and 35."
  }
}

variable "kms_key_arn" {
  description = "Customer-managed key for the tables; null: a key that AWS owns, at no cost."
  type        = string
  default     = null
}

variable "replica_regions" {
  description = "Region → ARN of the customer-managed key there (null without kms_key_arn): further regions that hold every table (global tables)."
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for key in values(var.replica_regions) : (key == null) == (var.kms_key_arn == null)])
    error_message = "replica_regions must name a key in every region exactly when kms_key_arn is set."
  }
}
