variable "name" {
  description = "First part of every name; the application's RESOURCE_PREFIX."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,30}[a-z0-9]$", var.name))
    error_message = "3 to 32 lower-case letters, digits and hyphens, beginning with a letter."
  }
}

variable "stage" {
  description = "IVENT_STAGE, and the API's stage."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9_-]{0,30}$", var.stage)) && var.stage != "local"
    error_message = "Lower-case letters, digits, hyphens; local is the laptop's."
  }
}

variable "active" {
  description = "false: a standby that answers readers and mails nobody."
  type        = bool
  default     = true
}

variable "tables" {
  description = "The tables of this region: ARNs of tables and indexes by short name, and the events table's stream."
  type = object({
    table_arns        = map(string)
    index_arns        = map(list(string))
    events_stream_arn = string
  })
}

variable "users" {
  description = "The Cognito user pool, wherever it is."
  type = object({
    pool_id    = string
    pool_arn   = string
    client_ids = list(string)
    hosted_url = string
  })
}

variable "secret_key_arn" {
  description = "The secret of SECRET_KEY in this region."
  type        = string
}

variable "organisation" {
  description = "Who writes: name and postal address, both in the foot of every mail."
  type        = object({ name = string, postal_address = string })
}

variable "mail" {
  description = "Addresses of the mails. unsubscribe_email is read by people; reply_to_email empty: the sender."
  type = object({
    sender_email      = string
    unsubscribe_email = string
    reply_to_email    = optional(string, "")
  })

  validation {
    condition     = alltrue([for address in compact(values(var.mail)) : can(regex("^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", address))])
    error_message = "E-mail addresses."
  }
}

variable "environment" {
  description = "Further environment variables of the application, from the README's table."
  type        = map(string)
  default     = {}
}

variable "fanout_concurrency" {
  description = "Workers that send at the same time, and share SES's rate."
  type        = number
  default     = 2
}

variable "network" {
  description = "The functions' network; null: outside any VPC. See modules/vpc."
  type = object({
    cidr                    = optional(string, "10.40.0.0/16")
    zone_count              = optional(number, 2)
    nat                     = optional(string, "none")
    ipv6_egress             = optional(bool, false)
    interface_endpoints     = optional(set(string), [])
    endpoint_zone_count     = optional(number, 1)
    zones_without_endpoint  = optional(map(set(string)), {})
    flow_logs               = optional(bool, false)
    flow_log_retention_days = optional(number, 30)
  })

  validation {
    # https://docs.aws.amazon.com/cognito/latest/developerguide/vpc-interface-endpoints.html
    condition     = var.network == null || try(var.network.nat != "none" || var.network.ipv6_egress || length(setsubtract(["sqs", "sns", "email", "cognito-idp", "secretsmanager"], var.network.interface_endpoints)) == 0, false)
    error_message = "Without NAT or IPv6 the functions need endpoints for sqs, sns, email, cognito-idp and secretsmanager."
  }

  validation {
    condition     = var.network == null || try(var.network.nat != "none" || contains(var.network.interface_endpoints, "email"), false)
    error_message = "Without NAT, mails need the endpoint email."
  }
}

variable "platform" {
  description = "What both functions run on; see modules/lambda. arm64 costs a fifth less."
  type        = object({ runtime = optional(string, "python3.11"), architecture = optional(string, "x86_64") })
  default     = {}
}

variable "web" {
  description = "Size of the function that answers HTTP."
  type = object({
    memory_size          = optional(number, 512)
    timeout_seconds      = optional(number, 29)
    reserved_concurrency = optional(number, -1)
  })
  default = {}
}

variable "worker" {
  description = "Size of the function behind the stream, the queues and the schedule."
  type = object({
    memory_size          = optional(number, 512)
    timeout_seconds      = optional(number, 120)
    reserved_concurrency = optional(number, -1)
  })
  default = {}
}

variable "ses" {
  description = "See modules/ses. A second region has another mail_from_subdomain and no dmarc_policy; empty leaves either out."
  type = object({
    route53_zone_id            = optional(string)
    mail_from_subdomain        = optional(string, "bounce")
    dmarc_policy               = optional(string, "quarantine")
    dmarc_report_email         = optional(string)
    manage_account_suppression = optional(bool, true)
    publish_deliveries         = optional(bool, true)
    forward_bounces            = optional(bool, false)
  })
  default = {}
}

variable "domain" {
  description = "A domain of your own for pages and API; see modules/api_gateway."
  type        = object({ name = string, zone_id = string, failover = optional(string) })
  default     = null
}

variable "waf" {
  description = "A web ACL in front of the API; null for none."
  type        = object({ form_limit = optional(number, 50), all_limit = optional(number, 2000) })
  default     = null
}

variable "throttle" {
  description = "Limits of the API; see modules/api_gateway."
  type = object({
    stage = optional(object({ rate = number, burst = number }), { rate = 100, burst = 200 })
    write = optional(object({ rate = number, burst = number }), { rate = 10, burst = 20 })
    form  = optional(object({ rate = number, burst = number }), { rate = 5, burst = 10 })
  })
  default = {}
}

variable "manage_account_logging" {
  description = "Whether this environment sets the role by which API Gateway logs: one per account and region."
  type        = bool
  default     = true
}

variable "alarm_emails" {
  description = "Who is mailed when an alarm rings; each has to confirm once."
  type        = set(string)
  default     = []
}

variable "monthly_budget" {
  description = "Dollars a month at which to ring; null for none."
  type        = number
  default     = null
}

variable "encrypt_topics" {
  description = "Whether the topics have a key of their own, at a dollar a month."
  type        = bool
  default     = true
}

variable "log_retention_days" {
  description = "How long logs are kept."
  type        = number
  default     = 30
}

variable "xray" {
  description = "Trace with X-Ray."
  type        = bool
  default     = false
}

variable "permissions_boundary_arn" {
  description = "The permissions boundary of every role; null for none."
  type        = string
  default     = null
}
