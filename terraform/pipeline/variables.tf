variable "environment" {
  description = "dev or prod."
  type        = string
}

variable "repository" {
  description = "Where the code is: OWNER/NAME."
  type        = string
}

variable "branch" {
  description = "What is deployed."
  type        = string
  default     = "main"
}

variable "provider_type" {
  description = "Who keeps the repository."
  type        = string
  default     = "GitHub"
}

variable "state_bucket" {
  description = "The bucket of Terraform's state, from terraform/bootstrap."
  type        = string
}

variable "regions" {
  description = "The regions that the environment uses, the first one first."
  type        = list(string)
  default     = ["eu-central-1"]
}

variable "terraform_variables" {
  description = "The environment's variables by name; maps and lists as JSON. No secrets: there are none."
  type        = map(string)
}

variable "route53_zone_ids" {
  description = "Zones in which the environment makes records."
  type        = set(string)
  default     = []
}

variable "approvers_topic_arn" {
  description = "SNS topic that is told when a plan waits for approval; null: nobody."
  type        = string
  default     = null
}

variable "github_environment" {
  description = "GitHub environment whose workflow may plan by OIDC; null: none."
  type        = string
  default     = null
}
