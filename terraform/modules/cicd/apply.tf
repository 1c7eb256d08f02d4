# What Terraform may make: things that bear the environment's name, in its regions. Roles only within
# the boundary below, and never the pipeline's own.

locals {
  function_role_arns = [for pair in setproduct(["web", "worker"], var.regions) : "arn:${local.partition}:iam::${local.account}:role/${var.name}-${pair[0]}-${pair[1]}"]
  own_roles          = "arn:${local.partition}:iam::${local.account}:role/${var.name}-*"
  cicd_iam = [
    "arn:${local.partition}:iam::${local.account}:role/${local.cicd}-*",
    "arn:${local.partition}:iam::${local.account}:policy/${local.cicd}-*",
  ]
}

# The most that any role of the environment can ever do, whatever its policy says.
data "aws_iam_policy_document" "boundary" {
  statement {
    sid = "OwnThings"
    actions = [
      "dynamodb:*Item", "dynamodb:DescribeStream", "dynamodb:DescribeTable", "dynamodb:GetRecords",
      "dynamodb:GetShardIterator", "dynamodb:Query",
      "logs:CreateLogStream", "logs:PutLogEvents",
      "secretsmanager:GetSecretValue",
      "sns:Publish",
      "sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:GetQueueUrl",
      "sqs:ReceiveMessage", "sqs:SendMessage",
    ]
    resources = [
      "arn:${local.partition}:dynamodb:*:${local.account}:table/${var.name}-*",
      "arn:${local.partition}:logs:*:${local.account}:log-group:*${var.name}*",
      "arn:${local.partition}:secretsmanager:*:${local.account}:secret:${var.name}-*",
      "arn:${local.partition}:sns:*:${local.account}:${var.name}-*",
      "arn:${local.partition}:sqs:*:${local.account}:${var.name}-*",
    ]
  }

  # Things whose names AWS gives.
  statement {
    sid = "OthersByAccount"
    actions = [
      "cognito-idp:AdminGetUser", "cognito-idp:AdminListGroupsForUser",
      "dynamodb:ListStreams",
      "ec2:AssignPrivateIpAddresses", "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface",
      "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:UnassignPrivateIpAddresses",
      "kms:Decrypt", "kms:GenerateDataKey",
      "logs:CreateLogGroup", "logs:DescribeLogGroups", "logs:DescribeLogStreams", "logs:FilterLogEvents", "logs:GetLogEvents",
      "ses:DeleteSuppressedDestination", "ses:GetAccount", "ses:GetSuppressedDestination", "ses:SendBulkEmail", "ses:SendBulkTemplatedEmail", "ses:SendRawEmail",
      "xray:PutTelemetryRecords", "xray:PutTraceSegments",
    ]
    resources = ["*"]
  }
}

resource "aws_iam_policy" "boundary" {
  name        = "${local.cicd}-boundary"
  description = "The most that a role of ${var.name} can do."
  policy      = data.aws_iam_policy_document.boundary.json
}

