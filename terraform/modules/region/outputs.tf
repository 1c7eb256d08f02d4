output "settings" {
  description = "The application's environment variables in this region, but for the secret."
  value       = merge(local.environment, { AWS_REGION = data.aws_region.current.id, SECRET_KEY_ARN = var.secret_key_arn })
}

output "platform" {
  description = "What both functions run on: what the package has to be built for."
  value       = module.lambda.platform
}

output "web" {
  description = "The function that answers HTTP."
  value       = module.lambda.web
}

output "worker" {
  description = "The function behind the stream, the queues and the schedule."
  value       = module.lambda.worker
}

output "events" {
  description = "Event source ARNs: stream, fanout, requests, feedback."
  value       = module.lambda.events
}

output "mapping_ids" {
  description = "The event source mappings' ids, by source."
  value       = module.lambda.mapping_ids
}

output "sweep_rule_name" {
  description = "The rule of the minute schedule."
  value       = module.lambda.sweep_rule_name
}

output "api_id" {
  description = "The REST API."
  value       = module.api.api_id
}

output "api_url" {
  description = "Where people and programs find it."
  value       = module.api.api_url
}

output "alarms" {
  description = "The alarms' names by the runbook's section."
  value       = module.monitoring.alarm_names
}

output "dashboard_name" {
  description = "The dashboard."
  value       = module.monitoring.dashboard_name
}

output "dns_records" {
  description = "What the sender's domain must hold."
  value       = module.ses.dns_records
}

output "queue_urls" {
  description = "fanout, requests, feedback."
  value       = module.messaging.queue_urls
}

output "dead_letter_urls" {
  description = "fanout, requests, feedback, stream."
  value       = module.messaging.dead_letter_urls
}

output "health_check_id" {
  description = "The Route 53 health check; null without failover."
  value       = module.api.health_check_id
}
