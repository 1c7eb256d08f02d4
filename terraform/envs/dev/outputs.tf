# What `manage.py zappa_settings` and `check_deployment` read with `terraform output -json`.

output "name" {
  description = "RESOURCE_PREFIX."
  value       = var.name
}

output "region" {
  description = "The region of everything."
  value       = var.region
}

output "environment" {
  description = "IVENT_STAGE."
  value       = local.stage
}

output "settings" {
  description = "The application's environment variables, but for the secret."
  value       = module.region.settings
}

output "platform" {
  description = "What both functions run on: what the package has to be built for."
  value       = module.region.platform
}

output "web" {
  description = "The function that answers HTTP."
  value       = module.region.web
}

output "worker" {
  description = "The function behind the stream, the queues and the schedule."
  value       = module.region.worker
}

output "events" {
  description = "Event source ARNs: stream, fanout, requests, feedback."
  value       = module.region.events
}

output "mapping_ids" {
  description = "The event source mappings' ids, by source."
  value       = module.region.mapping_ids
}

output "sweep_rule_name" {
  description = "The rule of the minute schedule."
  value       = module.region.sweep_rule_name
}

output "api_id" {
  description = "The REST API."
  value       = module.region.api_id
}

output "api_stage" {
  description = "Its stage."
  value       = local.stage
}

output "api_url" {
  description = "Where people and programs find it."
  value       = module.region.api_url
}

output "user_pool_id" {
  description = "The staff's user pool."
  value       = module.cognito.user_pool_id
}

output "client_ids" {
  description = "Its app clients, the staff's first."
  value       = module.cognito.client_ids
}

output "tables" {
  description = "Tables: short name → full name."
  value       = module.dynamodb.table_names
}

output "queue_urls" {
  description = "fanout, requests, feedback."
  value       = module.region.queue_urls
}

output "dead_letter_urls" {
  description = "fanout, requests, feedback, stream."
  value       = module.region.dead_letter_urls
}

output "alarms" {
  description = "The alarms' names by the runbook's section."
  value       = module.region.alarms
}

output "dashboard_name" {
  description = "The dashboard."
  value       = module.region.dashboard_name
}

output "dns_records" {
  description = "What the sender's domain must hold."
  value       = module.region.dns_records
}

output "sender" {
  description = "From whom mails come."
  value       = var.mail.sender_email
}

output "configuration_set" {
  description = "Whose events SES publishes."
  value       = module.region.settings["SES_CONFIGURATION_SET"]
}
