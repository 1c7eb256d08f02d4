locals {
  functions = {
    for key, function in aws_lambda_function.this : key => {
      function_name   = function.function_name
      function_arn    = local.function_arns[key]
      role_name       = aws_iam_role.function[key].name
      role_arn        = aws_iam_role.function[key].arn
      log_group_name  = aws_cloudwatch_log_group.function[key].name
      memory_size     = function.memory_size
      timeout_seconds = function.timeout
      # Zappa sends these with each update: unsaid, they would be taken back.
      reserved_concurrency = local.sizes[key].reserved_concurrency
      kms_key_arn          = ""
      xray                 = var.xray
      subnet_ids           = try(var.network.subnet_ids, [])
      security_group_ids   = try(var.network.security_group_ids, [])
      # What the Lambda API takes as VpcConfig, and Zappa as vpc_config; null outside any VPC.
      vpc_config = var.network == null ? null : {
        SubnetIds               = var.network.subnet_ids
        SecurityGroupIds        = var.network.security_group_ids
        Ipv6AllowedForDualStack = var.network.ipv6
      }
    }
  }
}

output "platform" {
  description = "What both functions run on: what the package has to be built for."
  value       = var.platform
}

output "web" {
  description = "The function that answers HTTP: names, ARNs, size and network."
  value       = local.functions["web"]
}

output "worker" {
  description = "The function behind the stream, the queues and the schedule."
  value       = local.functions["worker"]
}

output "events" {
  description = "Event source ARNs by handler: stream, fanout, requests, feedback."
  value = {
    stream   = var.events_stream_arn
    fanout   = var.queue_arns["fanout"]
    requests = var.queue_arns["requests"]
    feedback = var.queue_arns["feedback"]
  }
}

output "mapping_ids" {
  description = "The event source mappings' ids, by source."
  value = {
    stream   = aws_lambda_event_source_mapping.stream.id
    fanout   = aws_lambda_event_source_mapping.fanout.id
    requests = aws_lambda_event_source_mapping.requests.id
    feedback = aws_lambda_event_source_mapping.feedback.id
  }
}

output "sweep_rule_name" {
  description = "The EventBridge rule of the minute schedule."
  value       = aws_cloudwatch_event_rule.sweep.name
}

output "environment" {
  description = "The environment variables of each function."
  value       = local.environment
}
