output "alarm_names" {
  description = "Every alarm's name, by the runbook's section."
  value = merge(
    { for key, alarm in aws_cloudwatch_metric_alarm.this : key => alarm.alarm_name },
    { table-throttles = aws_cloudwatch_metric_alarm.table_throttles.alarm_name },
  )
}

output "dashboard_name" {
  description = "The dashboard."
  value       = aws_cloudwatch_dashboard.this.dashboard_name
}
