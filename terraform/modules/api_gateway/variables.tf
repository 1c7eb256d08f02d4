variable "name" {
  description = "First part of every name; the application's RESOURCE_PREFIX."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,30}[a-z0-9]$", var.name))
    error_message = "3 to 32 lower-case letters, digits and hyphens, beginning with a letter."
  }
}

variable "stage_name" {
  description = "The stage, and so the first part of each path without a custom domain. The name of Zappa's stage, which takes it for that."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,128}$", var.stage_name))
    error_message = "Letters, digits, hyphens and underscores."
  }
}

variable "function_name" {
  description = "The function that answers."
  type        = string
}

variable "function_arn" {
  description = "Its ARN."
  type        = string
}

variable "user_pool_arn" {
  description = "The Cognito user pool whose tokens open /events and /subscriptions."
  type        = string
}

variable "authorization_scopes" {
  description = "Empty: the API takes ID tokens. Otherwise access tokens with one of these scopes; API Gateway cannot take both."
  type        = list(string)
  default     = []
}

variable "throttle" {
  description = "Requests per second and burst: of the whole stage, of each method that writes, and of the public form."
  type = object({
    stage = optional(object({ rate = number, burst = number }), { rate = 100, burst = 200 })
    write = optional(object({ rate = number, burst = number }), { rate = 10, burst = 20 })
    form  = optional(object({ rate = number, burst = number }), { rate = 5, burst = 10 })
  })
  default = {}
}

variable "log_retention_days" {
  description = "How long CloudWatch keeps the access log."
  type        = number
  default     = 30
}

variable "manage_account_logging" {
  description = "Whether this environment sets the role by which API Gateway logs: one per account and region."
  type        = bool
  default     = true
}

variable "metrics" {
  description = "Metrics of each method, which CloudWatch bills as custom ones."
  type        = bool
  default     = false
}

variable "xray" {
  description = "Trace requests with X-Ray."
  type        = bool
  default     = false
}

variable "waf" {
  description = "A web ACL in front; null for none. Limits are requests of one address in five minutes."
  type = object({
    form_limit = optional(number, 50)
    all_limit  = optional(number, 2000)
  })
  default = null

  validation {
    condition     = var.waf == null || try(var.waf.form_limit >= 10 && var.waf.all_limit >= var.waf.form_limit, false)
    error_message = "AWS takes limits from 10; the form's is the lower one."
  }
}

variable "domain" {
  description = "A domain of your own with its Route 53 zone; null for none. failover: PRIMARY or SECONDARY, where two regions answer for it."
  type = object({
    name     = string
    zone_id  = string
    failover = optional(string)
  })
  default = null

  validation {
    condition     = try(var.domain.failover, null) == null || contains(["PRIMARY", "SECONDARY"], coalesce(try(var.domain.failover, null), "PRIMARY"))
    error_message = "failover is PRIMARY or SECONDARY."
  }
}

variable "permissions_boundary_arn" {
  description = "The permissions boundary of the logging role; null for none."
  type        = string
  default     = null
}
