data "aws_region" "current" {}

locals {
  region           = data.aws_region.current.id
  mail_from_domain = var.mail_from_subdomain == null ? null : "${var.mail_from_subdomain}.${var.domain}"
}

resource "aws_sesv2_configuration_set" "this" {
  configuration_set_name = var.name

  delivery_options {
    tls_policy = var.require_tls ? "REQUIRE" : "OPTIONAL"
  }

  reputation_options {
    reputation_metrics_enabled = true
  }

  sending_options {
    sending_enabled = true
  }

  # Besides our own: SES sends nothing to who bounced or complained, whatever we ask for.
  suppression_options {
    suppressed_reasons = ["BOUNCE", "COMPLAINT"]
  }
}

# Only these events carry the mails' tags, by which sends of unknown outcome are settled.
# https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
resource "aws_sesv2_configuration_set_event_destination" "feedback" {
  configuration_set_name = aws_sesv2_configuration_set.this.configuration_set_name
  event_destination_name = "feedback"

  event_destination {
    enabled = true
    matching_event_types = concat(
      ["SEND", "BOUNCE", "COMPLAINT", "REJECT", "RENDERING_FAILURE", "DELIVERY_DELAY"],
      var.publish_deliveries ? ["DELIVERY"] : [],
    )

    sns_destination {
      topic_arn = var.feedback_topic_arn
    }
  }
}

resource "aws_sesv2_email_identity" "this" {
  email_identity = var.domain
  dkim_signing_attributes {
    next_signing_key_length = "RSA_2048_BIT"
  }
}

# With a MAIL FROM of its own domain a mail passes DMARC by SPF as well as by DKIM.
resource "aws_sesv2_email_identity_mail_from_attributes" "this" {
  count = var.mail_from_subdomain == null ? 0 : 1

  email_identity         = aws_sesv2_email_identity.this.email_identity
  mail_from_domain       = local.mail_from_domain
  behavior_on_mx_failure = "USE_DEFAULT_VALUE"
}

# Forwarding is what SES does by itself; it may be turned off where there are events instead.
# https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_PutEmailIdentityFeedbackAttributes.html
resource "aws_sesv2_email_identity_feedback_attributes" "this" {
  count = var.forward_bounces ? 0 : 1

  email_identity           = aws_sesv2_email_identity.this.email_identity
  email_forwarding_enabled = false

  depends_on = [aws_sesv2_configuration_set_event_destination.feedback]
}

resource "aws_sesv2_account_suppression_attributes" "this" {
  count = var.manage_account_suppression ? 1 : 0

  suppressed_reasons = ["BOUNCE", "COMPLAINT"]
}
