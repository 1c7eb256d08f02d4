variable "name" {
  description = "First part of every name; the application's RESOURCE_PREFIX."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,30}[a-z0-9]$", var.name))
    error_message = "3 to 32 lower-case letters, digits and hyphens, beginning with a letter."
  }
}

variable "platform" {
  description = "What both functions run on. The package is built for it, by a Python of the same version."
  type = object({
    runtime      = optional(string, "python3.11")
    architecture = optional(string, "x86_64")
  })
  default = {}

  validation {
    condition     = contains(["python3.11", "python3.12", "python3.13"], var.platform.runtime)
    error_message = "python3.11, python3.12 or python3.13."
  }

  validation {
    condition     = contains(["x86_64", "arm64"], var.platform.architecture)
    error_message = "x86_64 or arm64."
  }
}

variable "environment" {
  description = "The application's environment variables, for both functions."
  type        = map(string)

  validation {
    condition     = !contains(keys(var.environment), "SECRET_KEY")
    error_message = "SECRET_KEY is read from Secrets Manager; it never stands in the environment."
  }

  validation {
    # https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
    condition     = length(setintersection(keys(var.environment), ["AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "LAMBDA_TASK_ROOT", "LAMBDA_RUNTIME_DIR", "TZ"])) == 0
    error_message = "Lambda sets these itself, and refuses a function that does."
  }
}

variable "web" {
  description = "Size of the function that answers HTTP. reserved_concurrency -1: none reserved."
  type = object({
    memory_size          = optional(number, 512)
    timeout_seconds      = optional(number, 29)
    reserved_concurrency = optional(number, -1)
  })
  default = {}

  validation {
    condition     = var.web.timeout_seconds >= 3 && var.web.timeout_seconds <= 29
    error_message = "API Gateway waits 29 seconds."
  }
}

variable "worker" {
  description = "Size of the function behind the stream, the queues and the schedule."
  type = object({
    memory_size          = optional(number, 512)
    timeout_seconds      = optional(number, 120)
    reserved_concurrency = optional(number, -1)
  })
  default = {}

  validation {
    condition     = var.worker.timeout_seconds >= 30 && var.worker.timeout_seconds <= 900
    error_message = "From 30 to 900 seconds."
  }
}

variable "network" {
  description = "Where the functions stand; null: outside any VPC. ipv6 lets them leave by IPv6."
  type = object({
    subnet_ids         = list(string)
    security_group_ids = list(string)
    ipv6               = optional(bool, false)
  })
  default = null

  validation {
    condition     = var.network == null || try(length(var.network.subnet_ids) > 0 && length(var.network.security_group_ids) > 0, false)
    error_message = "A network needs subnets and security groups."
  }
}

variable "table_arns" {
  description = "DynamoDB tables by short name."
  type        = map(string)
}

variable "index_arns" {
  description = "Index ARNs by the short name of their table."
  type        = map(list(string))
}

variable "events_stream_arn" {
  description = "The stream of the events table."
  type        = string
}

variable "queue_arns" {
  description = "SQS queues: fanout, requests, feedback."
  type        = map(string)

  validation {
    condition     = alltrue([for key in ["fanout", "requests", "feedback"] : contains(keys(var.queue_arns), key)])
    error_message = "fanout, requests and feedback are needed."
  }
}

variable "dead_letter_arns" {
  description = "Dead-letter queues: fanout, requests, feedback, stream."
  type        = map(string)

  validation {
    condition     = alltrue([for key in ["fanout", "requests", "feedback", "stream"] : contains(keys(var.dead_letter_arns), key)])
    error_message = "fanout, requests, feedback and stream are needed."
  }
}

variable "events_topic_arn" {
  description = "The SNS topic of events, for programs."
  type        = string
}

variable "user_pool_arn" {
  description = "The Cognito user pool of the staff."
  type        = string
}

variable "ses" {
  description = "The SES identity and configuration set, and the address that mails come from."
  type = object({
    identity_arn          = string
    configuration_set_arn = string
    sender_email          = string
  })
}

variable "fanout_concurrency" {
  description = "Workers that send at the same time, and share the rate (FANOUT_CONCURRENCY)."
  type        = number
  default     = 2

  validation {
    condition     = var.fanout_concurrency >= 2 && var.fanout_concurrency <= 1000
    error_message = "SQS takes a maximum concurrency from 2 to 1000."
  }
}

variable "fanout_batch_size" {
  description = "Shards that a worker takes at once; it walks one after the other."
  type        = number
  default     = 1

  validation {
    condition     = var.fanout_batch_size >= 1 && var.fanout_batch_size <= 10
    error_message = "From 1 to 10."
  }
}

variable "active" {
  description = "false in a standby region: no mapping and no schedule runs, so nobody is mailed twice."
  type        = bool
  default     = true
}

variable "secret_key_arn" {
  description = "The secret that SECRET_KEY is read from."
  type        = string
}

variable "log_retention_days" {
  description = "How long CloudWatch keeps the functions' logs."
  type        = number
  default     = 30

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731], var.log_retention_days)
    error_message = "CloudWatch knows 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731."
  }
}

variable "xray" {
  description = "Trace invocations with X-Ray."
  type        = bool
  default     = false
}

variable "permissions_boundary_arn" {
  description = "The permissions boundary of both roles; null for none."
  type        = string
  default     = null
}

variable "topic_key" {
  description = "Whether the events topic has a key of its own, and which."
  type        = object({ encrypted = bool, arn = optional(string) })
  default     = { encrypted = false }
}
