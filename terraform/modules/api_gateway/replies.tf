# What the gateway says by itself has the shape of the application's errors.

locals {
  # Quotes come with "messageString"; our own words may not hold any.
  replies = {
    ACCESS_DENIED                = { status = "403", code = "permission_denied", message = "\"You may not do this.\"" }
    BAD_REQUEST_BODY             = { status = "400", code = "invalid", message = "$context.error.messageString" }
    BAD_REQUEST_PARAMETERS       = { status = "400", code = "invalid", message = "$context.error.messageString" }
    DEFAULT_4XX                  = { status = null, code = "error", message = "$context.error.messageString" }
    DEFAULT_5XX                  = { status = null, code = "unavailable", message = "\"The service is busy: retry in a moment.\"" }
    EXPIRED_TOKEN                = { status = "401", code = "not_authenticated", message = "\"The token has expired.\"" }
    INTEGRATION_FAILURE          = { status = "503", code = "unavailable", message = "\"The service is busy: retry in a moment.\"" }
    INTEGRATION_TIMEOUT          = { status = "504", code = "unavailable", message = "\"That took too long: look whether it was done before you retry.\"" }
    MISSING_AUTHENTICATION_TOKEN = { status = "405", code = "method_not_allowed", message = "\"There is no such method here.\"" }
    REQUEST_TOO_LARGE            = { status = "413", code = "too_large", message = "\"The body is too long.\"" }
    THROTTLED                    = { status = "429", code = "throttled", message = "\"Too many requests: retry in a moment.\"" }
    UNAUTHORIZED                 = { status = "401", code = "not_authenticated", message = "\"Send a valid token: Authorization: Bearer ...\"" }
    WAF_FILTERED                 = { status = "403", code = "permission_denied", message = "\"Too many requests from your address.\"" }
  }
  # Like the application: no cache keeps an error.
  uncached  = { "gatewayresponse.header.Cache-Control" = "'no-store'" }
  challenge = merge(local.uncached, { "gatewayresponse.header.WWW-Authenticate" = "'Bearer'" })
  retry     = merge(local.uncached, { "gatewayresponse.header.Retry-After" = "'2'" })
  headers = {
    EXPIRED_TOKEN       = local.challenge
    UNAUTHORIZED        = local.challenge
    INTEGRATION_FAILURE = local.retry
    THROTTLED           = local.retry
  }
}

resource "aws_api_gateway_gateway_response" "this" {
  for_each = local.replies

  rest_api_id         = aws_api_gateway_rest_api.this.id
  response_type       = each.key
  status_code         = each.value.status
  response_parameters = lookup(local.headers, each.key, local.uncached)

  response_templates = {
    "application/json" = "{\"errors\": [{\"field\": null, \"code\": \"${each.value.code}\", \"message\": ${each.value.message}}]}"
  }
}
