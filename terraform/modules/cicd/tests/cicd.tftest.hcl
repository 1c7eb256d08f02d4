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
  name         = "ivent-prod"
  environment  = "prod"
  repository   = "example/ivent"
  state_bucket = "states"
  state_key    = "ivent/prod.tfstate"
  regions      = ["eu-central-1"]
}

run "a_person_stands_between_plan_and_apply" {
  command = plan

  assert {
    condition     = [for stage in aws_codepipeline.this.stage : stage.name] == ["Source", "Test", "Plan", "Approve", "Apply", "Ship", "Smoke"]
    error_message = "The order of the steps."
  }

  assert {
    condition     = aws_codepipeline.this.stage[3].action[0].provider == "Manual"
    error_message = "Approval is a person's."
  }
}

run "what_is_applied_is_what_was_approved" {
  command = plan

  assert {
    condition     = contains(aws_codepipeline.this.stage[4].action[0].input_artifacts, "plan")
    error_message = "The plan that was read."
  }
}

run "each_step_has_a_role_of_its_own_and_only_apply_may_write" {
  command = plan

  assert {
    condition     = length(aws_iam_role.step) == 6
    error_message = "Pipeline and five builds."
  }

  assert {
    condition     = [for key in keys(aws_iam_role_policy_attachment.step) : split(" ", key)[0] if contains(["apply", "state-write"], split(" ", key)[1])] == ["apply", "apply"]
    error_message = "Only apply."
  }

  assert {
    condition     = contains(keys(aws_iam_role_policy_attachment.step), "apply bounds")
    error_message = "And only within its bounds."
  }
}

run "the_tests_know_no_variables_of_the_environment" {
  command = plan

  variables {
    terraform_variables = { alarm_emails = "[\"you@example.org\"]" }
  }

  assert {
    condition     = !contains([for variable in aws_codebuild_project.this["test"].environment[0].environment_variable : variable.name], "TF_VAR_alarm_emails")
    error_message = "They run what a pull request brings."
  }

  assert {
    condition     = contains([for variable in aws_codebuild_project.this["plan"].environment[0].environment_variable : variable.name], "TF_VAR_alarm_emails")
    error_message = "The plan needs them."
  }
}

run "github_may_plan_only_in_its_environment" {
  command = plan

  variables {
    github_environment = "plan"
  }

  expect_failures = [var.github_oidc_provider_arn]
}
