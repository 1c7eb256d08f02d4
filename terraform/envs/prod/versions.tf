terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7"
    }
  }

  # terraform init -backend-config=backend.hcl, as terraform/bootstrap prints it.
  backend "s3" {
    key          = "ivent/prod.tfstate"
    encrypt      = true
    use_lockfile = true
  }
}
