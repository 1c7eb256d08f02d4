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
  name                   = "ivent-test"
  worker_timeout_seconds = 240
}

run "a_message_is_hidden_six_times_as_long_as_the_worker_lives" {
  command = plan

  variables {
    batching_window_seconds = 5
  }

  assert {
    condition     = alltrue([for queue in aws_sqs_queue.work : queue.visibility_timeout_seconds == 1445])
    error_message = "Visibility must be 6 × the time-out and the batching window."
  }
}

run "dead_letters_outlive_their_queue" {
  command = plan

  assert {
    condition     = alltrue([for name, queue in aws_sqs_queue.work : aws_sqs_queue.dead[name].message_retention_seconds > queue.message_retention_seconds + 7 * 24 * 60 * 60])
    error_message = "A person has at least a week for a dead letter, however late it became one."
  }

  assert {
    condition     = aws_sqs_queue.stream_failures.message_retention_seconds == 14 * 24 * 60 * 60
    error_message = "What the stream gave up is kept as long as SQS keeps anything."
  }
}

run "every_queue_and_topic_is_encrypted_and_taken_by_tls_only" {
  command = plan

  assert {
    condition     = alltrue([for queue in concat(values(aws_sqs_queue.work), values(aws_sqs_queue.dead), [aws_sqs_queue.stream_failures]) : queue.sqs_managed_sse_enabled && queue.kms_master_key_id == null])
    error_message = "SQS encrypts by itself; a KMS key would keep SNS out."
  }

  assert {
    condition     = alltrue([for document in merge(data.aws_iam_policy_document.queue, data.aws_iam_policy_document.topic) : document.statement[0].effect == "Deny" && one(document.statement[0].condition).variable == "aws:SecureTransport"])
    error_message = "Every queue and topic refuses what comes without TLS."
  }

  assert {
    condition     = length(aws_sqs_queue_policy.this) == 7 && length(aws_sns_topic_policy.this) == 3
    error_message = "Every queue and topic has its policy."
  }
}

run "only_services_of_this_account_publish_and_each_to_its_topic" {
  command = plan

  assert {
    condition = {
      for topic, document in data.aws_iam_policy_document.topic : topic => join(" ", flatten([
        for statement in document.statement : sort(one(statement.principals).identifiers) if statement.effect != "Deny"
      ]))
      } == {
      alarms   = "budgets.amazonaws.com cloudwatch.amazonaws.com"
      events   = ""
      feedback = "ses.amazonaws.com"
    }
    error_message = "SES publishes feedback, CloudWatch and Budgets alarms, and nobody events by the topic's policy."
  }

  assert {
    condition = alltrue(flatten([
      for document in data.aws_iam_policy_document.topic : [
        for statement in document.statement : one(statement.condition).variable == "aws:SourceAccount" && one(statement.condition).values == tolist(["123456789012"]) if statement.effect != "Deny"
      ]
    ]))
    error_message = "No other account's SES or alarm may use the topics."
  }
}

run "events_reach_people_by_ses_alone" {
  command = plan

  assert {
    condition     = length(setsubtract(["application", "email", "email-json", "http", "sms"], local.refused_protocols["events"])) == 0
    error_message = "A subscriber of the topic would get each announcement twice, or unencrypted."
  }

  assert {
    condition = alltrue([
      for topic, document in data.aws_iam_policy_document.topic : anytrue([
        for statement in document.statement : statement.effect == "Deny" && anytrue([
          for condition in statement.condition : condition.test == "StringEquals" && condition.variable == "sns:Protocol" && toset(condition.values) == toset(local.refused_protocols[topic])
        ])
      ])
    ])
    error_message = "Each topic refuses the other protocols."
  }
}

run "feedback_comes_from_its_topic_alone" {
  command = plan

  assert {
    condition = {
      for queue, document in data.aws_iam_policy_document.queue : queue => [
        for statement in document.statement : one(statement.condition).values if statement.effect != "Deny"
      ]
      } == {
      "fanout"          = []
      "fanout-dead"     = []
      "feedback"        = [tolist(["arn:aws:sns:eu-central-1:123456789012:ivent-test-feedback"])]
      "feedback-dead"   = [tolist(["arn:aws:sns:eu-central-1:123456789012:ivent-test-feedback"])]
      "requests"        = []
      "requests-dead"   = []
      "stream-failures" = []
    }
    error_message = "Only the feedback topic may write, and only to the feedback queues; all else goes by roles."
  }
}

run "the_topics_key_serves_whoever_publishes" {
  command = plan

  assert {
    condition     = toset(one(data.aws_iam_policy_document.topics_key.statement[1].principals).identifiers) == toset(["ses.amazonaws.com", "cloudwatch.amazonaws.com", "budgets.amazonaws.com"])
    error_message = "A service that cannot use the key publishes nothing, and says nothing."
  }

  assert {
    condition     = aws_kms_key.topics[0].enable_key_rotation
    error_message = "The key is rotated."
  }
}

run "topics_can_do_without_a_key" {
  command = plan

  variables {
    encrypt_topics = false
    alarm_emails   = ["ops@example.org"]
  }

  assert {
    condition     = length(aws_kms_key.topics) == 0 && alltrue([for topic in aws_sns_topic.this : topic.kms_master_key_id == null]) && output.topic_kms_key_arn == null
    error_message = "Without encryption there is no key to pay for."
  }

  assert {
    condition     = aws_sns_topic_subscription.alarm_email["ops@example.org"].protocol == "email"
    error_message = "Alarms are mailed."
  }
}

run "feedback_hidden_for_longer_than_its_proof_is_awaited_is_refused" {
  command = plan

  variables {
    worker_timeout_seconds = 300
  }

  expect_failures = [var.unknown_wait_seconds]
}

run "too_few_receives_are_refused" {
  command = plan

  variables {
    max_receives = 3
    alarm_emails = ["nobody"]
  }

  expect_failures = [var.max_receives, var.alarm_emails]
}
