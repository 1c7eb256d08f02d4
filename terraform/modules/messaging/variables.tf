variable "name" {
  description = "First part of the names of topics and queues: RESOURCE_PREFIX of the application."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,30}[a-z0-9]$", var.name))
    error_message = "name must be 3 to 32 lower-case letters, digits and hyphens, beginning with a letter."
  }
}

variable "worker_timeout_seconds" {
  description = "Time-out of the function that reads the queues; each queue hides a message six times as long."
  type        = number

  validation {
    condition     = var.worker_timeout_seconds >= 1 && var.worker_timeout_seconds <= 900
    error_message = "worker_timeout_seconds must be between 1 and 900."
  }
}

variable "batching_window_seconds" {
  description = "Longest batching window of the queues' event source mappings; it adds to the time a message is hidden."
  type        = number
  default     = 0

  validation {
    condition     = var.batching_window_seconds >= 0 && var.batching_window_seconds <= 300
    error_message = "batching_window_seconds must be between 0 and 300."
  }
}

variable "unknown_wait_seconds" {
  description = "UNKNOWN_WAIT_S of the application: SES's events that a killed worker held must be back before."
  type        = number
  default     = 1800

  validation {
    condition     = 6 * var.worker_timeout_seconds + var.batching_window_seconds < var.unknown_wait_seconds
    error_message = "unknown_wait_seconds must be more than 6 × worker_timeout_seconds + batching_window_seconds: feedback hidden for longer could prove a mail sent that has just been sent again."
  }
}

variable "max_receives" {
  description = "How often a message is tried before it becomes a dead letter."
  type        = number
  default     = 5

  validation {
    condition     = var.max_receives >= 5 && var.max_receives <= 1000
    error_message = "max_receives must be between 5 and 1000: Lambda's pollers may use up fewer while the function is throttled."
  }
}

variable "encrypt_topics" {
  description = "Whether the topics are encrypted with a customer-managed key, which this module makes (a dollar a month). AWS's own key for SNS cannot be used by SES, CloudWatch or Budgets."
  type        = bool
  default     = true
}

variable "alarm_emails" {
  description = "Who is mailed when an alarm rings; each has to confirm once."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for address in var.alarm_emails : can(regex("^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", address))])
    error_message = "alarm_emails must hold e-mail addresses."
  }
}
