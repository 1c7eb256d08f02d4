output "table_arns" {
  description = "Table's short name (events) → ARN."
  value       = { for short, table in aws_dynamodb_table.this : short => table.arn }
}

output "table_names" {
  description = "Table's short name (events) → full name."
  value       = { for short, table in aws_dynamodb_table.this : short => table.name }
}

output "events_stream_arn" {
  description = "The stream of the events table, from which announcements are made."
  value       = aws_dynamodb_table.this["events"].stream_arn
}

output "replica_stream_arns" {
  description = "Region → the events table's stream there."
  value       = { for replica in aws_dynamodb_table.this["events"].replica : replica.region_name => replica.stream_arn }
}

output "index_arns" {
  description = "Table's short name (events) → ARNs of its indexes, for policies that name them."
  value = {
    for short, table in aws_dynamodb_table.this :
    short => [for index in sort(keys(local.tables[short].indexes)) : "${table.arn}/index/${index}"]
  }
}
