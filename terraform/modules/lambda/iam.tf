# A role for each function, with what its code calls and no more. A table that stands in no list
# below stops the plan, so that nobody forgets to think about it.

locals {
  dynamodb = {
    read   = ["dynamodb:BatchGetItem", "dynamodb:ConditionCheckItem", "dynamodb:GetItem", "dynamodb:Query"]
    put    = ["dynamodb:PutItem"]
    update = ["dynamodb:UpdateItem"]
    delete = ["dynamodb:DeleteItem"]
    # Puts and deletions, many in a call.
    batch = ["dynamodb:BatchWriteItem"]
  }

  # Nobody removes an announcement, nor anything of the ledger, the history or the numbers.
  access = {
    web = {
      announcements = ["read", "put", "update"]
      chunks        = ["read", "update"]
      counters      = ["read", "update", "delete"]
      events        = ["read", "put", "update", "delete"]
      feedback      = ["read", "update", "batch"]
      idempotency   = ["read", "put"]
      imports       = ["read", "put", "batch"]
      log           = ["read", "put"]
      preferences   = ["read", "put"]
      search        = ["read", "put", "delete"]
      staff         = ["read", "update"]
      subscriptions = ["read", "put", "delete"]
      topics        = ["read", "put", "delete"]
    }
    # Staff come through the web: who they are is none of its business. To the history it adds only
    # what it does for them, and what the system does itself.
    worker = {
      announcements = ["read", "put", "update"]
      chunks        = ["read", "put", "update"]
      counters      = ["read", "put", "update", "delete"]
      events        = ["read", "put", "update"]
      feedback      = ["read", "put", "update", "delete", "batch"]
      imports       = ["read", "put", "delete"]
      log           = ["put"]
      preferences   = ["read"]
      search        = ["put", "delete"]
      subscriptions = ["read", "put"]
      topics        = ["read"]
    }
  }
  unlisted = setsubtract(keys(var.table_arns), keys(local.access.web))

  # Tables of one kind of access share a statement.
  table_groups = {
    for role, tables in local.access : role => {
      for rights in distinct(values(tables)) : join("-", rights) => {
        rights = rights
        tables = [for table, wanted in tables : table if join("-", wanted) == join("-", rights) && contains(keys(var.table_arns), table)]
      }
    }
  }

  ses_arns = [var.ses.identity_arn, var.ses.configuration_set_arn]
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "function" {
  for_each = local.sizes

  # Roles are one namespace for all regions.
  name                 = "${var.name}-${each.key}-${local.region}"
  description          = "What Ivent's ${each.key} function may do."
  assume_role_policy   = data.aws_iam_policy_document.trust.json
  permissions_boundary = var.permissions_boundary_arn
}

resource "aws_iam_role_policy" "function" {
  for_each = local.sizes

  name   = "ivent"
  role   = aws_iam_role.function[each.key].id
  policy = { web = data.aws_iam_policy_document.web.json, worker = data.aws_iam_policy_document.worker.json }[each.key]

  lifecycle {
    precondition {
      condition     = length(local.unlisted) == 0
      error_message = "Say in iam.tf who may do what with: ${join(", ", local.unlisted)}."
    }
  }
}

data "aws_iam_policy_document" "common" {
  for_each = local.sizes

  statement {
    sid       = "Logs"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.function[each.key].arn}:*"]
  }

  dynamic "statement" {
    for_each = { for key, group in local.table_groups[each.key] : key => group if length(group.tables) > 0 }

    content {
      sid       = "Tables${replace(title(replace(statement.key, "-", " ")), " ", "")}"
      actions   = flatten([for right in statement.value.rights : local.dynamodb[right]])
      resources = [for table in statement.value.tables : var.table_arns[table]]
    }
  }

  statement {
    sid     = "Indexes"
    actions = ["dynamodb:Query"]
    resources = flatten([
      for table, rights in local.access[each.key] : lookup(var.index_arns, table, []) if contains(rights, "read")
    ])
  }

  statement {
    sid       = "SecretKey"
    actions   = ["secretsmanager:GetSecretValue"]
    resources = [var.secret_key_arn]
  }

  statement {
    sid       = "TellPrograms"
    actions   = ["sns:Publish"]
    resources = [var.events_topic_arn]
  }

  dynamic "statement" {
    for_each = var.topic_key.encrypted ? [var.topic_key.arn] : []

    content {
      sid       = "TopicKey"
      actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
      resources = [statement.value]
    }
  }

  statement {
    sid = "SendRate"
    # https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsimpleemailservicev2.html
    actions   = ["ses:GetAccount"]
    resources = ["*"]
  }

  # The worker takes an address off SES's suppression list before it asks the person to confirm, and
  # the admin shows the entry. AWS knows no resource for either.
  # https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsimpleemailservicev2.html
  statement {
    sid       = "SuppressionList"
    actions   = ["ses:DeleteSuppressedDestination", "ses:GetSuppressedDestination"]
    resources = ["*"]
  }

  # The worker's mails, and the test of one that staff send to themselves.
  statement {
    sid       = "Mail"
    actions   = ["ses:SendRawEmail"]
    resources = local.ses_arns

    condition {
      test     = "StringEquals"
      variable = "ses:FromAddress"
      values   = [var.ses.sender_email]
    }
  }

  # For a bulk call SES looks for its older name as well, and for a template, though ours stands
  # in the call; and it does not say with each of them whom the mail is from.
  # https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsimpleemailservicev2.html
  statement {
    sid       = "BulkMail"
    actions   = ["ses:SendBulkEmail", "ses:SendBulkTemplatedEmail"]
    resources = concat(local.ses_arns, ["arn:${local.partition}:ses:${local.region}:${local.account}:template/*"])

    condition {
      test     = "StringEqualsIfExists"
      variable = "ses:FromAddress"
      values   = [var.ses.sender_email]
    }
  }

  dynamic "statement" {
    for_each = var.xray ? [1] : []

    content {
      sid       = "Trace"
      actions   = ["xray:PutTelemetryRecords", "xray:PutTraceSegments"]
      resources = ["*"]
    }
  }

  # https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html says which of these AWS
  # lets one narrow, and asks to deny them to the function's own code.
  dynamic "statement" {
    for_each = var.network == null ? [] : [1]

    content {
      sid       = "DescribeNetwork"
      actions   = ["ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets"]
      resources = ["*"]
    }
  }

  dynamic "statement" {
    for_each = var.network == null ? [] : [1]

    content {
      sid = "Network"
      actions = [
        "ec2:AssignPrivateIpAddresses", "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface",
        "ec2:UnassignPrivateIpAddresses",
      ]
      resources = ["arn:${local.partition}:ec2:${local.region}:${local.account}:*/*"]
    }
  }

  dynamic "statement" {
    for_each = var.network == null ? [] : [1]

    content {
      sid    = "NetworkNotByCode"
      effect = "Deny"
      actions = [
        "ec2:AssignPrivateIpAddresses", "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface",
        "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:UnassignPrivateIpAddresses",
      ]
      resources = ["*"]

      condition {
        test     = "ArnEquals"
        variable = "lambda:SourceFunctionArn"
        values   = [local.function_arns[each.key]]
      }
    }
  }
}

