# The pipeline of one environment. A person applies it with their own rights, once and after each
# change: it is the one thing that the pipeline itself may not touch.

provider "aws" {
  region = var.regions[0]

  default_tags {
    tags = {
      Project   = "ivent"
      Stage     = var.environment
      ManagedBy = "terraform/pipeline"
    }
  }
}

module "cicd" {
  source = "../modules/cicd"

  name                     = "ivent-${var.environment}"
  environment              = var.environment
  repository               = var.repository
  branch                   = var.branch
  provider_type            = var.provider_type
  state_bucket             = var.state_bucket
  state_key                = "ivent/${var.environment}.tfstate"
  regions                  = var.regions
  terraform_variables      = var.terraform_variables
  route53_zone_ids         = var.route53_zone_ids
  approvers_topic_arn      = var.approvers_topic_arn
  github_environment       = var.github_environment
  github_oidc_provider_arn = one(aws_iam_openid_connect_provider.github[*].arn)
}

# One per account: leave it out where it is there already, and import it.
resource "aws_iam_openid_connect_provider" "github" {
  count = var.github_environment == null ? 0 : 1

  url            = "https://token.actions.githubusercontent.com"
  client_id_list = ["sts.amazonaws.com"]
}
