# Everything that stands once in each region: network, messaging, SES, functions, API, alarms.
# Tables, user pool and secret come from outside, for they are one for all regions.

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
# `id` and not `name`: the provider's next major version renames the latter.
data "aws_region" "current" {}

locals {
  # Longest batching window of the queues' mappings (modules/lambda).
  batching_window_seconds = 60

  environment = merge(
    {
      IVENT_STAGE           = var.stage
      RESOURCE_PREFIX       = var.name
      PUBLIC_URL            = module.api.api_url
      ALLOWED_HOSTS         = join(",", module.api.host)
      EVENTS_TOPIC_ARN      = module.messaging.topic_arns["events"]
      FANOUT_QUEUE_URL      = module.messaging.queue_urls["fanout"]
      REQUESTS_QUEUE_URL    = module.messaging.queue_urls["requests"]
      FEEDBACK_QUEUE_URL    = module.messaging.queue_urls["feedback"]
      COGNITO_USER_POOL_ID  = var.users.pool_id
      COGNITO_CLIENT_IDS    = join(",", var.users.client_ids)
      COGNITO_HOSTED_URL    = var.users.hosted_url
      ORGANISATION          = var.organisation.name
      POSTAL_ADDRESS        = var.organisation.postal_address
      SENDER_EMAIL          = var.mail.sender_email
      REPLY_TO_EMAIL        = coalesce(var.mail.reply_to_email, var.mail.sender_email)
      UNSUBSCRIBE_EMAIL     = var.mail.unsubscribe_email
      SES_CONFIGURATION_SET = module.ses.configuration_set_name
      FANOUT_CONCURRENCY    = tostring(var.fanout_concurrency)
    },
    var.environment,
  )
}

module "vpc" {
  source = "../vpc"
  count  = var.network == null ? 0 : 1

  name                    = var.name
  cidr                    = var.network.cidr
  zone_count              = var.network.zone_count
  nat                     = var.network.nat
  ipv6_egress             = var.network.ipv6_egress
  interface_endpoints     = var.network.interface_endpoints
  endpoint_zone_count     = var.network.endpoint_zone_count
  zones_without_endpoint  = var.network.zones_without_endpoint
  flow_logs               = var.network.flow_logs
  flow_log_retention_days = var.network.flow_log_retention_days

  permissions_boundary_arn = var.permissions_boundary_arn
}

module "messaging" {
  source = "../messaging"

  name                    = var.name
  worker_timeout_seconds  = var.worker.timeout_seconds
  batching_window_seconds = local.batching_window_seconds
  unknown_wait_seconds    = tonumber(lookup(var.environment, "UNKNOWN_WAIT_S", "1800"))
  encrypt_topics          = var.encrypt_topics
  alarm_emails            = var.alarm_emails
}

module "ses" {
  source = "../ses"

  name                       = var.name
  domain                     = split("@", var.mail.sender_email)[1]
  feedback_topic_arn         = module.messaging.topic_arns["feedback"]
  route53_zone_id            = var.ses.route53_zone_id
  mail_from_subdomain        = var.ses.mail_from_subdomain == "" ? null : var.ses.mail_from_subdomain
  dmarc_policy               = var.ses.dmarc_policy == "" ? null : var.ses.dmarc_policy
  dmarc_report_email         = var.ses.dmarc_report_email
  manage_account_suppression = var.ses.manage_account_suppression
  publish_deliveries         = var.ses.publish_deliveries
  forward_bounces            = var.ses.forward_bounces
}

module "lambda" {
  source = "../lambda"

  name               = var.name
  active             = var.active
  environment        = local.environment
  platform           = var.platform
  web                = var.web
  worker             = var.worker
  table_arns         = var.tables.table_arns
  index_arns         = var.tables.index_arns
  events_stream_arn  = var.tables.events_stream_arn
  queue_arns         = module.messaging.queue_arns
  dead_letter_arns   = module.messaging.dead_letter_arns
  events_topic_arn   = module.messaging.topic_arns["events"]
  topic_key          = { encrypted = var.encrypt_topics, arn = module.messaging.topic_kms_key_arn }
  user_pool_arn      = var.users.pool_arn
  secret_key_arn     = var.secret_key_arn
  fanout_concurrency = var.fanout_concurrency
  log_retention_days = var.log_retention_days
  xray               = var.xray

  ses = {
    identity_arn          = module.ses.identity_arn
    configuration_set_arn = module.ses.configuration_set_arn
    sender_email          = var.mail.sender_email
  }

  network = var.network == null ? null : {
    subnet_ids         = module.vpc[0].private_subnet_ids
    security_group_ids = [module.vpc[0].lambda_security_group_id]
    ipv6               = module.vpc[0].ipv6_egress
  }

  permissions_boundary_arn = var.permissions_boundary_arn
}

module "api" {
  source = "../api_gateway"

  name                     = var.name
  stage_name               = var.stage
  function_name            = module.lambda.web.function_name
  function_arn             = module.lambda.web.function_arn
  user_pool_arn            = var.users.pool_arn
  throttle                 = var.throttle
  waf                      = var.waf
  domain                   = var.domain
  xray                     = var.xray
  log_retention_days       = var.log_retention_days
  manage_account_logging   = var.manage_account_logging
  permissions_boundary_arn = var.permissions_boundary_arn
}

module "monitoring" {
  source = "../monitoring"

  name             = var.name
  stage            = var.stage
  active           = var.active
  functions        = { web = module.lambda.web, worker = module.lambda.worker }
  api              = { name = var.name, stage_name = var.stage }
  queue_arns       = module.messaging.queue_arns
  dead_letter_arns = module.messaging.dead_letter_arns
  alarms_topic_arn = module.messaging.topic_arns["alarms"]
  monthly_budget   = var.monthly_budget
}
