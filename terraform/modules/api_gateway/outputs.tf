output "api_id" {
  description = "The REST API."
  value       = aws_api_gateway_rest_api.this.id
}

output "api_url" {
  description = "Where people and programs find it, without a slash at the end. It is known before the stage is there, so that the functions can be told."
  value       = var.domain == null ? "https://${local.execute_host}/${var.stage_name}" : "https://${var.domain.name}"
}

output "host" {
  description = "The host names that the application answers: ALLOWED_HOSTS."
  value       = distinct(compact([try(var.domain.name, ""), local.execute_host]))
}

output "stage_name" {
  description = "The stage."
  value       = aws_api_gateway_stage.this.stage_name
}

output "stage_arn" {
  description = "The stage's ARN."
  value       = aws_api_gateway_stage.this.arn
}

output "execution_arn" {
  description = "The first part of the ARNs of its methods."
  value       = aws_api_gateway_rest_api.this.execution_arn
}

output "access_log_group_name" {
  description = "Where the access log is."
  value       = aws_cloudwatch_log_group.access.name
}

output "web_acl_arn" {
  description = "The web ACL in front; null without."
  value       = one(aws_wafv2_web_acl.this[*].arn)
}

output "health_check_id" {
  description = "The Route 53 health check of this region; null without failover."
  value       = one(aws_route53_health_check.this[*].id)
}
