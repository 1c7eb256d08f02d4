# Ivent for real: protected from deletion, behind a WAF, watched, and, with replica_region, standing
# by in a second region.

locals {
  stage       = "prod"
  tags        = { Project = "ivent", Stage = local.stage, ManagedBy = "terraform/envs/prod" }
  has_replica = var.replica_region != null

  users = {
    pool_id    = module.cognito.user_pool_id
    pool_arn   = module.cognito.user_pool_arn
    client_ids = module.cognito.client_ids
    hosted_url = module.cognito.hosted_url
  }
}

provider "aws" {
  region = var.region

  default_tags {
    tags = local.tags
  }
}

provider "aws" {
  alias  = "replica"
  region = coalesce(var.replica_region, var.region)

  default_tags {
    tags = local.tags
  }
}

# Only there CloudWatch knows Route 53's health checks.
provider "aws" {
  alias  = "us_east_1"
  region = "us-east-1"

  default_tags {
    tags = local.tags
  }
}

ephemeral "aws_secretsmanager_random_password" "secret_key" {
  password_length     = 64
  exclude_punctuation = true
}

module "secret_key" {
  source = "../../modules/secret_key"

  name            = var.name
  key             = ephemeral.aws_secretsmanager_random_password.secret_key.random_password
  replica_regions = local.has_replica ? [var.replica_region] : []
}

module "dynamodb" {
  source = "../../modules/dynamodb"

  name                = var.name
  deletion_protection = var.deletion_protection
  replica_regions     = local.has_replica ? { (var.replica_region) = null } : {}
}

# One directory for both regions: tokens are checked without it, signing in is not.
module "cognito" {
  source = "../../modules/cognito"

  name                = var.name
  callback_urls       = ["${module.primary.api_url}/admin/login/callback/"]
  logout_urls         = ["${module.primary.api_url}/admin/login/"]
  admin_url           = "${module.primary.api_url}/admin/"
  organisation        = var.organisation.name
  domain              = var.sign_in_domain
  mfa                 = var.mfa
  behind_endpoint     = contains(var.network.interface_endpoints, "cognito-idp")
  deletion_protection = var.deletion_protection
}

module "primary" {
  source = "../../modules/region"

  name               = var.name
  stage              = local.stage
  active             = var.active == "primary"
  secret_key_arn     = module.secret_key.arn
  users              = local.users
  organisation       = var.organisation
  mail               = var.mail
  environment        = var.environment
  platform           = var.platform
  fanout_concurrency = var.fanout_concurrency
  network            = var.network
  web                = { memory_size = 1024, reserved_concurrency = var.reserved_concurrency.web }
  worker             = { memory_size = 1024, reserved_concurrency = var.reserved_concurrency.worker }
  ses                = var.ses
  domain             = var.domain == null ? null : merge(var.domain, { failover = local.has_replica ? "PRIMARY" : null })
  waf                = var.waf
  throttle           = var.throttle
  alarm_emails       = var.alarm_emails
  monthly_budget     = var.monthly_budget
  log_retention_days = 90
  xray               = var.xray

  tables = {
    table_arns        = module.dynamodb.table_arns
    index_arns        = module.dynamodb.index_arns
    events_stream_arn = module.dynamodb.events_stream_arn
  }

  permissions_boundary_arn = var.permissions_boundary_arn
}
