variable "name" {
  description = "Name of the user pool: RESOURCE_PREFIX of the application."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,30}[a-z0-9]$", var.name))
    error_message = "name must be 3 to 32 lower-case letters, digits and hyphens, beginning with a letter."
  }
}

variable "callback_urls" {
  description = "Where the hosted sign-in page may send the staff back to: PUBLIC_URL and the path of the callback."
  type        = list(string)

  validation {
    condition     = length(var.callback_urls) > 0 && alltrue([for url in var.callback_urls : can(regex("^(https://[^*\\s]+|http://localhost(:[0-9]+)?(/[^*\\s]*)?)$", url))])
    error_message = "callback_urls must be https addresses (or http://localhost) without wildcards."
  }
}

variable "logout_urls" {
  description = "Where it may send them after signing out."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for url in var.logout_urls : can(regex("^(https://[^*\\s]+|http://localhost(:[0-9]+)?(/[^*\\s]*)?)$", url))])
    error_message = "logout_urls must be https addresses (or http://localhost) without wildcards."
  }
}

variable "public_clients" {
  description = "Name → addresses of further programs whose users sign in at the hosted page (authorization code with PKCE)."
  type = map(object({
    callback_urls = list(string)
    logout_urls   = optional(list(string), [])
  }))
  default = {}

  validation {
    condition     = length(var.public_clients) == 0 || var.domain != null
    error_message = "public_clients need the hosted page: set domain."
  }
}

variable "machine_clients" {
  description = "Names of programs that sign in as themselves (client credentials); like people without a group, they may read events."
  type        = set(string)
  default     = []

  validation {
    condition     = length(var.machine_clients) == 0 || var.domain != null
    error_message = "machine_clients get their tokens at the hosted domain: set domain."
  }
}

variable "domain" {
  description = "Hosted sign-in page: the prefix of a Cognito domain, or a domain of your own with a certificate_arn of us-east-1; null: none."
  type = object({
    name            = string
    certificate_arn = optional(string)
  })
  default = null

  validation {
    condition     = var.domain == null || try(var.domain.certificate_arn != null ? can(regex("\\.", var.domain.name)) : can(regex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", var.domain.name)), false)
    error_message = "domain.name must be a domain name with certificate_arn, and one label of lower-case letters, digits and hyphens without."
  }

  validation {
    # https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-assign-domain-prefix.html
    condition     = var.domain == null || try(var.domain.certificate_arn != null || !can(regex("aws|amazon|cognito", var.domain.name)), false)
    error_message = "domain.name must not hold aws, amazon or cognito."
  }

  validation {
    condition     = var.domain == null || try(var.domain.certificate_arn == null || can(regex("^arn:aws[a-z-]*:acm:us-east-1:", var.domain.certificate_arn)), false)
    error_message = "domain.certificate_arn must be a certificate in us-east-1."
  }

  validation {
    # https://docs.aws.amazon.com/cognito/latest/developerguide/vpc-interface-endpoints.html
    condition     = var.domain == null || !var.behind_endpoint
    error_message = "domain must be null where Cognito is reached through an interface endpoint: a pool with a domain refuses every call that comes through one."
  }
}

variable "behind_endpoint" {
  description = "Whether the functions reach Cognito through the VPC's interface endpoint."
  type        = bool
}

variable "mfa" {
  description = "One-time codes from an authenticator app: OFF, OPTIONAL or ON."
  type        = string
  default     = "OPTIONAL"

  validation {
    condition     = contains(["OFF", "OPTIONAL", "ON"], var.mfa)
    error_message = "mfa must be OFF, OPTIONAL or ON."
  }

  validation {
    condition     = var.mfa != "ON" || var.domain != null
    error_message = "mfa can be ON only with domain: an authenticator is set up at the hosted page, and without one nobody gets in."
  }
}

variable "password_minimum_length" {
  description = "Shortest password."
  type        = number
  default     = 12

  validation {
    condition     = var.password_minimum_length >= 8 && var.password_minimum_length <= 99
    error_message = "password_minimum_length must be between 8 and 99."
  }
}

variable "access_minutes" {
  description = "How long a token opens the API; it cannot be taken back earlier."
  type        = number
  default     = 15

  validation {
    condition     = var.access_minutes >= 5 && var.access_minutes <= 60
    error_message = "access_minutes must be between 5 and 60."
  }
}

variable "refresh_hours" {
  description = "How long a program can get new tokens without a new sign-in."
  type        = number
  default     = 12

  validation {
    condition     = var.refresh_hours >= 1 && var.refresh_hours <= 720
    error_message = "refresh_hours must be between 1 and 720."
  }
}

variable "sender" {
  description = "SES identity and From address of Cognito's own mails (invitations, new passwords); null: Cognito's, fifty a day."
  type = object({
    identity_arn = string
    from         = string
  })
  default = null
}

variable "organisation" {
  description = "Who invites, in the mail to a new member of the staff."
  type        = string
  default     = "Ivent"
}

variable "admin_url" {
  description = "Address of the admin, in the same mail."
  type        = string
}

variable "deletion_protection" {
  description = "Whether AWS refuses to delete the pool with its people."
  type        = bool
  default     = true
}
