# The functions' frame. Zappa ships the code, so Terraform starts with a placeholder and leaves
# the code alone from then on.

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
# `id` and not `name`: the provider's next major version renames the latter.
data "aws_region" "current" {}

locals {
  account   = data.aws_caller_identity.current.account_id
  partition = data.aws_partition.current.partition
  region    = data.aws_region.current.id
  sizes     = { web = var.web, worker = var.worker }

  function_arns = {
    for key in keys(local.sizes) :
    key => "arn:${local.partition}:lambda:${local.region}:${local.account}:function:${var.name}-${key}"
  }
  # Only this host of Secrets Manager answers by IPv6.
  by_ipv6 = try(var.network.ipv6, false) ? {
    AWS_ENDPOINT_URL_SECRETS_MANAGER = "https://secretsmanager.${local.region}.api.aws"
  } : {}
  environment = {
    for key in keys(local.sizes) : key => merge(var.environment, local.by_ipv6, {
      IVENT_ROLE     = key
      SECRET_KEY_ARN = var.secret_key_arn
      # Django starts while Lambda still lends it a whole processor.
      INSTANTIATE_LAMBDA_HANDLER_ON_IMPORT = "1"
    })
  }
}

resource "aws_cloudwatch_log_group" "function" {
  for_each = local.sizes

  name              = "/aws/lambda/${var.name}-${each.key}"
  retention_in_days = var.log_retention_days
}

resource "aws_lambda_function" "this" {
  for_each = local.sizes

  function_name    = "${var.name}-${each.key}"
  description      = "Ivent: ${each.key}"
  role             = aws_iam_role.function[each.key].arn
  runtime          = var.platform.runtime
  architectures    = [var.platform.architecture]
  handler          = "handler.lambda_handler"
  filename         = "${path.module}/placeholder/placeholder.zip"
  source_code_hash = filebase64sha256("${path.module}/placeholder/placeholder.zip")
  memory_size      = each.value.memory_size
  timeout          = each.value.timeout_seconds

  reserved_concurrent_executions = each.value.reserved_concurrency

  environment {
    variables = local.environment[each.key]
  }

  tracing_config {
    mode = var.xray ? "Active" : "PassThrough"
  }

  dynamic "vpc_config" {
    for_each = var.network == null ? [] : [var.network]

    content {
      subnet_ids                  = vpc_config.value.subnet_ids
      security_group_ids          = vpc_config.value.security_group_ids
      ipv6_allowed_for_dual_stack = vpc_config.value.ipv6
    }
  }

  lifecycle {
    # What `zappa update` ships.
    ignore_changes = [
      description, filename, handler, layers, runtime, s3_bucket, s3_key, s3_object_version,
      source_code_hash,
    ]
  }

  # Lambda checks at the making of a function whether its role may make network interfaces, and
  # makes a log group without retention if it finds none.
  depends_on = [aws_iam_role_policy.function, aws_cloudwatch_log_group.function]
}
