# What MiniStack 1.5.33 does not have: these calls of SESv2. The plan's own tests hold them.
resource "aws_sesv2_email_identity_mail_from_attributes" "this" {
  count = 0
}

resource "aws_sesv2_email_identity_feedback_attributes" "this" {
  count = 0
}

resource "aws_sesv2_email_identity" "this" {
  lifecycle {
    ignore_changes = all
  }
}
