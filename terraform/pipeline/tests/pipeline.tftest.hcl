mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
}

variables {
  environment         = "prod"
  repository          = "example/ivent"
  state_bucket        = "states"
  terraform_variables = {}
}

run "the_pipeline_is_named_after_its_environment" {
  command = plan

  assert {
    condition     = output.pipeline_name == "ivent-prod-cicd"
    error_message = "Its name."
  }

  assert {
    condition     = length(aws_iam_openid_connect_provider.github) == 0
    error_message = "GitHub comes in only when asked."
  }
}
