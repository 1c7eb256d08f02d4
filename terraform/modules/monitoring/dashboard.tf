# One page that answers: do announcements go out, does anything wait, what does it cost?

locals {
  region = data.aws_region.current.id
  own    = { for metric in ["announcements_started", "announcements_done", "sent", "refused", "suppressed", "parked", "unknown", "resent", "delivered", "bounced", "complained", "unmatched"] : metric => ["Ivent", metric, "stage", var.stage] }
  queues = { for key, arn in var.queue_arns : key => local.name_of[key] }
  dead   = { for key, arn in var.dead_letter_arns : key => local.name_of["dead-${key}"] }

  # Title, statistic, metrics: three widgets to a row.
  widgets = [
    ["Announcements", "Sum", [local.own.announcements_started, local.own.announcements_done]],
    ["Mails", "Sum", [local.own.sent, local.own.refused, local.own.suppressed]],
    ["Mails in doubt", "Sum", [local.own.unknown, local.own.resent, local.own.parked]],
    ["What came back", "Sum", [local.own.delivered, local.own.bounced, local.own.complained, local.own.unmatched]],
    ["Bounces and complaints, as SES counts them", "Maximum", [["AWS/SES", "Reputation.BounceRate"], ["AWS/SES", "Reputation.ComplaintRate"]]],
    ["Dead letters", "Maximum", [for queue in values(local.dead) : ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", queue]]],
    ["Age of the oldest message (s)", "Maximum", [for queue in values(local.queues) : ["AWS/SQS", "ApproximateAgeOfOldestMessage", "QueueName", queue]]],
    ["Age of the oldest change (ms)", "Maximum", [["AWS/Lambda", "IteratorAge", "FunctionName", var.functions["worker"].function_name]]],
    ["Duration, p99 (ms)", "p99", [for function in var.functions : ["AWS/Lambda", "Duration", "FunctionName", function.function_name]]],
    ["Errors", "Sum", [for function in var.functions : ["AWS/Lambda", "Errors", "FunctionName", function.function_name]]],
    ["Throttles", "Sum", [for function in var.functions : ["AWS/Lambda", "Throttles", "FunctionName", function.function_name]]],
    ["API", "Sum", [for metric in ["Count", "4XXError", "5XXError"] : ["AWS/ApiGateway", metric, "ApiName", var.api.name, "Stage", var.api.stage_name]]],
    ["Cost: Lambda invocations", "Sum", [for function in var.functions : ["AWS/Lambda", "Invocations", "FunctionName", function.function_name]]],
    ["Cost: DynamoDB write units", "Sum", [for table in local.watched : ["AWS/DynamoDB", "ConsumedWriteCapacityUnits", "TableName", "${var.name}-${table}"]]],
    ["Cost: DynamoDB read units", "Sum", [for table in local.watched : ["AWS/DynamoDB", "ConsumedReadCapacityUnits", "TableName", "${var.name}-${table}"]]],
  ]
}

data "aws_region" "current" {}

resource "aws_cloudwatch_dashboard" "this" {
  # Dashboards are one namespace for all regions.
  dashboard_name = "${var.name}-${local.region}"
  dashboard_body = jsonencode({
    widgets = [
      for at, widget in local.widgets : {
        type   = "metric"
        x      = 8 * (at % 3)
        y      = 6 * floor(at / 3)
        width  = 8
        height = 6
        properties = {
          title   = widget[0]
          stat    = widget[1]
          metrics = widget[2]
          region  = local.region
          view    = "timeSeries"
          period  = 300
        }
      }
    ]
  })
}
