variable "name" {
  description = "Name of the configuration set: RESOURCE_PREFIX of the application."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,30}[a-z0-9]$", var.name))
    error_message = "name must be 3 to 32 lower-case letters, digits and hyphens, beginning with a letter."
  }
}

variable "domain" {
  description = "Domain that mails come from: the part of SENDER_EMAIL after the @."
  type        = string

  validation {
    condition     = can(regex("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]{2,63}$", var.domain))
    error_message = "domain must be a lower-case domain name, like example.org."
  }
}

variable "feedback_topic_arn" {
  description = "SNS topic that gets SES's events; in the same region."
  type        = string

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:.+$", var.feedback_topic_arn))
    error_message = "feedback_topic_arn must be the ARN of an SNS topic."
  }
}

variable "mail_from_subdomain" {
  description = "First label of the MAIL FROM domain; null: SES's own, and then only DKIM makes DMARC pass. Its MX record names one region, so a second region needs another label."
  type        = string
  default     = "bounce"

  validation {
    condition     = var.mail_from_subdomain == null || can(regex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", var.mail_from_subdomain))
    error_message = "mail_from_subdomain must be one lower-case label."
  }
}

variable "forward_bounces" {
  description = "Whether SES mails bounces and complaints, with people's addresses, to the sender as well."
  type        = bool
  default     = false
}

variable "publish_deliveries" {
  description = "Whether SES tells of each delivered mail (about a dollar per million). They are counted, and help to settle sends of unknown outcome; without them the send events do."
  type        = bool
  default     = true
}

variable "require_tls" {
  description = "Whether mails go only to servers that offer TLS. Others' mails bounce."
  type        = bool
  default     = true
}

variable "manage_account_suppression" {
  description = "Whether this stage sets the account's suppression list (bounces and complaints), which is one per account and region."
  type        = bool
  default     = true
}

variable "route53_zone_id" {
  description = "Zone in which the DNS records are made; null: they are only printed."
  type        = string
  default     = null
}

variable "dmarc_policy" {
  description = "What other servers shall do with mails that only claim to be ours: none, quarantine or reject; null makes no DMARC record (a second region, or a domain that has one)."
  type        = string
  default     = "quarantine"

  validation {
    condition     = var.dmarc_policy == null || try(contains(["none", "quarantine", "reject"], var.dmarc_policy), false)
    error_message = "dmarc_policy must be none, quarantine, reject or null."
  }
}

variable "dmarc_report_email" {
  description = "Who gets the daily DMARC reports; null: nobody."
  type        = string
  default     = null

  validation {
    condition     = var.dmarc_report_email == null || can(regex("^[^@\\s,;]+@[^@\\s,;]+\\.[^@\\s,;]+$", var.dmarc_report_email))
    error_message = "dmarc_report_email must be an e-mail address."
  }
}
