output "boundary_arn" {
  description = "permissions_boundary_arn of the environment: put it into terraform_variables and apply again."
  value       = module.cicd.boundary_arn
}

output "connection_arn" {
  description = "The connection, which a person has to authorise once in the console."
  value       = module.cicd.connection_arn
}

output "pipeline_name" {
  description = "The pipeline."
  value       = module.cicd.pipeline_name
}

output "github_role_arn" {
  description = "The role of the pull requests' workflow."
  value       = module.cicd.github_role_arn
}
