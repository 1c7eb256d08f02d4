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
