output "boundary_arn" {
  description = "permissions_boundary_arn of the environment: without it the pipeline cannot make its roles."
  value       = aws_iam_policy.boundary.arn
}

output "connection_arn" {
  description = "The connection, which a person has to authorise once in the console."
  value       = aws_codestarconnections_connection.source.arn
}

output "pipeline_name" {
  description = "The pipeline."
  value       = aws_codepipeline.this.name
}

output "artifacts_bucket" {
  description = "What the steps hand to each other."
  value       = aws_s3_bucket.artifacts.bucket
}

output "github_role_arn" {
  description = "What the workflow of a pull request assumes to plan; null without."
  value       = one(aws_iam_role.github[*].arn)
}
