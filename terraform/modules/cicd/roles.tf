# A role for each step. What a step may do stands in plan.tf, apply.tf and below.

locals {
  steps = merge({ pipeline = "codepipeline.amazonaws.com" }, { for step in keys(local.builds) : step => "codebuild.amazonaws.com" })

  # One policy each: all of it in one would be longer than AWS takes.
  policies = merge(
    {
      artifacts   = data.aws_iam_policy_document.artifacts_use.json
      apply       = data.aws_iam_policy_document.apply.json
      bounds      = data.aws_iam_policy_document.bounds.json
      pipeline    = data.aws_iam_policy_document.pipeline.json
      read        = data.aws_iam_policy_document.read.json
      ship        = data.aws_iam_policy_document.ship.json
      state-read  = data.aws_iam_policy_document.state["plan"].json
      state-write = data.aws_iam_policy_document.state["apply"].json
    },
    { for step in keys(local.builds) : "log-${step}" => data.aws_iam_policy_document.log[step].json },
  )
  rights = {
    pipeline = ["artifacts", "pipeline"]
    test     = ["artifacts", "log-test"]
    plan     = ["artifacts", "log-plan", "read", "state-read"]
    apply    = ["artifacts", "log-apply", "read", "state-write", "apply", "bounds"]
    ship     = ["artifacts", "log-ship", "ship", "state-read"]
    smoke    = ["artifacts", "log-smoke", "state-read"]
  }
}

data "aws_iam_policy_document" "trust" {
  for_each = local.steps

  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = [each.value]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }
  }
}

resource "aws_iam_role" "step" {
  for_each = local.steps

  name               = "${local.cicd}-${each.key}"
  description        = "Ivent ${var.environment}: ${each.key}"
  assume_role_policy = data.aws_iam_policy_document.trust[each.key].json
}

resource "aws_iam_policy" "this" {
  for_each = local.policies

  name        = "${local.cicd}-${each.key}"
  description = "Ivent ${var.environment}: ${each.key}"
  policy      = each.value
}

resource "aws_iam_role_policy_attachment" "step" {
  for_each = { for pair in flatten([for step, names in local.rights : [for name in names : { step = step, name = name }]]) : "${pair.step} ${pair.name}" => pair }

  role       = aws_iam_role.step[each.value.step].name
  policy_arn = aws_iam_policy.this[each.value.name].arn
}

data "aws_iam_policy_document" "artifacts_use" {
  statement {
    sid       = "Artifacts"
    actions   = ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"]
    resources = ["${aws_s3_bucket.artifacts.arn}/*"]
  }

  statement {
    sid       = "ArtifactsBucket"
    actions   = ["s3:GetBucketLocation", "s3:GetBucketVersioning"]
    resources = [aws_s3_bucket.artifacts.arn]
  }

  statement {
    sid       = "ArtifactsKey"
    actions   = ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"]
    resources = [aws_kms_key.artifacts.arn]
  }
}

data "aws_iam_policy_document" "log" {
  for_each = local.builds

  statement {
    sid       = "Log"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.build[each.key].arn}:*"]
  }
}

data "aws_iam_policy_document" "pipeline" {
  statement {
    sid       = "Source"
    actions   = ["codestar-connections:UseConnection"]
    resources = [aws_codestarconnections_connection.source.arn]
  }

  statement {
    sid       = "Build"
    actions   = ["codebuild:BatchGetBuilds", "codebuild:StartBuild"]
    resources = [for project in aws_codebuild_project.this : project.arn]
  }

  dynamic "statement" {
    for_each = var.approvers_topic_arn == null ? [] : [var.approvers_topic_arn]

    content {
      sid       = "Ask"
      actions   = ["sns:Publish"]
      resources = [statement.value]
    }
  }
}

data "aws_iam_policy_document" "state" {
  for_each = { plan = ["s3:GetObject"], apply = ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"] }

  statement {
    sid       = "StateBucket"
    actions   = ["s3:ListBucket"]
    resources = ["arn:${local.partition}:s3:::${var.state_bucket}"]
  }

  # The lock is an object beside the state; who only reads takes none.
  statement {
    sid     = "State"
    actions = each.value
    resources = [
      "arn:${local.partition}:s3:::${var.state_bucket}/${var.state_key}",
      "arn:${local.partition}:s3:::${var.state_bucket}/${var.state_key}.tflock",
    ]
  }
}

# What Zappa does when it updates the code and asks for nothing else.
data "aws_iam_policy_document" "ship" {
  statement {
    sid = "Code"
    actions = [
      "lambda:DeleteFunctionConcurrency", "lambda:GetAlias", "lambda:GetFunction",
      "lambda:GetFunctionConfiguration", "lambda:ListFunctionUrlConfigs",
      "lambda:ListVersionsByFunction", "lambda:PutFunctionConcurrency", "lambda:TagResource",
      "lambda:UpdateFunctionCode", "lambda:UpdateFunctionConfiguration",
    ]
    resources = [for key in ["web", "worker"] : "arn:${local.partition}:lambda:*:${local.account}:function:${var.name}-${key}"]
  }

  statement {
    sid       = "OldVersions"
    actions   = ["lambda:DeleteFunction"]
    resources = [for key in ["web", "worker"] : "arn:${local.partition}:lambda:*:${local.account}:function:${var.name}-${key}:*"]
  }

  statement {
    sid       = "Roles"
    actions   = ["iam:GetRole"]
    resources = local.function_role_arns
  }

  statement {
    sid       = "PassRoles"
    actions   = ["iam:PassRole"]
    resources = local.function_role_arns

    condition {
      test     = "StringEquals"
      variable = "iam:PassedToService"
      values   = ["lambda.amazonaws.com"]
    }
  }

  # Zappa sends the network along with each update.
  statement {
    sid       = "Network"
    actions   = ["ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs"]
    resources = ["*"]
  }

  statement {
    sid       = "Tables"
    actions   = ["dynamodb:DescribeTable"]
    resources = ["arn:${local.partition}:dynamodb:*:${local.account}:table/${var.name}-*"]
  }
}
