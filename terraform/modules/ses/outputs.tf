output "configuration_set_name" {
  description = "SES_CONFIGURATION_SET of the application."
  value       = aws_sesv2_configuration_set.this.configuration_set_name
}

output "configuration_set_arn" {
  description = "For the roles that may send."
  value       = aws_sesv2_configuration_set.this.arn
}

output "identity_arn" {
  description = "The domain, for the roles that may send."
  value       = aws_sesv2_email_identity.this.arn
}

output "dns_records" {
  description = "What the domain's DNS must hold, for whoever keeps it: DKIM, MAIL FROM with SPF, DMARC."
  value       = values(local.records)
}
