variable "region" {
  description = "The region of everything."
  type        = string
  default     = "eu-central-1"
}

variable "name" {
  description = "First part of every name; the application's RESOURCE_PREFIX."
  type        = string
  default     = "ivent-dev"
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

variable "platform" {
  description = "What both functions run on; see modules/lambda. arm64 costs a fifth less."
  type        = object({ runtime = optional(string, "python3.11"), architecture = optional(string, "x86_64") })
  default     = {}
}

variable "in_vpc" {
  description = "Whether the functions stand in private subnets. Outside, they cost nothing when idle."
  type        = bool
  default     = true
}

variable "ipv6_egress" {
  description = "Whether they leave by IPv6, at no cost by the hour; false: by interface endpoints, at about 37 dollars a month."
  type        = bool
  default     = true
}

variable "zones_without_endpoint" {
  description = "Service → zones in which AWS does not offer its endpoint; SES lacks some. See modules/vpc."
  type        = map(set(string))
  default     = {}
}

variable "ses" {
  description = "See modules/ses; with route53_zone_id its DNS records are made, without it they are printed. Empty mail_from_subdomain and dmarc_policy leave these out."
  type = object({
    route53_zone_id     = optional(string)
    mail_from_subdomain = optional(string, "bounce")
    dmarc_policy        = optional(string, "quarantine")
    dmarc_report_email  = optional(string)
    forward_bounces     = optional(bool, false)
  })
  default = {}
}

variable "domain" {
  description = "A domain of your own for pages and API, in a Route 53 zone; null: AWS's address."
  type        = object({ name = string, zone_id = string })
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

variable "alarm_emails" {
  description = "Who is mailed when an alarm rings; each has to confirm once."
  type        = set(string)
  default     = []
}

variable "monthly_budget" {
  description = "Dollars a month of the whole account at which to ring."
  type        = number
  default     = 20
}

variable "permissions_boundary_arn" {
  description = "The permissions boundary of every role, from terraform/pipeline; null for none."
  type        = string
  default     = null
}
