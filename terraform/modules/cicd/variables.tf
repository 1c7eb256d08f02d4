variable "name" {
  description = "RESOURCE_PREFIX of what is deployed. The pipeline's own names are this and -cicd."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,30}[a-z0-9]$", var.name))
    error_message = "3 to 32 lower-case letters, digits and hyphens, beginning with a letter."
  }
}

variable "environment" {
  description = "Which folder of terraform/envs is applied."
  type        = string

  validation {
    condition     = contains(["dev", "prod"], var.environment)
    error_message = "dev or prod."
  }
}

variable "repository" {
  description = "Where the code is: OWNER/NAME."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+$", var.repository))
    error_message = "OWNER/NAME."
  }
}

variable "branch" {
  description = "What is deployed."
  type        = string
  default     = "main"
}

variable "provider_type" {
  description = "Who keeps the repository; a person authorises the connection once, in the console."
  type        = string
  default     = "GitHub"
}

variable "state_bucket" {
  description = "The bucket of Terraform's state, from terraform/bootstrap."
  type        = string
}

variable "state_key" {
  description = "The state's key in it."
  type        = string
}

variable "regions" {
  description = "The regions that the environment uses, the first one first."
  type        = list(string)

  validation {
    condition     = length(var.regions) > 0
    error_message = "One at least."
  }
}

variable "terraform_variables" {
  description = "The environment's variables by name; maps and lists as JSON. No secrets: there are none."
  type        = map(string)
  default     = {}
}

variable "route53_zone_ids" {
  description = "Zones in which the environment makes records."
  type        = set(string)
  default     = []
}

variable "approvers_topic_arn" {
  description = "SNS topic that is told when a plan waits for approval; null: nobody."
  type        = string
  default     = null
}

variable "github_environment" {
  description = "GitHub environment whose workflow may plan (and no more) by OIDC; null: none."
  type        = string
  default     = null
}

variable "github_oidc_provider_arn" {
  description = "The account's OIDC provider of GitHub, needed with github_environment."
  type        = string
  default     = null

  validation {
    condition     = (var.github_environment == null) == (var.github_oidc_provider_arn == null)
    error_message = "Both or none."
  }
}

variable "log_retention_days" {
  description = "How long the builds' logs are kept."
  type        = number
  default     = 90
}
