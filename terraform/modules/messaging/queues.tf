# Encrypted by SQS itself: unlike KMS, that asks nothing of SNS, which delivers to one of them,
# nor of Lambda, which reads them.
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-sqs-sse-queue.html

resource "aws_sqs_queue" "work" {
  for_each = local.work_queues

  name                       = "${var.name}-${each.key}"
  visibility_timeout_seconds = local.visibility_seconds
  message_retention_seconds  = local.work_retention_seconds
  receive_wait_time_seconds  = 20
  sqs_managed_sse_enabled    = true

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead[each.key].arn
    maxReceiveCount     = var.max_receives
  })
}

resource "aws_sqs_queue" "dead" {
  for_each = local.work_queues

  name                       = "${var.name}-${each.key}-dead"
  visibility_timeout_seconds = 120
  message_retention_seconds  = local.dead_retention_seconds
  sqs_managed_sse_enabled    = true
}

resource "aws_sqs_queue_redrive_allow_policy" "dead" {
  for_each = local.work_queues

  queue_url = aws_sqs_queue.dead[each.key].url
  redrive_allow_policy = jsonencode({
    redrivePermission = "byQueue"
    sourceQueueArns   = [aws_sqs_queue.work[each.key].arn]
  })
}

# What the stream's event source mapping gave up; it is a dead-letter queue itself.
resource "aws_sqs_queue" "stream_failures" {
  name                       = "${var.name}-stream-failures"
  visibility_timeout_seconds = 120
  message_retention_seconds  = local.dead_retention_seconds
  sqs_managed_sse_enabled    = true
}

locals {
  # Short name → URL, and from whom SNS may put messages there.
  policed = merge(
    { for queue in local.work_queues : queue => aws_sqs_queue.work[queue].url },
    { for queue in local.work_queues : "${queue}-dead" => aws_sqs_queue.dead[queue].url },
    { "stream-failures" = aws_sqs_queue.stream_failures.url },
  )
  from_feedback_topic = ["feedback", "feedback-dead"]
}

resource "aws_sqs_queue_policy" "this" {
  for_each = local.policed

  queue_url = each.value
  policy    = data.aws_iam_policy_document.queue[each.key].json
}

data "aws_iam_policy_document" "queue" {
  for_each = toset(keys(local.policed))

  statement {
    sid       = "TlsOnly"
    effect    = "Deny"
    actions   = ["sqs:*"]
    resources = ["${local.sqs_arn}-${each.key}"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }

  # https://docs.aws.amazon.com/sns/latest/dg/subscribe-sqs-queue-to-sns-topic.html
  dynamic "statement" {
    for_each = contains(local.from_feedback_topic, each.key) ? ["feedback"] : []

    content {
      sid       = "FromFeedbackTopic"
      actions   = ["sqs:SendMessage"]
      resources = ["${local.sqs_arn}-${each.key}"]

      principals {
        type        = "Service"
        identifiers = ["sns.amazonaws.com"]
      }

      condition {
        test     = "ArnEquals"
        variable = "aws:SourceArn"
        values   = ["${local.sns_arn}-feedback"]
      }
    }
  }
}
