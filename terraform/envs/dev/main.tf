# A small and cheap Ivent to try things on: one region, no WAF, nothing protected from deletion.

provider "aws" {
  region = var.region

  default_tags {
    tags = {
      Project   = "ivent"
      Stage     = local.stage
      ManagedBy = "terraform/envs/dev"
    }
  }
}

locals {
  stage = "dev"
  # What does not answer by IPv6 under the names that the SDK uses; or everything.
  endpoints = var.ipv6_egress ? ["email"] : ["sqs", "sns", "email", "cognito-idp", "secretsmanager"]
}

ephemeral "aws_secretsmanager_random_password" "secret_key" {
  password_length     = 64
  exclude_punctuation = true
}

module "secret_key" {
  source = "../../modules/secret_key"

  name                 = var.name
  key                  = ephemeral.aws_secretsmanager_random_password.secret_key.random_password
  recovery_window_days = 0
}

module "dynamodb" {
  source = "../../modules/dynamodb"

  name                = var.name
  deletion_protection = false
}

module "cognito" {
  source = "../../modules/cognito"

  name                = var.name
  callback_urls       = ["${module.region.api_url}/admin/login/callback/"]
  logout_urls         = ["${module.region.api_url}/admin/login/"]
  admin_url           = "${module.region.api_url}/admin/"
  organisation        = var.organisation.name
  behind_endpoint     = var.in_vpc && contains(local.endpoints, "cognito-idp")
  deletion_protection = false
}

module "region" {
  source = "../../modules/region"

  name               = var.name
  stage              = local.stage
  secret_key_arn     = module.secret_key.arn
  organisation       = var.organisation
  mail               = var.mail
  environment        = var.environment
  platform           = var.platform
  fanout_concurrency = 2
  domain             = var.domain
  throttle           = var.throttle
  alarm_emails       = var.alarm_emails
  monthly_budget     = var.monthly_budget
  encrypt_topics     = false
  log_retention_days = 14

  tables = {
    table_arns        = module.dynamodb.table_arns
    index_arns        = module.dynamodb.index_arns
    events_stream_arn = module.dynamodb.events_stream_arn
  }

  users = {
    pool_id    = module.cognito.user_pool_id
    pool_arn   = module.cognito.user_pool_arn
    client_ids = module.cognito.client_ids
    hosted_url = module.cognito.hosted_url
  }

  network = var.in_vpc ? {
    ipv6_egress            = var.ipv6_egress
    interface_endpoints    = local.endpoints
    zones_without_endpoint = var.zones_without_endpoint
  } : null

  ses = var.ses

  permissions_boundary_arn = var.permissions_boundary_arn
}
