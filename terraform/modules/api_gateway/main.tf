# The REST API. Its resources, methods and models come from api.json, which `manage.py api_gateway
# --write` derives from the application's own OpenAPI. Everything else passes through to Django,
# which checks for itself.

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
# `id` and not `name`: the provider's next major version renames the latter.
data "aws_region" "current" {}

locals {
  account   = data.aws_caller_identity.current.account_id
  partition = data.aws_partition.current.partition
  region    = data.aws_region.current.id

  api    = jsondecode(file("${path.module}/api.json"))
  models = local.api.models
  # A resource's for_each cannot refer to itself, so each depth is a block of its own.
  depth = { for depth in [1, 2, 3] : depth => { for path, resource in local.api.resources : path => resource if resource.depth == depth } }

  resource_ids = merge(
    { "" = aws_api_gateway_rest_api.this.root_resource_id },
    { for path, resource in aws_api_gateway_resource.first : path => resource.id },
    { for path, resource in aws_api_gateway_resource.second : path => resource.id },
    { for path, resource in aws_api_gateway_resource.third : path => resource.id },
    { "{proxy+}" = aws_api_gateway_resource.rest.id, "subscribe" = aws_api_gateway_resource.subscribe.id },
  )
  # The form has a resource of its own for the sake of its limit.
  open_methods = {
    " ANY"           = { resource = "", method = "ANY" }
    "{proxy+} ANY"   = { resource = "{proxy+}", method = "ANY" }
    "subscribe ANY"  = { resource = "subscribe", method = "ANY" }
    "subscribe POST" = { resource = "subscribe", method = "POST" }
  }
  method_ids = merge(
    { for key, method in aws_api_gateway_method.api : key => method.id },
    { for key, method in aws_api_gateway_method.open : key => method.id },
  )
  invoke_arn = "arn:${local.partition}:apigateway:${local.region}:lambda:path/2015-03-31/functions/${var.function_arn}/invocations"
}

resource "aws_api_gateway_rest_api" "this" {
  name        = var.name
  description = "Ivent"
  # Uploaded files alone: as text, a workbook, or a list in another encoding than UTF-8, would arrive
  # with every other byte replaced. With "*/*", which browsers would need for fonts, bodies were no
  # longer JSON to the validators; so fonts and pictures are shipped inside the style sheets.
  binary_media_types       = ["multipart/form-data"]
  minimum_compression_size = 1024
  # With a domain of its own there is one way in; a health check needs the other.
  disable_execute_api_endpoint = var.domain != null && try(var.domain.failover, null) == null

  endpoint_configuration {
    types = ["REGIONAL"]
  }

  lifecycle {
    create_before_destroy = true

    precondition {
      condition     = alltrue([for resource in values(local.api.resources) : resource.depth <= 3])
      error_message = "main.tf makes resources down to the third part of a path."
    }
  }
}

resource "aws_api_gateway_resource" "first" {
  for_each = local.depth[1]

  rest_api_id = aws_api_gateway_rest_api.this.id
  parent_id   = aws_api_gateway_rest_api.this.root_resource_id
  path_part   = each.value.part
}

resource "aws_api_gateway_resource" "second" {
  for_each = local.depth[2]

  rest_api_id = aws_api_gateway_rest_api.this.id
  parent_id   = aws_api_gateway_resource.first[each.value.parent].id
  path_part   = each.value.part
}

resource "aws_api_gateway_resource" "third" {
  for_each = local.depth[3]

  rest_api_id = aws_api_gateway_rest_api.this.id
  parent_id   = aws_api_gateway_resource.second[each.value.parent].id
  path_part   = each.value.part
}

resource "aws_api_gateway_resource" "rest" {
  rest_api_id = aws_api_gateway_rest_api.this.id
  parent_id   = aws_api_gateway_rest_api.this.root_resource_id
  path_part   = "{proxy+}"
}

resource "aws_api_gateway_resource" "subscribe" {
  rest_api_id = aws_api_gateway_rest_api.this.id
  parent_id   = aws_api_gateway_rest_api.this.root_resource_id
  path_part   = "subscribe"
}

resource "aws_api_gateway_authorizer" "cognito" {
  name            = "cognito"
  rest_api_id     = aws_api_gateway_rest_api.this.id
  type            = "COGNITO_USER_POOLS"
  provider_arns   = [var.user_pool_arn]
  identity_source = "method.request.header.Authorization"
}

resource "aws_api_gateway_model" "this" {
  for_each = local.models

  rest_api_id  = aws_api_gateway_rest_api.this.id
  name         = each.key
  description  = "The body of a request: ${each.key}"
  content_type = "application/json"
  schema       = jsonencode(each.value)
}

resource "aws_api_gateway_request_validator" "body" {
  name                  = "body"
  rest_api_id           = aws_api_gateway_rest_api.this.id
  validate_request_body = true
}

resource "aws_api_gateway_method" "api" {
  for_each = local.api.methods

  rest_api_id          = aws_api_gateway_rest_api.this.id
  resource_id          = local.resource_ids[each.value.resource]
  http_method          = each.value.method
  authorization        = "COGNITO_USER_POOLS"
  authorizer_id        = aws_api_gateway_authorizer.cognito.id
  authorization_scopes = var.authorization_scopes
  request_validator_id = each.value.model == null ? null : aws_api_gateway_request_validator.body.id
  request_models       = each.value.model == null ? null : { "application/json" = aws_api_gateway_model.this[each.value.model].name }
}

resource "aws_api_gateway_method" "open" {
  for_each = local.open_methods

  rest_api_id   = aws_api_gateway_rest_api.this.id
  resource_id   = local.resource_ids[each.value.resource]
  http_method   = each.value.method
  authorization = "NONE"
}

resource "aws_api_gateway_integration" "this" {
  for_each = merge(local.api.methods, local.open_methods)

  rest_api_id             = aws_api_gateway_rest_api.this.id
  resource_id             = local.resource_ids[each.value.resource]
  http_method             = each.value.method
  type                    = "AWS_PROXY"
  integration_http_method = "POST"
  uri                     = local.invoke_arn
  timeout_milliseconds    = 29000

  depends_on = [aws_api_gateway_method.api, aws_api_gateway_method.open]
}

resource "aws_lambda_permission" "api" {
  statement_id  = "api"
  action        = "lambda:InvokeFunction"
  function_name = var.function_name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_api_gateway_rest_api.this.execution_arn}/${var.stage_name}/*"
}
