variable "name" {
  description = "First part of every name; the application's RESOURCE_PREFIX."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,30}[a-z0-9]$", var.name))
    error_message = "3 to 32 lower-case letters, digits and hyphens, beginning with a letter."
  }
}

variable "stage" {
  description = "IVENT_STAGE: the dimension of the application's own metrics."
  type        = string
}

variable "functions" {
  description = "web and worker: name, time-out and log group."
  type = map(object({
    function_name   = string
    timeout_seconds = number
    log_group_name  = string
  }))

  validation {
    condition     = toset(keys(var.functions)) == toset(["web", "worker"])
    error_message = "web and worker."
  }
}

variable "api" {
  description = "The REST API's name and stage."
  type        = object({ name = string, stage_name = string })
}

variable "queue_arns" {
  description = "fanout, requests, feedback."
  type        = map(string)
}

variable "dead_letter_arns" {
  description = "fanout, requests, feedback, stream."
  type        = map(string)
}

variable "alarms_topic_arn" {
  description = "Where alarms ring."
  type        = string
}

variable "active" {
  description = "false in a standby region, where silence is as it should be."
  type        = bool
  default     = true
}

variable "queue_age_limits" {
  description = "How many seconds the oldest message of a queue may wait."
  type        = map(number)
  default     = { fanout = 1800, requests = 600, feedback = 900 }
}

variable "reputation_limits" {
  description = "Shares of bounces and complaints at which to ring; SES reviews an account at 5 % and 0.1 %."
  type        = object({ bounces = number, complaints = number })
  default     = { bounces = 0.02, complaints = 0.0005 }

  validation {
    condition     = var.reputation_limits.bounces < 0.05 && var.reputation_limits.complaints < 0.001
    error_message = "Later than SES would be too late."
  }
}

variable "monthly_budget" {
  description = "Dollars a month at which to ring, of the whole account; null for none."
  type        = number
  default     = null
}

variable "runbook_url" {
  description = "Where docs/runbook.md is read."
  type        = string
  default     = "docs/runbook.md"
}
