variable "region" {
  description = "The first region."
  type        = string
  default     = "eu-central-1"
}

variable "replica_region" {
  description = "A second region that holds every table and stands by; null for none. Needs domain."
  type        = string
  default     = null

  validation {
    condition     = var.replica_region == null || (var.replica_region != var.region && var.domain != null)
    error_message = "Another region, and a domain to fail over."
  }
}

variable "active" {
  description = "Which region sends mails: primary, or replica after a person has decided so. Never both."
  type        = string
  default     = "primary"

  validation {
    condition     = contains(["primary", "replica"], var.active) && (var.active == "primary" || var.replica_region != null)
    error_message = "primary, or replica where there is one."
  }
}

variable "name" {
  description = "First part of every name; the application's RESOURCE_PREFIX."
  type        = string
  default     = "ivent-prod"
}

variable "organisation" {
  description = "Who writes: name and postal address, both in the foot of every mail."
  type        = object({ name = string, postal_address = string })
}

variable "mail" {
  description = "Addresses of the mails; unsubscribe_email is read by people."
  type = object({
    sender_email      = string
    unsubscribe_email = string
    reply_to_email    = optional(string, "")
  })
}

variable "environment" {
  description = "Further environment variables of the application, from the README's table."
  type        = map(string)
  default     = {}
}

variable "fanout_concurrency" {
  description = "Workers that send at the same time, and share SES's rate."
  type        = number
  default     = 10
}

variable "reserved_concurrency" {
  description = "Concurrency kept for each function; -1: none. AWS keeps 100 for everything else, so a new account's limit has to be raised first."
  type        = object({ web = optional(number, -1), worker = optional(number, -1) })
  default     = {}
}

variable "platform" {
  description = "What both functions run on; see modules/lambda. arm64 costs a fifth less."
  type        = object({ runtime = optional(string, "python3.11"), architecture = optional(string, "x86_64") })
  default     = {}
}

variable "network" {
  description = "The functions' network in each region; see modules/region.."
  type = object({
    cidr                   = optional(string, "10.40.0.0/16")
    zone_count             = optional(number, 2)
    nat                    = optional(string, "none")
    ipv6_egress            = optional(bool, false)
    interface_endpoints    = optional(set(string), ["sqs", "sns", "email", "cognito-idp", "secretsmanager"])
    endpoint_zone_count    = optional(number, 2)
    zones_without_endpoint = optional(map(set(string)), {})
    flow_logs              = optional(bool, true)
  })
  default = {}
}

variable "domain" {
  description = "A domain of your own for pages and API, in a Route 53 zone; null: AWS's address."
  type        = object({ name = string, zone_id = string })
  default     = null
}

variable "sign_in_domain" {
  description = "Cognito's hosted sign-in page; see modules/cognito. Only with NAT or IPv6: through an interface endpoint Cognito refuses it."
  type        = object({ name = string, certificate_arn = optional(string) })
  default     = null
}

variable "mfa" {
  description = "Second factor of the staff: OFF, OPTIONAL or ON."
  type        = string
  default     = "OPTIONAL"
}

variable "ses" {
  description = "See modules/ses; with route53_zone_id its DNS records are made, without it they are printed."
  type = object({
    route53_zone_id     = optional(string)
    mail_from_subdomain = optional(string, "bounce")
    dmarc_policy        = optional(string, "quarantine")
    dmarc_report_email  = optional(string)
    forward_bounces     = optional(bool, false)
  })
  default = {}
}

variable "waf" {
  description = "Limits of one address in five minutes; null: no web ACL, and nine dollars a month less."
  type        = object({ form_limit = optional(number, 50), all_limit = optional(number, 2000) })
  default     = {}
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

variable "alarm_emails" {
  description = "Who is mailed when an alarm rings; each has to confirm once."
  type        = set(string)

  validation {
    condition     = length(var.alarm_emails) > 0
    error_message = "Somebody has to hear the alarms."
  }
}

variable "monthly_budget" {
  description = "Dollars a month of the whole account at which to ring."
  type        = number
  default     = 150
}

variable "xray" {
  description = "Trace with X-Ray."
  type        = bool
  default     = false
}

variable "deletion_protection" {
  description = "Whether AWS refuses to delete the tables and the people."
  type        = bool
  default     = true
}

variable "permissions_boundary_arn" {
  description = "The permissions boundary of every role, from terraform/pipeline; null for none."
  type        = string
  default     = null
}
