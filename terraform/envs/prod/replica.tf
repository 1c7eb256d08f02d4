# The second region. Route 53 moves people and programs there by itself when the first one's health
# check fails; sending mails moves only when a person sets `active`, for two regions that both send
# would mail everybody twice: between regions no write is conditional.

module "replica" {
  source = "../../modules/region"
  count  = local.has_replica ? 1 : 0

  providers = {
    aws = aws.replica
  }

  name               = var.name
  stage              = local.stage
  active             = var.active == "replica"
  secret_key_arn     = module.secret_key.replica_arns[var.replica_region]
  users              = local.users
  organisation       = var.organisation
  mail               = var.mail
  environment        = var.environment
  platform           = var.platform
  fanout_concurrency = var.fanout_concurrency
  network            = var.network
  web                = { memory_size = 1024, reserved_concurrency = var.reserved_concurrency.web }
  worker             = { memory_size = 1024, reserved_concurrency = var.reserved_concurrency.worker }
  domain             = merge(var.domain, { failover = "SECONDARY" })
  waf                = var.waf
  throttle           = var.throttle
  alarm_emails       = var.alarm_emails
  log_retention_days = 90
  xray               = var.xray

  # The MX record of a MAIL FROM domain names one region; DMARC is the domain's, once.
  ses = merge(var.ses, {
    mail_from_subdomain = var.ses.mail_from_subdomain == "" ? "" : "${var.ses.mail_from_subdomain}-2"
    dmarc_policy        = ""
  })

  tables = {
    table_arns        = { for table, arn in module.dynamodb.table_arns : table => replace(arn, ":${var.region}:", ":${var.replica_region}:") }
    index_arns        = { for table, arns in module.dynamodb.index_arns : table => [for arn in arns : replace(arn, ":${var.region}:", ":${var.replica_region}:")] }
    events_stream_arn = module.dynamodb.replica_stream_arns[var.replica_region]
  }

  permissions_boundary_arn = var.permissions_boundary_arn
}

resource "aws_sns_topic" "failover" {
  count    = local.has_replica ? 1 : 0
  provider = aws.us_east_1

  name = "${var.name}-failover"
}

resource "aws_sns_topic_subscription" "failover" {
  for_each = local.has_replica ? var.alarm_emails : []
  provider = aws.us_east_1

  topic_arn = aws_sns_topic.failover[0].arn
  protocol  = "email"
  endpoint  = each.value
}

resource "aws_cloudwatch_metric_alarm" "failover" {
  count    = local.has_replica ? 1 : 0
  provider = aws.us_east_1

  alarm_name          = "${var.name}-failover"
  alarm_description   = "The first region does not answer; Route 53 sends people to the second one, and mails wait for you. Runbook: docs/runbook.md#failover"
  namespace           = "AWS/Route53"
  metric_name         = "HealthCheckStatus"
  dimensions          = { HealthCheckId = module.primary.health_check_id }
  statistic           = "Minimum"
  comparison_operator = "LessThanThreshold"
  threshold           = 1
  period              = 60
  evaluation_periods  = 3
  treat_missing_data  = "breaching"
  alarm_actions       = [aws_sns_topic.failover[0].arn]
  ok_actions          = [aws_sns_topic.failover[0].arn]
}
