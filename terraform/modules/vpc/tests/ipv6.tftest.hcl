mock_provider "aws" {
  mock_data "aws_availability_zones" {
    defaults = { names = ["eu-central-1a", "eu-central-1b", "eu-central-1c"] }
  }

  mock_data "aws_region" {
    defaults = { id = "eu-central-1" }
  }

  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
}

variables {
  name      = "ivent-test"
  flow_logs = false
}

run "ipv6_leads_out_and_nothing_in" {
  command = plan

  variables {
    ipv6_egress = true
  }

  assert {
    condition     = length(aws_egress_only_internet_gateway.this) == 1 && length(aws_route.ipv6) == 2
    error_message = "A way out of each private subnet."
  }

  assert {
    condition     = alltrue([for route in aws_route.ipv6 : route.destination_ipv6_cidr_block == "::/0" && route.gateway_id == null])
    error_message = "Through the gateway that lets nothing in."
  }

  assert {
    condition     = contains(flatten([for rule in aws_security_group.lambda.egress : rule.ipv6_cidr_blocks]), "::/0")
    error_message = "The functions may leave by HTTPS."
  }
}

run "without_being_asked_there_is_no_way_out" {
  command = plan

  assert {
    condition     = length(aws_egress_only_internet_gateway.this) == 0 && length(aws_route.ipv6) == 0
    error_message = "None."
  }

  assert {
    condition     = !aws_vpc.this.assign_generated_ipv6_cidr_block
    error_message = "No IPv6 at all."
  }
}
