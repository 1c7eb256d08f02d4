# Each alarm says what is wrong and which section of the runbook says what to do.

locals {
  name_of = { for key, arn in merge(var.queue_arns, { for key, arn in var.dead_letter_arns : "dead-${key}" => arn }) : key => element(split(":", arn), 5) }

  lambda   = { for key, function in var.functions : key => { FunctionName = function.function_name } }
  watched  = ["announcements", "chunks", "events", "subscriptions"]
  log_name = "Ivent/${var.name}"

  # Left out of an alarm, these are its values.
  defaults = {
    statistic = "Sum", extended = null, threshold = 0, above = true, minutes = 5, periods = 1, missing = "notBreaching"
  }

  dead_letters = {
    for key in keys(var.dead_letter_arns) : "dead-letters-${key}" => {
      says       = "Messages were given up after several tries."
      namespace  = "AWS/SQS", metric = "ApproximateNumberOfMessagesVisible", statistic = "Maximum"
      dimensions = { QueueName = local.name_of["dead-${key}"] }
    }
  }

  queue_ages = {
    for key, limit in var.queue_age_limits : "queue-age-${key}" => {
      says       = "The oldest message has been waiting for more than ${limit / 60} minutes."
      namespace  = "AWS/SQS", metric = "ApproximateAgeOfOldestMessage", statistic = "Maximum"
      dimensions = { QueueName = local.name_of[key] }
      threshold  = limit
    }
  }

  functions = merge([
    for key, function in var.functions : {
      "${key}-errors" = {
        says      = "Invocations of the ${key} function end in errors."
        namespace = "AWS/Lambda", metric = "Errors", dimensions = local.lambda[key]
        # A single failed batch comes again by itself.
        periods = 2
      }
      "${key}-throttles" = {
        says      = "Invocations of the ${key} function are refused for want of concurrency."
        namespace = "AWS/Lambda", metric = "Throttles", dimensions = local.lambda[key]
        periods   = 3
      }
      "${key}-duration" = {
        says      = "The slowest invocations of the ${key} function come near its time-out."
        namespace = "AWS/Lambda", metric = "Duration", dimensions = local.lambda[key]
        statistic = null, extended = "p99", threshold = function.timeout_seconds * 900, periods = 3
      }
    }
  ]...)

  others = {
    "stream-lag" = {
      says      = "Changes of events wait for more than five minutes to be announced."
      namespace = "AWS/Lambda", metric = "IteratorAge", dimensions = local.lambda["worker"]
      statistic = "Maximum", threshold = 300000
    }
    "api-errors" = {
      says       = "The API answers with server errors."
      namespace  = "AWS/ApiGateway", metric = "5XXError"
      dimensions = { ApiName = var.api.name, Stage = var.api.stage_name }
      threshold  = 5
    }
    "breaker" = {
      says      = "Mails are paused, since too many bounced or complained."
      namespace = local.log_name, metric = "alarm-breaker", dimensions = {}
    }
    "held" = {
      says      = "Old news is held until a person decides."
      namespace = local.log_name, metric = "alarm-held", dimensions = {}
    }
    "parked" = {
      says      = "It is in doubt for good whether some mails arrived: a person decides."
      namespace = "Ivent", metric = "parked", dimensions = { stage = var.stage }
    }
    "bounce-rate" = {
      says      = "Too many mails bounce; SES reviews the account at 5 %."
      namespace = "AWS/SES", metric = "Reputation.BounceRate", dimensions = {}
      statistic = "Maximum", threshold = var.reputation_limits.bounces, minutes = 60
    }
    "complaint-rate" = {
      says      = "Too many readers complain; SES reviews the account at 0.1 %."
      namespace = "AWS/SES", metric = "Reputation.ComplaintRate", dimensions = {}
      statistic = "Maximum", threshold = var.reputation_limits.complaints, minutes = 60
    }
  }

  silence = var.active ? {
    "sweep-silent" = {
      says      = "The worker was not called for ten minutes: the minute schedule does not run."
      namespace = "AWS/Lambda", metric = "Invocations", dimensions = local.lambda["worker"]
      threshold = 1, above = false, periods = 2, missing = "breaching"
    }
  } : {}

  alarms = {
    for key, alarm in merge(local.dead_letters, local.queue_ages, local.functions, local.others, local.silence) :
    key => merge(local.defaults, alarm)
  }
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.alarms

  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = "${each.value.says} Runbook: ${var.runbook_url}#${each.key}"
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = each.value.statistic
  extended_statistic  = each.value.extended
  comparison_operator = each.value.above ? "GreaterThanThreshold" : "LessThanThreshold"
  threshold           = each.value.threshold
  period              = each.value.minutes * 60
  evaluation_periods  = each.value.periods
  treat_missing_data  = each.value.missing
  alarm_actions       = [var.alarms_topic_arn]
  ok_actions          = [var.alarms_topic_arn]
}

resource "aws_cloudwatch_metric_alarm" "table_throttles" {
  alarm_name          = "${var.name}-table-throttles"
  alarm_description   = "DynamoDB refuses reads or writes. Runbook: ${var.runbook_url}#table-throttles"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  evaluation_periods  = 3
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.alarms_topic_arn]
  ok_actions          = [var.alarms_topic_arn]

  metric_query {
    id          = "all"
    label       = "refused"
    return_data = true
    # A metric that has no value yet would make the sum one without a value.
    expression = join(" + ", [for at in range(2 * length(local.watched)) : "FILL(m${at}, 0)"])
  }

  dynamic "metric_query" {
    for_each = { for at, pair in setproduct(local.watched, ["ReadThrottleEvents", "WriteThrottleEvents"]) : at => pair }

    content {
      id = "m${metric_query.key}"

      metric {
        namespace   = "AWS/DynamoDB"
        metric_name = metric_query.value[1]
        dimensions  = { TableName = "${var.name}-${metric_query.value[0]}" }
        period      = 300
        stat        = "Sum"
      }
    }
  }
}

# The application marks a line that is worth waking somebody for.
resource "aws_cloudwatch_log_metric_filter" "alarm" {
  for_each = {
    for pair in setproduct(keys(var.functions), ["breaker", "held"]) : "${pair[0]}-${pair[1]}" => { function = pair[0], alarm = pair[1] }
  }

  name           = "${var.name}-${each.key}"
  log_group_name = var.functions[each.value.function].log_group_name
  pattern        = "{ $.extra.alarm = \"${each.value.alarm}\" }"

  metric_transformation {
    name      = "alarm-${each.value.alarm}"
    namespace = local.log_name
    value     = "1"
    unit      = "Count"
  }
}

resource "aws_budgets_budget" "monthly" {
  count = var.monthly_budget == null ? 0 : 1

  name         = "${var.name}-monthly"
  budget_type  = "COST"
  time_unit    = "MONTHLY"
  limit_amount = tostring(var.monthly_budget)
  limit_unit   = "USD"

  # Of the whole account: a filter by tag counts nothing until the tag is activated for billing.
  dynamic "notification" {
    for_each = { ACTUAL = 80, FORECASTED = 100 }

    content {
      notification_type         = notification.key
      comparison_operator       = "GREATER_THAN"
      threshold                 = notification.value
      threshold_type            = "PERCENTAGE"
      subscriber_sns_topic_arns = [var.alarms_topic_arn]
    }
  }
}
