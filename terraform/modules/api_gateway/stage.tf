# What is deployed, how much it takes, and what it writes down.

locals {
  writes = { for key, method in local.api.methods : key => method if !contains(["GET", "HEAD"], method.method) }
  throttled = merge(
    { for key, method in local.writes : "${method.resource}/${method.method}" => var.throttle.write },
    { "subscribe/POST" = var.throttle.form },
  )
}

resource "aws_api_gateway_deployment" "this" {
  rest_api_id = aws_api_gateway_rest_api.this.id

  triggers = {
    # A stage serves what was deployed: anything that changes the API has to deploy it anew.
    api = sha1(jsonencode([
      local.api, local.open_methods, local.method_ids, local.resource_ids, local.replies,
      local.invoke_arn, local.headers, var.authorization_scopes, var.user_pool_arn,
    ]))
  }

  lifecycle {
    create_before_destroy = true
  }

  depends_on = [aws_api_gateway_integration.this, aws_api_gateway_gateway_response.this]
}

resource "aws_api_gateway_stage" "this" {
  rest_api_id          = aws_api_gateway_rest_api.this.id
  deployment_id        = aws_api_gateway_deployment.this.id
  stage_name           = var.stage_name
  description          = "Ivent"
  xray_tracing_enabled = var.xray

  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.access.arn
    # No address and no path: links in mails carry their right in the path. The resource is the
    # path's template.
    format = jsonencode({
      requestId         = "$context.requestId"
      time              = "$context.requestTime"
      method            = "$context.httpMethod"
      resource          = "$context.resourcePath"
      status            = "$context.status"
      latencyMs         = "$context.responseLatency"
      integrationMs     = "$context.integrationLatency"
      integrationStatus = "$context.integration.integrationStatus"
      responseBytes     = "$context.responseLength"
      errorType         = "$context.error.responseType"
      authorizerError   = "$context.authorizer.error"
      waf               = "$context.waf.status"
    })
  }

  depends_on = [aws_api_gateway_account.this]
}

resource "aws_api_gateway_method_settings" "all" {
  rest_api_id = aws_api_gateway_rest_api.this.id
  stage_name  = aws_api_gateway_stage.this.stage_name
  method_path = "*/*"

  settings {
    throttling_rate_limit  = var.throttle.stage.rate
    throttling_burst_limit = var.throttle.stage.burst
    metrics_enabled        = var.metrics
    # The execution log would hold paths, headers and bodies.
    logging_level      = "OFF"
    data_trace_enabled = false
  }
}

resource "aws_api_gateway_method_settings" "each" {
  for_each = local.throttled

  rest_api_id = aws_api_gateway_rest_api.this.id
  stage_name  = aws_api_gateway_stage.this.stage_name
  method_path = each.key

  settings {
    throttling_rate_limit  = each.value.rate
    throttling_burst_limit = each.value.burst
    metrics_enabled        = var.metrics
    logging_level          = "OFF"
    data_trace_enabled     = false
  }

  depends_on = [aws_api_gateway_method_settings.all]
}

resource "aws_cloudwatch_log_group" "access" {
  name              = "/aws/apigateway/${var.name}"
  retention_in_days = var.log_retention_days
}

data "aws_iam_policy_document" "logging_trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["apigateway.amazonaws.com"]
    }
  }
}

# API Gateway tests the role that its account-wide setting names for just these permissions.
# https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
resource "aws_iam_role" "logging" {
  count = var.manage_account_logging ? 1 : 0

  # Roles are one namespace for all regions.
  name                 = "${var.name}-api-logging-${local.region}"
  description          = "API Gateway writes the access log."
  assume_role_policy   = data.aws_iam_policy_document.logging_trust.json
  permissions_boundary = var.permissions_boundary_arn
}

resource "aws_iam_role_policy_attachment" "logging" {
  count = var.manage_account_logging ? 1 : 0

  role       = aws_iam_role.logging[0].name
  policy_arn = "arn:${local.partition}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"
}

resource "aws_api_gateway_account" "this" {
  count = var.manage_account_logging ? 1 : 0

  cloudwatch_role_arn = aws_iam_role.logging[0].arn

  depends_on = [aws_iam_role_policy_attachment.logging]
}
