# Where MiniStack 1.5.33 checks rights otherwise than AWS does.
resource "aws_iam_role_policy" "emulator" {
  for_each = local.sizes

  name = "emulator"
  role = aws_iam_role.function[each.key].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [{
        # On AWS a batch is allowed by the action of its single calls.
        # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-using-identity-based-policies.html
        Effect   = "Allow"
        Action   = ["sqs:SendMessageBatch"]
        Resource = [for key in ["fanout", "requests", "feedback"] : var.queue_arns[key]]
      }],
      each.key == "web" ? [] : [{
        # It checks SESv2's calls against "*", whatever they name.
        Effect   = "Allow"
        Action   = ["ses:SendEmail", "ses:SendBulkEmail"]
        Resource = ["*"]
      }],
    )
  })
}
