variable "region" {
  description = "Region of the state bucket."
  type        = string
  default     = "eu-central-1"

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region must be the name of an AWS region, like eu-central-1."
  }
}

variable "bucket" {
  description = "Name of the bucket; null: ivent-terraform-ACCOUNT-REGION."
  type        = string
  default     = null

  validation {
    condition     = var.bucket == null || can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.bucket))
    error_message = "bucket must be a valid name of an S3 bucket."
  }
}

variable "old_version_days" {
  description = "How long a former state can be brought back."
  type        = number
  default     = 90

  validation {
    condition     = var.old_version_days >= 1
    error_message = "old_version_days must be at least 1."
  }
}
