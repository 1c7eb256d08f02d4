resource "aws_kms_key" "topics" {
  count = var.encrypt_topics ? 1 : 0

  description             = "Encrypts the topics of ${var.name}"
  enable_key_rotation     = true
  deletion_window_in_days = 30
  policy                  = data.aws_iam_policy_document.topics_key.json
}

resource "aws_kms_alias" "topics" {
  count = var.encrypt_topics ? 1 : 0

  name          = "alias/${var.name}-topics"
  target_key_id = aws_kms_key.topics[0].key_id
}

# In a key's own policy the resource "*" is this key.
# https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html
data "aws_iam_policy_document" "topics_key" {
  statement {
    sid       = "AccountDecidesByIam"
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:${local.partition}:iam::${local.account}:root"]
    }
  }

  # Without conditions: not every service passes aws:SourceAccount on to KMS, and where it is
  # missing, notices are dropped without a word. The topics' own policies hold the account.
  # https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services
  statement {
    sid       = "ServicesThatPublish"
    actions   = ["kms:GenerateDataKey*", "kms:Decrypt"]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = distinct(flatten(values(local.publishers)))
    }
  }
}
