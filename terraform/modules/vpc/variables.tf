variable "name" {
  description = "First part of every name: RESOURCE_PREFIX of the application."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,30}[a-z0-9]$", var.name))
    error_message = "name must be 3 to 32 lower-case letters, digits and hyphens, beginning with a letter."
  }
}

variable "cidr" {
  description = "Address range of the VPC."
  type        = string
  default     = "10.40.0.0/16"

  validation {
    # A quarter of it is for each zone and the rest for NAT; AWS wants at least a /28 each.
    condition     = can(cidrnetmask(var.cidr)) && try(tonumber(split("/", var.cidr)[1]) >= 16 && tonumber(split("/", var.cidr)[1]) <= 20, false)
    error_message = "cidr must be an IPv4 range between /16 and /20."
  }

  validation {
    condition     = try(cidrhost(var.cidr, 0) == split("/", var.cidr)[0], false)
    error_message = "cidr must begin at its own network address, like 10.40.0.0/16."
  }

  validation {
    condition     = can(regex("^(10\\.|172\\.(1[6-9]|2[0-9]|3[01])\\.|192\\.168\\.)", var.cidr))
    error_message = "cidr must be private (RFC 1918): with another range, that part of the internet is out of reach."
  }
}

variable "zone_count" {
  description = "In how many availability zones there are private subnets."
  type        = number
  default     = 2

  validation {
    condition     = var.zone_count >= 2 && var.zone_count <= 4 && floor(var.zone_count) == var.zone_count
    error_message = "zone_count must be 2, 3 or 4."
  }
}

variable "nat" {
  description = "Way out to the internet: none, single (one gateway for all zones) or per_zone. What AWS bills per gateway and hour is in the README."
  type        = string
  default     = "none"

  validation {
    condition     = contains(["none", "single", "per_zone"], var.nat)
    error_message = "nat must be none, single or per_zone."
  }
}

variable "ipv6_egress" {
  description = "Way out by IPv6 only, at no cost by the hour; what does not answer by IPv6 still needs an endpoint or NAT."
  type        = bool
  default     = false
}

variable "interface_endpoints" {
  description = "AWS services that are reached through an interface endpoint. SES's API is email. Leave cognito-idp out where the user pool has a domain: such a pool refuses every call that comes through an endpoint."
  type        = set(string)
  default     = ["sqs", "sns", "email", "cognito-idp"]

  validation {
    condition     = alltrue([for service in var.interface_endpoints : contains(["sqs", "sns", "email", "cognito-idp", "logs", "kms", "secretsmanager", "xray"], service)])
    error_message = "interface_endpoints may hold sqs, sns, email, cognito-idp, logs, kms, secretsmanager and xray."
  }
}

variable "endpoint_zone_count" {
  description = "In how many zones each interface endpoint has an address; each is billed. Fewer than zone_count: the other zones reach it across."
  type        = number
  default     = 2

  validation {
    condition     = var.endpoint_zone_count >= 1 && var.endpoint_zone_count <= var.zone_count
    error_message = "endpoint_zone_count must be between 1 and zone_count."
  }
}

variable "zones_without_endpoint" {
  description = "Service → names of the zones in which AWS does not offer its endpoint (`aws ec2 describe-vpc-endpoint-services` tells); SES lacks some."
  type        = map(set(string))
  default     = {}
}

variable "flow_logs" {
  description = "Whether the VPC's traffic is logged to CloudWatch."
  type        = bool
  default     = true
}

variable "flow_log_retention_days" {
  description = "How long flow logs are kept."
  type        = number
  default     = 30

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.flow_log_retention_days)
    error_message = "flow_log_retention_days must be a number of days that CloudWatch Logs offers."
  }
}

variable "log_kms_key_arn" {
  description = "Customer-managed key for the flow logs; null: CloudWatch's own encryption. Its policy must let logs.REGION.amazonaws.com use it."
  type        = string
  default     = null
}

variable "permissions_boundary_arn" {
  description = "Permissions boundary of the flow logs' role; null: none."
  type        = string
  default     = null
}
