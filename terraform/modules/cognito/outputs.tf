output "user_pool_id" {
  description = "COGNITO_USER_POOL_ID of the application."
  value       = aws_cognito_user_pool.this.id
}

output "user_pool_arn" {
  description = "For the API's authorizer and the roles."
  value       = aws_cognito_user_pool.this.arn
}

output "client_ids" {
  description = "COGNITO_CLIENT_IDS: the staff's client first."
  value = concat(
    [aws_cognito_user_pool_client.staff.id],
    [for name in sort(keys(var.public_clients)) : aws_cognito_user_pool_client.public[name].id],
    [for name in sort(var.machine_clients) : aws_cognito_user_pool_client.machine[name].id],
  )
}

output "hosted_url" {
  description = "COGNITO_HOSTED_URL; empty without a domain."
  value       = local.hosted_url
}

output "custom_domain_target" {
  description = "Where the custom domain's DNS alias must point to; null without one."
  value       = local.custom_domain ? aws_cognito_user_pool_domain.this[0].cloudfront_distribution : null
}
