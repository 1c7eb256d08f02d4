# What Terraform reads to compare the state with what is there: how things are set up, nothing that
# they hold, neither items nor messages nor e-mails. The one secret is an exception: provider 5 reads
# a secret's version whenever it refreshes it, write-only or not, and keeps the value out of the
# state. (Since 6.x it does not: https://github.com/hashicorp/terraform-provider-aws/issues/42383)

locals {
  secret_key_arn = "arn:${local.partition}:secretsmanager:*:${local.account}:secret:${var.name}-secret-key-*"
}

data "aws_iam_policy_document" "read" {
  statement {
    sid = "Setup"
    actions = [
      "acm:Describe*", "acm:Get*", "acm:List*",
      "apigateway:GET",
      "budgets:Describe*", "budgets:List*", "budgets:View*",
      "cloudwatch:Describe*", "cloudwatch:GetDashboard", "cloudwatch:List*",
      "cognito-idp:Describe*", "cognito-idp:GetGroup", "cognito-idp:GetUserPoolMfaConfig", "cognito-idp:List*",
      "dynamodb:Describe*", "dynamodb:List*",
      "ec2:Describe*", "ec2:GetManagedPrefixListEntries",
      "events:Describe*", "events:List*",
      "iam:Get*", "iam:List*",
      "kms:Describe*", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus", "kms:List*",
      "lambda:Get*", "lambda:List*",
      "logs:Describe*", "logs:List*",
      "route53:Get*", "route53:List*",
      "secretsmanager:DescribeSecret", "secretsmanager:GetRandomPassword", "secretsmanager:GetResourcePolicy", "secretsmanager:List*",
      "ses:Describe*", "ses:Get*", "ses:List*",
      "sns:Get*", "sns:List*",
      "sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:List*",
      "wafv2:Get*", "wafv2:List*",
    ]
    resources = ["*"]
  }

  statement {
    sid       = "SecretKey"
    actions   = ["secretsmanager:GetSecretValue"]
    resources = [local.secret_key_arn]
  }
}

# The workflow of a pull request may plan, if it runs in this environment of this repository.
data "aws_iam_policy_document" "github_trust" {
  count = var.github_environment == null ? 0 : 1

  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]

    principals {
      type        = "Federated"
      identifiers = [var.github_oidc_provider_arn]
    }

    condition {
      test     = "StringEquals"
      variable = "token.actions.githubusercontent.com:aud"
      values   = ["sts.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "token.actions.githubusercontent.com:sub"
      values   = ["repo:${var.repository}:environment:${var.github_environment}"]
    }
  }
}

data "aws_iam_policy_document" "github" {
  source_policy_documents = [data.aws_iam_policy_document.read.json, data.aws_iam_policy_document.state["plan"].json]
}

resource "aws_iam_role" "github" {
  count = var.github_environment == null ? 0 : 1

  name                 = "${local.cicd}-github-plan"
  description          = "Ivent ${var.environment}: plans for pull requests"
  assume_role_policy   = data.aws_iam_policy_document.github_trust[0].json
  max_session_duration = 3600
}

resource "aws_iam_role_policy" "github" {
  count = var.github_environment == null ? 0 : 1

  name   = "plan"
  role   = aws_iam_role.github[0].id
  policy = data.aws_iam_policy_document.github.json
}
