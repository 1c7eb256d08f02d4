mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }

  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }

  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
}

run "the_state_is_kept_and_kept_secret" {
  command = plan

  assert {
    condition     = aws_s3_bucket.state.bucket == "ivent-terraform-123456789012-eu-central-1"
    error_message = "The bucket's name must be the account's and the region's own."
  }

  assert {
    condition     = one(aws_s3_bucket_versioning.state.versioning_configuration).status == "Enabled" && one(one(aws_s3_bucket_server_side_encryption_configuration.state.rule).apply_server_side_encryption_by_default).sse_algorithm == "AES256"
    error_message = "Former states can be brought back, and all are encrypted."
  }

  assert {
    condition     = aws_s3_bucket_public_access_block.state.block_public_acls && aws_s3_bucket_public_access_block.state.block_public_policy && aws_s3_bucket_public_access_block.state.ignore_public_acls && aws_s3_bucket_public_access_block.state.restrict_public_buckets
    error_message = "Nothing of it is public."
  }

  assert {
    condition     = { for statement in data.aws_iam_policy_document.state.statement : statement.sid => [statement.effect, one(statement.condition).variable] } == { TlsOnly = ["Deny", "aws:SecureTransport"], OwnAccountOnly = ["Deny", "aws:PrincipalAccount"] }
    error_message = "By TLS only, and by nobody outside the account."
  }
}

run "what_s3_or_aws_would_refuse_is_refused" {
  command = plan

  variables {
    region           = "Frankfurt"
    bucket           = "Ivent"
    old_version_days = 0
  }

  expect_failures = [var.region, var.bucket, var.old_version_days]
}
