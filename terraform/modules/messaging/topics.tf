resource "aws_sns_topic" "this" {
  for_each = local.topics

  name              = "${var.name}-${each.key}"
  kms_master_key_id = var.encrypt_topics ? aws_kms_key.topics[0].arn : null
  # SHA-256 instead of SHA-1, for whoever checks the messages' signatures.
  signature_version = 2
}

resource "aws_sns_topic_policy" "this" {
  for_each = local.topics

  arn    = aws_sns_topic.this[each.key].arn
  policy = data.aws_iam_policy_document.topic[each.key].json
}

locals {
  # Topic → AWS services that may publish to it. To the events topic only the worker does, by
  # its role.
  publishers = {
    events   = []
    feedback = ["ses.amazonaws.com"]
    alarms   = ["cloudwatch.amazonaws.com", "budgets.amazonaws.com"]
  }
  # Topic → how it may not be subscribed to; the rest of
  # https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html is for programs.
  people = ["application", "email", "email-json", "sms"]
  refused_protocols = {
    events   = concat(local.people, ["http"])
    feedback = concat(local.people, ["firehose", "http", "https", "lambda"])
    alarms   = ["http"]
  }
}

data "aws_iam_policy_document" "topic" {
  for_each = local.publishers

  statement {
    sid       = "TlsOnly"
    effect    = "Deny"
    actions   = ["sns:Publish"]
    resources = ["${local.sns_arn}-${each.key}"]

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

  # Nor does it leave unencrypted, and events reach people by SES alone: whoever subscribed to the
  # topic by e-mail as well would get each announcement twice.
  statement {
    sid       = "NotByTheseProtocols"
    effect    = "Deny"
    actions   = ["sns:Subscribe"]
    resources = ["${local.sns_arn}-${each.key}"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "StringEquals"
      variable = "sns:Protocol"
      values   = local.refused_protocols[each.key]
    }
  }

  # https://docs.aws.amazon.com/ses/latest/dg/event-publishing-add-event-destination-sns.html
  # https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-sns-policy.html
  dynamic "statement" {
    for_each = length(each.value) == 0 ? [] : [each.value]

    content {
      sid       = "OfThisAccount"
      actions   = ["sns:Publish"]
      resources = ["${local.sns_arn}-${each.key}"]

      principals {
        type        = "Service"
        identifiers = statement.value
      }

      condition {
        test     = "StringEquals"
        variable = "aws:SourceAccount"
        values   = [local.account]
      }
    }
  }
}

# Raw: SES's event as it is, without the envelope, is half as long.
resource "aws_sns_topic_subscription" "feedback" {
  topic_arn            = aws_sns_topic.this["feedback"].arn
  protocol             = "sqs"
  endpoint             = aws_sqs_queue.work["feedback"].arn
  raw_message_delivery = true

  redrive_policy = jsonencode({ deadLetterTargetArn = aws_sqs_queue.dead["feedback"].arn })

  depends_on = [aws_sqs_queue_policy.this]
}

resource "aws_sns_topic_subscription" "alarm_email" {
  for_each = var.alarm_emails

  topic_arn = aws_sns_topic.this["alarms"].arn
  protocol  = "email"
  endpoint  = each.key
}