data "aws_iam_policy_document" "apply" {
  statement {
    sid = "OwnThings"
    actions = [
      "cloudwatch:*", "dynamodb:*", "events:*", "lambda:*", "logs:*", "secretsmanager:*", "sns:*", "sqs:*",
    ]
    resources = [
      "arn:${local.partition}:cloudwatch:*:${local.account}:alarm:${var.name}-*",
      "arn:${local.partition}:cloudwatch::${local.account}:dashboard/${var.name}-*",
      "arn:${local.partition}:dynamodb:*:${local.account}:table/${var.name}-*",
      "arn:${local.partition}:events:*:${local.account}:rule/${var.name}-*",
      "arn:${local.partition}:lambda:*:${local.account}:function:${var.name}-*",
      "arn:${local.partition}:logs:*:${local.account}:log-group:/aws/*${var.name}*",
      "arn:${local.partition}:logs:*:${local.account}:log-group:/${var.name}/*",
      "arn:${local.partition}:secretsmanager:*:${local.account}:secret:${var.name}-*",
      "arn:${local.partition}:sns:*:${local.account}:${var.name}-*",
      "arn:${local.partition}:sqs:*:${local.account}:${var.name}-*",
    ]
  }

  # What bears a name that AWS gives, or none.
  statement {
    sid = "Unnamed"
    actions = [
      "acm:AddTagsToCertificate", "acm:DeleteCertificate", "acm:RequestCertificate",
      "apigateway:DELETE", "apigateway:PATCH", "apigateway:POST", "apigateway:PUT", "apigateway:SetWebACL",
      "budgets:ModifyBudget", "budgets:TagResource", "budgets:UntagResource",
      "cognito-idp:*Group", "cognito-idp:*ResourceServer", "cognito-idp:*TagResource*", "cognito-idp:*UserPool*",
      "dynamodb:DescribeLimits", "dynamodb:UpdateTableReplicaAutoScaling",
      "ec2:*Address", "ec2:*EgressOnlyInternetGateway", "ec2:*FlowLogs", "ec2:*InternetGateway",
      "ec2:*NatGateway", "ec2:*Route", "ec2:*RouteTable", "ec2:*SecurityGroup*", "ec2:*Subnet*",
      "ec2:*Tags", "ec2:*Vpc", "ec2:*VpcAttribute", "ec2:*VpcCidrBlock", "ec2:*VpcEndpoint*",
      "kms:*Alias", "kms:CreateKey", "kms:EnableKeyRotation", "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion", "kms:TagResource",
      "lambda:CreateEventSourceMapping", "lambda:DeleteEventSourceMapping", "lambda:UpdateEventSourceMapping",
      "logs:*LogDelivery", "logs:PutResourcePolicy",
      "route53:*HealthCheck", "route53:ChangeTagsForResource",
      "ses:*ConfigurationSet*", "ses:*EmailIdentity*", "ses:PutAccountSuppressionAttributes", "ses:TagResource", "ses:UntagResource",
      "wafv2:*WebACL*", "wafv2:TagResource", "wafv2:UntagResource",
    ]
    resources = ["*"]

    condition {
      test     = "StringEquals"
      variable = "aws:RequestedRegion"
      # IAM's and Route 53's calls count as us-east-1.
      values = concat(var.regions, ["us-east-1"])
    }
  }

  # AWS names mappings by number, and tags them apart from making them.
  statement {
    sid       = "Mappings"
    actions   = ["lambda:TagResource", "lambda:UntagResource"]
    resources = ["arn:${local.partition}:lambda:*:${local.account}:event-source-mapping:*"]
  }

  dynamic "statement" {
    for_each = length(var.route53_zone_ids) > 0 ? [1] : []

    content {
      sid       = "Records"
      actions   = ["route53:ChangeResourceRecordSets"]
      resources = [for id in var.route53_zone_ids : "arn:${local.partition}:route53:::hostedzone/${id}"]
    }
  }

  # A role is made, and gets rights, only within the boundary.
  statement {
    sid = "BoundedRoles"
    actions = [
      "iam:AttachRolePolicy", "iam:CreateRole", "iam:DetachRolePolicy", "iam:DeleteRolePolicy",
      "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy",
    ]
    resources = [local.own_roles]

    condition {
      test     = "StringEquals"
      variable = "iam:PermissionsBoundary"
      values   = [aws_iam_policy.boundary.arn]
    }
  }

  statement {
    sid = "Roles"
    actions = [
      "iam:DeleteRole", "iam:TagRole", "iam:UntagRole", "iam:UpdateAssumeRolePolicy", "iam:UpdateRole",
      "iam:UpdateRoleDescription",
    ]
    resources = [local.own_roles]
  }

  statement {
    sid       = "PassRoles"
    actions   = ["iam:PassRole"]
    resources = [local.own_roles]

    condition {
      test     = "StringEquals"
      variable = "iam:PassedToService"
      values   = ["apigateway.amazonaws.com", "lambda.amazonaws.com", "vpc-flow-logs.amazonaws.com"]
    }
  }

  statement {
    sid       = "ServiceLinkedRoles"
    actions   = ["iam:CreateServiceLinkedRole"]
    resources = ["arn:${local.partition}:iam::${local.account}:role/aws-service-role/*"]

    condition {
      test     = "StringEquals"
      variable = "iam:AWSServiceName"
      values = [
        "email.cognito-idp.amazonaws.com", "ops.apigateway.amazonaws.com", "replication.dynamodb.amazonaws.com",
      ]
    }
  }

}

data "aws_iam_policy_document" "bounds" {
  # Whatever else is allowed: not itself, not its boundary, not the pipeline, not a way to read on.
  statement {
    sid       = "NotItself"
    effect    = "Deny"
    actions   = ["iam:*"]
    resources = local.cicd_iam
  }

  statement {
    sid    = "NotThePipeline"
    effect = "Deny"
    actions = [
      "codebuild:*", "codepipeline:*", "codestar-connections:*",
      "iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:CreateUser", "iam:DeleteRolePermissionsBoundary",
      "organizations:*", "sts:AssumeRole",
    ]
    resources = ["*"]
  }

  statement {
    sid    = "NotTheContents"
    effect = "Deny"
    actions = [
      "dynamodb:*Item", "dynamodb:PartiQL*", "dynamodb:Query", "dynamodb:Scan", "lambda:InvokeFunction",
      "sqs:ReceiveMessage",
    ]
    resources = ["*"]
  }

  statement {
    sid           = "NotOtherSecrets"
    effect        = "Deny"
    actions       = ["secretsmanager:GetSecretValue"]
    not_resources = [local.secret_key_arn]
  }
}