data "aws_iam_policy_document" "web" {
  source_policy_documents = [data.aws_iam_policy_document.common["web"].json]

  statement {
    sid       = "Staff"
    actions   = ["cognito-idp:AdminGetUser", "cognito-idp:AdminListGroupsForUser"]
    resources = [var.user_pool_arn]
  }

  # New requests and announcements, and dead letters that are sent back.
  statement {
    sid       = "Queue"
    actions   = ["sqs:GetQueueUrl", "sqs:SendMessage"]
    resources = [for key in ["fanout", "requests", "feedback"] : var.queue_arns[key]]
  }

  statement {
    sid = "DeadLetters"
    actions = [
      "sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:GetQueueUrl",
      "sqs:ReceiveMessage",
    ]
    resources = values(var.dead_letter_arns)
  }
}

data "aws_iam_policy_document" "worker" {
  source_policy_documents = [data.aws_iam_policy_document.common["worker"].json]

  statement {
    sid       = "Stream"
    actions   = ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"]
    resources = [var.events_stream_arn]
  }

  # Lambda's service authorization takes no narrower resource for it.
  statement {
    sid       = "ListStreams"
    actions   = ["dynamodb:ListStreams"]
    resources = ["*"]
  }

  statement {
    sid       = "GivenUpChanges"
    actions   = ["sqs:SendMessage"]
    resources = [var.dead_letter_arns["stream"]]
  }

  statement {
    sid = "Consume"
    actions = [
      "sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage",
    ]
    resources = [for key in ["fanout", "requests", "feedback"] : var.queue_arns[key]]
  }

  statement {
    sid       = "FanOutAndImport"
    actions   = ["sqs:SendMessage"]
    resources = [var.queue_arns["fanout"], var.queue_arns["requests"]]
  }
}
