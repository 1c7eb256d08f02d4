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

  mock_data "aws_availability_zones" {
    defaults = { names = ["eu-central-1a", "eu-central-1b", "eu-central-1c"] }
  }

  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
}

variables {
  name  = "ivent-test"
  stage = "test"
  tables = {
    table_arns        = { events = "arn:aws:dynamodb:eu-central-1:123456789012:table/ivent-test-events" }
    index_arns        = {}
    events_stream_arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/ivent-test-events/stream/2026"
  }
  users = {
    pool_id    = "eu-central-1_abc"
    pool_arn   = "arn:aws:cognito-idp:eu-central-1:123456789012:userpool/eu-central-1_abc"
    client_ids = ["staff", "program"]
    hosted_url = ""
  }
  secret_key_arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:ivent-test-secret-key-AbCdEf"
  organisation   = { name = "Example", postal_address = "1 Street" }
  mail           = { sender_email = "events@example.org", unsubscribe_email = "u@example.org" }
  network        = null
}

run "mails_have_a_way_out_of_the_network" {
  command = plan

  variables {
    network = { ipv6_egress = true, interface_endpoints = [] }
  }

  expect_failures = [var.network]
}

run "without_nat_and_ipv6_every_service_needs_its_endpoint" {
  command = plan

  variables {
    network = { interface_endpoints = ["email", "sqs"] }
  }

  expect_failures = [var.network]
}

run "a_stage_is_never_called_local" {
  command = plan

  variables {
    stage = "local"
  }

  expect_failures = [var.stage]
}

run "addresses_are_addresses" {
  command = plan

  variables {
    mail = { sender_email = "nobody", unsubscribe_email = "u@example.org" }
  }

  expect_failures = [var.mail]
}

run "the_application_is_told_what_it_needs" {
  command = plan

  override_module {
    target = module.messaging
    outputs = {
      topic_arns        = { events = "arn:aws:sns:eu-central-1:123456789012:e", feedback = "arn:aws:sns:eu-central-1:123456789012:f", alarms = "arn:aws:sns:eu-central-1:123456789012:a" }
      queue_urls        = { fanout = "https://q/fanout", requests = "https://q/requests", feedback = "https://q/feedback" }
      queue_arns        = { fanout = "arn:aws:sqs:eu-central-1:123456789012:f", requests = "arn:aws:sqs:eu-central-1:123456789012:r", feedback = "arn:aws:sqs:eu-central-1:123456789012:b" }
      dead_letter_arns  = { fanout = "arn:aws:sqs:eu-central-1:123456789012:fd", requests = "arn:aws:sqs:eu-central-1:123456789012:rd", feedback = "arn:aws:sqs:eu-central-1:123456789012:bd", stream = "arn:aws:sqs:eu-central-1:123456789012:sf" }
      dead_letter_urls  = {}
      topic_kms_key_arn = null
    }
  }

  override_module {
    target = module.ses
    outputs = {
      configuration_set_name = "ivent-test"
      configuration_set_arn  = "arn:aws:ses:eu-central-1:123456789012:configuration-set/ivent-test"
      identity_arn           = "arn:aws:ses:eu-central-1:123456789012:identity/example.org"
      dns_records            = []
    }
  }

  override_resource {
    target          = module.api.aws_api_gateway_rest_api.this
    values          = { id = "abc123", root_resource_id = "root", execution_arn = "arn:aws:execute-api:eu-central-1:123456789012:abc123" }
    override_during = plan
  }

  assert {
    condition     = output.settings["PUBLIC_URL"] == "https://abc123.execute-api.eu-central-1.amazonaws.com/test"
    error_message = "The stage is in the address."
  }

  assert {
    condition     = output.settings["FANOUT_QUEUE_URL"] == "https://q/fanout" && output.settings["COGNITO_CLIENT_IDS"] == "staff,program"
    error_message = "Queues and clients."
  }

  assert {
    condition     = output.settings["REPLY_TO_EMAIL"] == "events@example.org"
    error_message = "Replies go to the sender unless said otherwise."
  }

  assert {
    condition     = !contains(keys(output.settings), "SECRET_KEY")
    error_message = "No secret."
  }
}
