# test → plan → a person approves → apply → ship the code → smoke test, each with a role of its own.
# A person applies this by hand (terraform/pipeline), so that the pipeline cannot change itself.

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
# `id` and not `name`: the provider's next major version renames the latter.
data "aws_region" "current" {}

locals {
  account   = data.aws_caller_identity.current.account_id
  partition = data.aws_partition.current.partition
  region    = data.aws_region.current.id
  cicd      = "${var.name}-cicd"

  # Step of the pipeline → the buildspec in terraform/buildspecs, and its minutes.
  builds = { test = 30, plan = 15, apply = 60, ship = 30, smoke = 10 }

  # Terraform reads them by name.
  variables = { for name, value in var.terraform_variables : "TF_VAR_${name}" => value }
  settings = {
    IVENT_ENV    = var.environment
    STATE_BUCKET = var.state_bucket
    STATE_REGION = var.regions[0]
  }
}

resource "aws_codestarconnections_connection" "source" {
  name          = substr(local.cicd, 0, 32)
  provider_type = var.provider_type
}

resource "aws_cloudwatch_log_group" "build" {
  for_each = local.builds

  name              = "/aws/codebuild/${local.cicd}-${each.key}"
  retention_in_days = var.log_retention_days
}

resource "aws_codebuild_project" "this" {
  for_each = local.builds

  name           = "${local.cicd}-${each.key}"
  description    = "Ivent ${var.environment}: ${each.key}"
  service_role   = aws_iam_role.step[each.key].arn
  build_timeout  = each.value
  encryption_key = aws_kms_key.artifacts.arn

  artifacts {
    type = "CODEPIPELINE"
  }

  environment {
    compute_type = "BUILD_GENERAL1_SMALL"
    image        = "aws/codebuild/amazonlinux-x86_64-standard:5.0"
    type         = "LINUX_CONTAINER"

    dynamic "environment_variable" {
      for_each = merge(local.settings, each.key == "test" ? {} : local.variables)

      content {
        name  = environment_variable.key
        value = environment_variable.value
      }
    }
  }

  logs_config {
    cloudwatch_logs {
      group_name = aws_cloudwatch_log_group.build[each.key].name
    }
  }

  source {
    type      = "CODEPIPELINE"
    buildspec = "terraform/buildspecs/${each.key}.yml"
  }
}

resource "aws_codepipeline" "this" {
  name           = local.cicd
  pipeline_type  = "V2"
  execution_mode = "QUEUED"
  role_arn       = aws_iam_role.step["pipeline"].arn

  artifact_store {
    type     = "S3"
    location = aws_s3_bucket.artifacts.bucket

    encryption_key {
      type = "KMS"
      id   = aws_kms_key.artifacts.arn
    }
  }

  stage {
    name = "Source"

    action {
      name             = "Source"
      category         = "Source"
      owner            = "AWS"
      provider         = "CodeStarSourceConnection"
      version          = "1"
      output_artifacts = ["source"]

      configuration = {
        ConnectionArn    = aws_codestarconnections_connection.source.arn
        FullRepositoryId = var.repository
        BranchName       = var.branch
      }
    }
  }

  stage {
    name = "Test"

    action {
      name            = "Test"
      category        = "Build"
      owner           = "AWS"
      provider        = "CodeBuild"
      version         = "1"
      input_artifacts = ["source"]
      configuration   = { ProjectName = aws_codebuild_project.this["test"].name }
    }
  }

  stage {
    name = "Plan"

    action {
      name             = "Plan"
      category         = "Build"
      owner            = "AWS"
      provider         = "CodeBuild"
      version          = "1"
      input_artifacts  = ["source"]
      output_artifacts = ["plan"]
      configuration    = { ProjectName = aws_codebuild_project.this["plan"].name }
    }
  }

  stage {
    name = "Approve"

    action {
      name     = "Approve"
      category = "Approval"
      owner    = "AWS"
      provider = "Manual"
      version  = "1"

      configuration = merge(
        { CustomData = "Read the plan in the log of the step before: what it says is what will be done." },
        var.approvers_topic_arn == null ? {} : { NotificationArn = var.approvers_topic_arn },
      )
    }
  }

  stage {
    name = "Apply"

    action {
      name            = "Apply"
      category        = "Build"
      owner           = "AWS"
      provider        = "CodeBuild"
      version         = "1"
      input_artifacts = ["source", "plan"]

      configuration = {
        ProjectName   = aws_codebuild_project.this["apply"].name
        PrimarySource = "source"
      }
    }
  }

  stage {
    name = "Ship"

    action {
      name            = "Ship"
      category        = "Build"
      owner           = "AWS"
      provider        = "CodeBuild"
      version         = "1"
      input_artifacts = ["source"]
      configuration   = { ProjectName = aws_codebuild_project.this["ship"].name }
    }
  }

  stage {
    name = "Smoke"

    action {
      name            = "Smoke"
      category        = "Build"
      owner           = "AWS"
      provider        = "CodeBuild"
      version         = "1"
      input_artifacts = ["source"]
      configuration   = { ProjectName = aws_codebuild_project.this["smoke"].name }
    }
  }
}
