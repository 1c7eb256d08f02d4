mock_provider "aws" {
  mock_data "aws_region" {
    defaults = { id = "eu-central-1" }
  }
}

variables {
  name  = "ivent-test"
  stage = "test"
  functions = {
    web    = { function_name = "ivent-test-web", timeout_seconds = 29, log_group_name = "/aws/lambda/ivent-test-web" }
    worker = { function_name = "ivent-test-worker", timeout_seconds = 120, log_group_name = "/aws/lambda/ivent-test-worker" }
  }
  api = { name = "ivent-test", stage_name = "test" }
  queue_arns = {
    fanout   = "arn:aws:sqs:eu-central-1:123456789012:ivent-test-fanout"
    requests = "arn:aws:sqs:eu-central-1:123456789012:ivent-test-requests"
    feedback = "arn:aws:sqs:eu-central-1:123456789012:ivent-test-feedback"
  }
  dead_letter_arns = {
    fanout   = "arn:aws:sqs:eu-central-1:123456789012:ivent-test-fanout-dead"
    requests = "arn:aws:sqs:eu-central-1:123456789012:ivent-test-requests-dead"
    feedback = "arn:aws:sqs:eu-central-1:123456789012:ivent-test-feedback-dead"
    stream   = "arn:aws:sqs:eu-central-1:123456789012:ivent-test-stream-failures"
  }
  alarms_topic_arn = "arn:aws:sns:eu-central-1:123456789012:ivent-test-alarms"
}

run "every_alarm_rings_and_says_where_to_read_what_to_do" {
  command = plan

  assert {
    condition = alltrue([
      for key, alarm in aws_cloudwatch_metric_alarm.this :
      endswith(alarm.alarm_description, "Runbook: docs/runbook.md#${key}")
      && alarm.alarm_actions == toset([var.alarms_topic_arn])
    ])
    error_message = "Description and topic."
  }

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.this) == 21
    error_message = "Every alarm of the runbook."
  }
}

run "an_alarm_watches_the_queue_it_is_named_after" {
  command = plan

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["dead-letters-stream"].dimensions == tomap({ QueueName = "ivent-test-stream-failures" })
    error_message = "The stream's on-failure queue."
  }

  assert {
    condition = (
      aws_cloudwatch_metric_alarm.this["queue-age-fanout"].dimensions == tomap({ QueueName = "ivent-test-fanout" })
      && aws_cloudwatch_metric_alarm.this["queue-age-fanout"].threshold == 1800
    )
    error_message = "The fan-out queue, half an hour."
  }
}

run "a_slow_function_rings_before_its_time_out" {
  command = plan

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["worker-duration"].threshold == 108000 && aws_cloudwatch_metric_alarm.this["worker-duration"].extended_statistic == "p99"
    error_message = "Nine tenths."
  }
}

run "silence_of_the_schedule_rings_but_not_in_standby" {
  command = plan

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["sweep-silent"].treat_missing_data == "breaching"
    error_message = "No data is the alarm."
  }
}

run "a_standby_is_silent" {
  command = plan

  variables {
    active = false
  }

  assert {
    condition     = !contains(keys(aws_cloudwatch_metric_alarm.this), "sweep-silent")
    error_message = "Nothing runs there."
  }
}

run "the_applications_own_alarms_are_read_from_its_log" {
  command = plan

  assert {
    condition = toset([for filter in aws_cloudwatch_log_metric_filter.alarm : filter.pattern]) == toset([
      "{ $.extra.alarm = \"breaker\" }", "{ $.extra.alarm = \"held\" }",
    ])
    error_message = "Breaker and held."
  }

  assert {
    condition = alltrue([
      for key in ["breaker", "held"] :
      aws_cloudwatch_metric_alarm.this[key].namespace == aws_cloudwatch_log_metric_filter.alarm["worker-${key}"].metric_transformation[0].namespace
      && aws_cloudwatch_metric_alarm.this[key].metric_name == aws_cloudwatch_log_metric_filter.alarm["worker-${key}"].metric_transformation[0].name
    ])
    error_message = "The alarm watches what the filter counts."
  }
}

run "no_widget_lies_on_another" {
  command = plan

  assert {
    condition = length(distinct([
      for widget in jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets : "${widget.x} ${widget.y}"
    ])) == length(jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets)
    error_message = "A place each."
  }
}

run "later_than_ses_would_be_too_late" {
  command = plan

  variables {
    reputation_limits = { bounces = 0.06, complaints = 0.0005 }
  }

  expect_failures = [var.reputation_limits]
}

run "a_budget_only_when_asked_for" {
  command = plan

  variables {
    monthly_budget = 20
  }

  assert {
    condition     = aws_budgets_budget.monthly[0].limit_amount == "20"
    error_message = "Dollars."
  }
}
