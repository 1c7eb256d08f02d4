terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7"
    }
  }

  # terraform init -backend-config=backend.hcl -backend-config=key=ivent/pipeline-ENV.tfstate
  backend "s3" {
    encrypt      = true
    use_lockfile = true
  }
}
