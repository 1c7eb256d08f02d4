# What wakes the worker. Zappa only routes: it knows no starting position, filter or on-failure
# queue, and its update resets batch sizes.

resource "aws_lambda_event_source_mapping" "stream" {
  function_name     = aws_lambda_function.this["worker"].arn
  event_source_arn  = var.events_stream_arn
  enabled           = var.active
  starting_position = "TRIM_HORIZON"
  batch_size        = 100

  # A record that fails is cut out of its batch, tried five times within an hour, and then noted
  # on the on-failure queue; the sweep announces it all the same.
  bisect_batch_on_function_error = true
  function_response_types        = ["ReportBatchItemFailures"]
  maximum_retry_attempts         = 5
  maximum_record_age_in_seconds  = 3600
  parallelization_factor         = 1

  filter_criteria {
    # Only a row of which a change or a message is to be told.
    dynamic "filter" {
      for_each = ["announce_version", "message_version"]
      content {
        pattern = jsonencode({
          dynamodb = { NewImage = { (filter.value) = { N = [{ exists = true }] } } }
        })
      }
    }
  }

  destination_config {
    on_failure {
      destination_arn = var.dead_letter_arns["stream"]
    }
  }

  depends_on = [aws_iam_role_policy.function]
}

resource "aws_lambda_event_source_mapping" "fanout" {
  function_name           = aws_lambda_function.this["worker"].arn
  event_source_arn        = var.queue_arns["fanout"]
  enabled                 = var.active
  batch_size              = var.fanout_batch_size
  function_response_types = ["ReportBatchItemFailures"]

  scaling_config {
    maximum_concurrency = var.fanout_concurrency
  }

  depends_on = [aws_iam_role_policy.function]
}

resource "aws_lambda_event_source_mapping" "requests" {
  function_name           = aws_lambda_function.this["worker"].arn
  event_source_arn        = var.queue_arns["requests"]
  enabled                 = var.active
  batch_size              = 10
  function_response_types = ["ReportBatchItemFailures"]

  # Confirmations may not crowd out announcements in a small account.
  scaling_config {
    maximum_concurrency = 2
  }

  depends_on = [aws_iam_role_policy.function]
}

resource "aws_lambda_event_source_mapping" "feedback" {
  function_name    = aws_lambda_function.this["worker"].arn
  event_source_arn = var.queue_arns["feedback"]
  enabled          = var.active
  # Events of one announcement are folded into one write: the more at once, the fewer writes.
  batch_size                         = 1000
  maximum_batching_window_in_seconds = 60
  function_response_types            = ["ReportBatchItemFailures"]

  scaling_config {
    maximum_concurrency = 2
  }

  depends_on = [aws_iam_role_policy.function]
}

# Zappa's handler calls what stands after the last hyphen of the rule's name.
resource "aws_cloudwatch_event_rule" "sweep" {
  name                = "${var.name}-notifications.handlers.sweep"
  description         = "Sees every minute to what was left behind."
  schedule_expression = "rate(1 minute)"
  state               = var.active ? "ENABLED" : "DISABLED"
}

resource "aws_cloudwatch_event_target" "sweep" {
  rule = aws_cloudwatch_event_rule.sweep.name
  arn  = aws_lambda_function.this["worker"].arn

  # The next minute makes it good.
  retry_policy {
    maximum_event_age_in_seconds = 60
    maximum_retry_attempts       = 0
  }
}

resource "aws_lambda_permission" "sweep" {
  statement_id   = "sweep"
  action         = "lambda:InvokeFunction"
  function_name  = aws_lambda_function.this["worker"].function_name
  principal      = "events.amazonaws.com"
  source_arn     = aws_cloudwatch_event_rule.sweep.arn
  source_account = local.account
}

resource "aws_lambda_function_event_invoke_config" "worker" {
  function_name                = aws_lambda_function.this["worker"].function_name
  maximum_event_age_in_seconds = 60
  maximum_retry_attempts       = 0
}
