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

  # Out of order, and one more than is used.
  mock_data "aws_availability_zones" {
    defaults = { names = ["eu-central-1c", "eu-central-1a", "eu-central-1b"] }
  }

  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }

  mock_data "aws_ec2_managed_prefix_list" {
    defaults = { id = "pl-12345678" }
  }
}

variables {
  name = "ivent-test"
}

run "without_nat_there_is_no_way_to_the_internet" {
  command = plan

  assert {
    condition     = length(aws_nat_gateway.this) + length(aws_internet_gateway.this) + length(aws_subnet.public) + length(aws_eip.nat) + length(aws_route.nat) == 0
    error_message = "nat = none must make nothing public."
  }

  assert {
    condition     = length(aws_subnet.private) == 2 && length(distinct([for subnet in aws_subnet.private : subnet.availability_zone])) == 2
    error_message = "There must be private subnets in two zones."
  }

  assert {
    condition = [for rule in aws_security_group.lambda.egress : [rule.from_port, rule.to_port, rule.protocol, tolist(rule.cidr_blocks), length(rule.prefix_list_ids)]] == [
      [443, 443, "tcp", tolist(["10.40.0.0/16"]), 2],
    ]
    error_message = "The functions must reach nothing but the endpoints, by HTTPS."
  }

  assert {
    condition     = length(aws_security_group.endpoints.ingress) == 1 && alltrue([for rule in aws_security_group.endpoints.ingress : rule.cidr_blocks == null && rule.from_port == 443])
    error_message = "Only the functions may come to the endpoints."
  }
}

run "the_way_to_the_tables_is_free_and_holds_for_this_account_only" {
  command = plan

  assert {
    condition     = { for service, endpoint in aws_vpc_endpoint.gateway : service => [endpoint.vpc_endpoint_type, endpoint.service_name] } == { dynamodb = ["Gateway", "com.amazonaws.eu-central-1.dynamodb"], s3 = ["Gateway", "com.amazonaws.eu-central-1.s3"] }
    error_message = "DynamoDB and S3 are reached through gateway endpoints."
  }

  assert {
    condition = alltrue([
      for document in data.aws_iam_policy_document.gateway : toset([for condition in document.statement[0].condition : condition.variable]) == toset(["aws:PrincipalAccount", "aws:ResourceAccount"])
    ])
    error_message = "Neither others' credentials nor others' tables and buckets may go through the gateway endpoints."
  }

  assert {
    condition     = tolist(data.aws_iam_policy_document.gateway["dynamodb"].statement[0].resources) == tolist(["arn:aws:dynamodb:eu-central-1:123456789012:table/ivent-test-*"])
    error_message = "Only this stage's tables are reached."
  }
}

run "endpoints_are_chosen_one_by_one" {
  command = plan

  variables {
    interface_endpoints = ["sqs", "email"]
    endpoint_zone_count = 1
  }

  assert {
    condition     = toset([for endpoint in aws_vpc_endpoint.interface : endpoint.service_name]) == toset(["com.amazonaws.eu-central-1.sqs", "com.amazonaws.eu-central-1.email"])
    error_message = "Only the endpoints that were asked for are made; SES's API is email, not email-smtp."
  }

  assert {
    condition     = alltrue([for endpoint in aws_vpc_endpoint.interface : endpoint.private_dns_enabled])
    error_message = "The SDK finds the endpoints by the services' usual names."
  }

  assert {
    condition     = keys(data.aws_iam_policy_document.interface) == ["sqs"]
    error_message = "SES's and Cognito's endpoints keep AWS's own policy."
  }
}

run "a_zone_without_an_endpoint_is_left_out" {
  command = plan

  variables {
    zones_without_endpoint = { email = ["eu-central-1a"] }
  }

  assert {
    condition     = local.endpoint_zones["email"] == ["eu-central-1b"] && local.endpoint_zones["sqs"] == ["eu-central-1a", "eu-central-1b"]
    error_message = "SES's endpoint must stay out of the zone that lacks it, and the others in it."
  }
}

run "no_zone_left_is_told_at_once" {
  command = plan

  variables {
    zones_without_endpoint = { email = ["eu-central-1a", "eu-central-1b"] }
  }

  expect_failures = [aws_vpc_endpoint.interface]
}

run "one_gateway_serves_every_zone" {
  command = plan

  variables {
    nat        = "single"
    zone_count = 3
  }

  assert {
    condition     = length(aws_nat_gateway.this) == 1 && length(aws_route.nat) == 3
    error_message = "Three private subnets share one NAT gateway."
  }

  assert {
    condition     = alltrue([for subnet in aws_subnet.public : !subnet.map_public_ip_on_launch])
    error_message = "Nothing gets a public address by itself."
  }
}

run "a_gateway_per_zone_survives_the_loss_of_a_zone" {
  command = plan

  variables {
    nat = "per_zone"
  }

  assert {
    condition     = local.nat_of == tomap({ "eu-central-1a" = "eu-central-1a", "eu-central-1b" = "eu-central-1b" })
    error_message = "Each private subnet must use its own zone's gateway."
  }
}

run "what_cannot_be_is_refused" {
  command = plan

  variables {
    name                    = "Ivent_"
    cidr                    = "10.40.0.1/16"
    zone_count              = 5
    nat                     = "some"
    interface_endpoints     = ["email-smtp"]
    flow_log_retention_days = 31
  }

  expect_failures = [
    var.name, var.cidr, var.zone_count, var.nat, var.interface_endpoints,
    var.flow_log_retention_days,
  ]
}

run "an_endpoint_in_no_zone_is_refused" {
  command = plan

  variables {
    endpoint_zone_count = 0
  }

  expect_failures = [var.endpoint_zone_count]
}
