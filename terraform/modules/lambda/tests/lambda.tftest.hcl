mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }

  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }

  mock_data "aws_region" {
    defaults = { id = "eu-central-1" }
  }

  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
}

variables {
  name        = "ivent-test"
  environment = { IVENT_STAGE = "test" }
  table_arns = {
    events        = "arn:aws:dynamodb:eu-central-1:123456789012:table/ivent-test-events"
    subscriptions = "arn:aws:dynamodb:eu-central-1:123456789012:table/ivent-test-subscriptions"
    log           = "arn:aws:dynamodb:eu-central-1:123456789012:table/ivent-test-log"
    staff         = "arn:aws:dynamodb:eu-central-1:123456789012:table/ivent-test-staff"
  }
  index_arns        = { events = ["arn:aws:dynamodb:eu-central-1:123456789012:table/ivent-test-events/index/by_due"] }
  events_stream_arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/ivent-test-events/stream/2026"
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
  secret_key_arn   = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:ivent-test-secret-key-AbCdEf"
  events_topic_arn = "arn:aws:sns:eu-central-1:123456789012:ivent-test-events"
  user_pool_arn    = "arn:aws:cognito-idp:eu-central-1:123456789012:userpool/eu-central-1_abc"
  ses = {
    identity_arn          = "arn:aws:ses:eu-central-1:123456789012:identity/example.org"
    configuration_set_arn = "arn:aws:ses:eu-central-1:123456789012:configuration-set/ivent-test"
    sender_email          = "events@example.org"
  }
}

run "the_stream_wakes_the_worker_only_for_what_is_to_be_announced" {
  command = plan

  assert {
    condition = toset(aws_lambda_event_source_mapping.stream.filter_criteria[0].filter[*].pattern) == toset([
      for mark in ["announce_version", "message_version"] :
      jsonencode({ dynamodb = { NewImage = { (mark) = { N = [{ exists = true }] } } } })
    ])
    error_message = "Only rows of which a change or a message is to be told."
  }

  assert {
    condition = (
      aws_lambda_event_source_mapping.stream.starting_position == "TRIM_HORIZON"
      && aws_lambda_event_source_mapping.stream.bisect_batch_on_function_error
      && aws_lambda_event_source_mapping.stream.maximum_retry_attempts == 5
      && aws_lambda_event_source_mapping.stream.maximum_record_age_in_seconds == 3600
      && aws_lambda_event_source_mapping.stream.function_response_types == toset(["ReportBatchItemFailures"])
      && aws_lambda_event_source_mapping.stream.destination_config[0].on_failure[0].destination_arn == var.dead_letter_arns.stream
    )
    error_message = "A bad record is cut out, tried five times, and noted."
  }
}

run "queues_answer_record_by_record_and_never_outrun_the_send_rate" {
  command = plan

  variables {
    fanout_concurrency = 7
  }

  assert {
    condition = alltrue([
      for mapping in [
        aws_lambda_event_source_mapping.fanout,
        aws_lambda_event_source_mapping.requests,
        aws_lambda_event_source_mapping.feedback,
      ] : mapping.function_response_types == toset(["ReportBatchItemFailures"])
    ])
    error_message = "Partial batch responses."
  }

  assert {
    condition     = aws_lambda_event_source_mapping.fanout.scaling_config[0].maximum_concurrency == 7
    error_message = "The workers share the rate."
  }

  assert {
    condition     = aws_lambda_event_source_mapping.fanout.batch_size == 1
    error_message = "One shard at a time."
  }

  assert {
    condition = (
      aws_lambda_event_source_mapping.feedback.batch_size == 1000
      && aws_lambda_event_source_mapping.feedback.maximum_batching_window_in_seconds == 60
    )
    error_message = "Feedback is folded."
  }
}

run "zappa_finds_the_sweep_in_the_rules_name" {
  command = plan

  assert {
    condition     = endswith(aws_cloudwatch_event_rule.sweep.name, "-notifications.handlers.sweep")
    error_message = "Zappa calls what stands after the last hyphen."
  }

  assert {
    condition     = aws_cloudwatch_event_rule.sweep.schedule_expression == "rate(1 minute)"
    error_message = "Every minute."
  }
}

run "a_standby_region_sends_nothing" {
  command = plan

  variables {
    active = false
  }

  assert {
    condition = !anytrue([
      for mapping in [
        aws_lambda_event_source_mapping.stream,
        aws_lambda_event_source_mapping.fanout,
        aws_lambda_event_source_mapping.requests,
        aws_lambda_event_source_mapping.feedback,
      ] : mapping.enabled
    ])
    error_message = "No mapping runs."
  }

  assert {
    condition     = aws_cloudwatch_event_rule.sweep.state == "DISABLED"
    error_message = "No sweep runs."
  }
}

run "the_secret_key_is_never_in_the_environment" {
  command = plan

  variables {
    environment = { SECRET_KEY = "x" }
  }

  expect_failures = [var.environment]
}

run "a_table_that_nobody_has_thought_about_stops_the_plan" {
  command = plan

  variables {
    table_arns = { surprises = "arn:aws:dynamodb:eu-central-1:123456789012:table/ivent-test-surprises" }
  }

  expect_failures = [aws_iam_role_policy.function]
}

run "leaving_by_ipv6_takes_the_host_that_speaks_it" {
  command = plan

  variables {
    network = { subnet_ids = ["subnet-1"], security_group_ids = ["sg-1"], ipv6 = true }
  }

  assert {
    condition     = aws_lambda_function.this["web"].environment[0].variables["AWS_ENDPOINT_URL_SECRETS_MANAGER"] == "https://secretsmanager.eu-central-1.api.aws"
    error_message = "The dual-stack host."
  }

  assert {
    condition     = aws_lambda_function.this["worker"].vpc_config[0].ipv6_allowed_for_dual_stack
    error_message = "IPv6 has to be asked for."
  }

  assert {
    condition     = output.web.vpc_config.Ipv6AllowedForDualStack
    error_message = "And Zappa has to be told."
  }
}

run "a_log_never_lives_for_ever" {
  command = plan

  assert {
    condition     = alltrue([for group in aws_cloudwatch_log_group.function : group.retention_in_days == 30])
    error_message = "Retention."
  }
}

run "each_table_is_in_one_group_of_rights_of_each_role_that_needs_it" {
  command = plan

  assert {
    condition     = toset(flatten([for group in local.table_groups["web"] : group.tables])) == toset(keys(var.table_arns))
    error_message = "The web function reads every table."
  }

  assert {
    condition     = toset(flatten([for group in local.table_groups["worker"] : group.tables])) == toset(["events", "log", "subscriptions"])
    error_message = "The worker has no business with staff."
  }

  assert {
    condition     = local.table_groups["worker"]["put"].tables == ["log"]
    error_message = "The worker adds to the history and does not read it."
  }

  assert {
    condition     = local.table_groups["web"]["read-put"].tables == ["log"]
    error_message = "The history is only added to."
  }
}
