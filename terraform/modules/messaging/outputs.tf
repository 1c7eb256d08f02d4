output "queue_urls" {
  description = "fanout, requests, feedback → URL."
  value       = { for queue in local.work_queues : queue => aws_sqs_queue.work[queue].url }
}

output "queue_arns" {
  description = "fanout, requests, feedback → ARN."
  value       = { for queue in local.work_queues : queue => aws_sqs_queue.work[queue].arn }
}

output "dead_letter_arns" {
  description = "fanout, requests, feedback, stream → ARN of the queue that holds what failed again and again."
  value = merge(
    { for queue in local.work_queues : queue => aws_sqs_queue.dead[queue].arn },
    { stream = aws_sqs_queue.stream_failures.arn },
  )
}

output "dead_letter_urls" {
  description = "The same, as URLs."
  value = merge(
    { for queue in local.work_queues : queue => aws_sqs_queue.dead[queue].url },
    { stream = aws_sqs_queue.stream_failures.url },
  )
}

output "topic_arns" {
  description = "events (for programs), feedback (SES publishes), alarms (people listen) → ARN."
  # SES asks at once whether it may publish.
  depends_on = [aws_sns_topic_policy.this]
  value      = { for topic in local.topics : topic => aws_sns_topic.this[topic].arn }
}

output "topic_kms_key_arn" {
  description = "The topics' key, which whoever publishes needs to use (kms:GenerateDataKey, kms:Decrypt); null without."
  value       = var.encrypt_topics ? aws_kms_key.topics[0].arn : null
}
