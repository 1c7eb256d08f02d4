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
  name          = "ivent-test"
  stage_name    = "test"
  function_name = "ivent-test-web"
  function_arn  = "arn:aws:lambda:eu-central-1:123456789012:function:ivent-test-web"
  user_pool_arn = "arn:aws:cognito-idp:eu-central-1:123456789012:userpool/eu-central-1_abc"
}

run "events_and_subscriptions_are_behind_the_authorizer_and_nothing_else_is" {
  command = plan

  assert {
    condition     = alltrue([for method in aws_api_gateway_method.api : method.authorization == "COGNITO_USER_POOLS"])
    error_message = "Every method of the API asks for a token."
  }

  assert {
    condition     = alltrue([for key in keys(aws_api_gateway_method.api) : can(regex("^(events|subscriptions)[/ ]", key))])
    error_message = "The API is /events and /subscriptions."
  }

  assert {
    condition     = toset(keys(aws_api_gateway_method.open)) == toset([" ANY", "{proxy+} ANY", "subscribe ANY", "subscribe POST"])
    error_message = "What passes through."
  }
}

run "bodies_are_checked_by_the_gateway" {
  command = plan

  assert {
    condition     = aws_api_gateway_method.api["events POST"].request_models == tomap({ "application/json" = "NewEvent" })
    error_message = "A new event has a model."
  }

  assert {
    condition     = jsondecode(aws_api_gateway_model.this["NewEvent"].schema).required == ["title"]
    error_message = "It needs a title."
  }

  assert {
    condition     = aws_api_gateway_method.api["events GET"].request_models == null
    error_message = "Reading takes no body."
  }

  assert {
    condition     = aws_api_gateway_method.api["events/{event_id} HEAD"].authorization == "COGNITO_USER_POOLS"
    error_message = "HEAD is let through like GET."
  }
}

run "the_access_log_names_nobody" {
  command = plan

  assert {
    condition = alltrue([
      for word in ["identity", "$context.path", "claims", "domainName"] :
      !strcontains(aws_api_gateway_stage.this.access_log_settings[0].format, word)
    ])
    error_message = "No address, no path, no claims."
  }
}

run "writes_and_the_public_form_have_limits_of_their_own" {
  command = plan

  assert {
    condition     = aws_api_gateway_method_settings.each["subscribe/POST"].settings[0].throttling_rate_limit == 5
    error_message = "The form."
  }

  assert {
    condition     = aws_api_gateway_method_settings.each["events/{event_id}/PUT"].settings[0].throttling_rate_limit == 10
    error_message = "A write."
  }

  assert {
    condition     = !contains(keys(aws_api_gateway_method_settings.each), "events/HEAD")
    error_message = "HEAD reads."
  }

  assert {
    condition     = aws_api_gateway_method_settings.all.settings[0].data_trace_enabled == false
    error_message = "No bodies in any log."
  }
}

run "the_gateways_own_replies_have_the_shape_of_the_apis_errors" {
  command = plan

  assert {
    condition = alltrue([
      for reply in aws_api_gateway_gateway_response.this :
      reply.response_parameters["gatewayresponse.header.Cache-Control"] == "'no-store'"
    ])
    error_message = "No cache keeps an error."
  }

  assert {
    condition = alltrue([
      for key, reply in aws_api_gateway_gateway_response.this :
      strcontains(reply.response_templates["application/json"], "{\"errors\": [{\"field\": null, \"code\": ")
    ])
    error_message = "One shape."
  }

  assert {
    condition     = can(jsondecode(aws_api_gateway_gateway_response.this["UNAUTHORIZED"].response_templates["application/json"]))
    error_message = "JSON."
  }
}

run "files_arrive_as_they_are_and_json_is_validated" {
  command = plan

  assert {
    condition     = aws_api_gateway_rest_api.this.binary_media_types == tolist(["multipart/form-data"])
    error_message = "Files are bytes; every other body is text."
  }
}

run "without_a_domain_the_stage_is_in_the_address" {
  command = plan

  assert {
    condition     = length(aws_api_gateway_domain_name.this) == 0 && length(aws_wafv2_web_acl.this) == 0
    error_message = "Nothing that was not asked for."
  }

  assert {
    condition     = !aws_api_gateway_rest_api.this.disable_execute_api_endpoint
    error_message = "The one way in."
  }
}

run "a_domain_of_ones_own_closes_the_other_way_in" {
  command = plan

  variables {
    domain = { name = "events.example.org", zone_id = "Z1" }
  }

  # What ACM asks for is known only to AWS.
  override_resource {
    target = aws_acm_certificate.this[0]
    values = {
      domain_validation_options = [{
        domain_name           = "events.example.org"
        resource_record_name  = "_x.events.example.org"
        resource_record_type  = "CNAME"
        resource_record_value = "_y.acm-validations.aws"
      }]
    }
    override_during = plan
  }

  assert {
    condition     = aws_api_gateway_rest_api.this.disable_execute_api_endpoint
    error_message = "One way in."
  }

  assert {
    condition     = output.api_url == "https://events.example.org"
    error_message = "The address people see."
  }

  assert {
    condition     = length(aws_route53_record.this) == 2 && length(aws_route53_health_check.this) == 0
    error_message = "IPv4 and IPv6, no failover."
  }
}

run "failover_moves_the_domain_when_the_first_region_fails" {
  command = plan

  variables {
    domain = { name = "events.example.org", zone_id = "Z1", failover = "PRIMARY" }
  }

  override_resource {
    target = aws_acm_certificate.this[0]
    values = {
      domain_validation_options = [{
        domain_name           = "events.example.org"
        resource_record_name  = "_x.events.example.org"
        resource_record_type  = "CNAME"
        resource_record_value = "_y.acm-validations.aws"
      }]
    }
    override_during = plan
  }

  assert {
    condition     = aws_route53_health_check.this[0].resource_path == "/test/healthz"
    error_message = "The health check asks this region's API."
  }

  assert {
    condition     = aws_route53_record.this["A"].failover_routing_policy[0].type == "PRIMARY"
    error_message = "First."
  }

  assert {
    condition     = !aws_api_gateway_rest_api.this.disable_execute_api_endpoint
    error_message = "The health check needs the API's own host."
  }
}

run "the_web_acl_counts_per_address" {
  command = plan

  variables {
    waf = {}
  }

  assert {
    condition     = toset([for rule in aws_wafv2_web_acl.this[0].rule : rule.name]) == toset(["forms", "all", "AWSManagedRulesAmazonIpReputationList", "AWSManagedRulesKnownBadInputsRuleSet"])
    error_message = "The rules."
  }
}
