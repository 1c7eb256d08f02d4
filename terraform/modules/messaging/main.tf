data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
data "aws_region" "current" {}

locals {
  account     = data.aws_caller_identity.current.account_id
  partition   = data.aws_partition.current.partition
  region      = data.aws_region.current.id
  work_queues = toset(["fanout", "requests", "feedback"])
  topics      = toset(["events", "feedback", "alarms"])

  # https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
  visibility_seconds = 6 * var.worker_timeout_seconds + var.batching_window_seconds

  day_seconds = 24 * 60 * 60
  # A dead letter's age counts from its first sending: the dead-letter queue must keep longer.
  # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
  work_retention_seconds = 4 * local.day_seconds
  dead_retention_seconds = 14 * local.day_seconds

  sqs_arn = "arn:${local.partition}:sqs:${local.region}:${local.account}:${var.name}"
  sns_arn = "arn:${local.partition}:sns:${local.region}:${local.account}:${var.name}"
}
