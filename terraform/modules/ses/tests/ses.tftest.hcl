mock_provider "aws" {
  mock_data "aws_region" {
    defaults = { id = "eu-central-1" }
  }

  # What SES answers: known only after the identity is made, and needed for the records.
  override_resource {
    target          = aws_sesv2_email_identity.this
    override_during = plan
    values = {
      arn                     = "arn:aws:ses:eu-central-1:123456789012:identity/example.org"
      dkim_signing_attributes = { tokens = ["one", "two", "three"] }
    }
  }
}

variables {
  name               = "ivent-test"
  domain             = "example.org"
  feedback_topic_arn = "arn:aws:sns:eu-central-1:123456789012:ivent-test-feedback"
}

run "every_fate_of_a_mail_is_told_to_the_feedback_topic" {
  command = plan

  assert {
    condition = one(aws_sesv2_configuration_set_event_destination.feedback.event_destination).matching_event_types == toset([
      "SEND", "DELIVERY", "BOUNCE", "COMPLAINT", "REJECT", "RENDERING_FAILURE", "DELIVERY_DELAY",
    ])
    error_message = "An event that is not asked for leaves sends unknown."
  }

  assert {
    condition     = one(one(aws_sesv2_configuration_set_event_destination.feedback.event_destination).sns_destination).topic_arn == var.feedback_topic_arn && one(aws_sesv2_configuration_set_event_destination.feedback.event_destination).enabled
    error_message = "The events go to the feedback topic."
  }
}

run "deliveries_need_not_be_paid_for" {
  command = plan

  variables {
    publish_deliveries = false
  }

  assert {
    condition     = !contains(one(aws_sesv2_configuration_set_event_destination.feedback.event_destination).matching_event_types, "DELIVERY") && contains(one(aws_sesv2_configuration_set_event_destination.feedback.event_destination).matching_event_types, "SEND")
    error_message = "Without deliveries the sends still prove who was mailed."
  }
}

run "the_domain_proves_itself_three_times" {
  command = plan

  assert {
    condition = { for key, record in local.records : key => "${record.name} ${record.type} ${record.value}" } == {
      "dkim-1"    = "one._domainkey.example.org CNAME one.dkim.amazonses.com"
      "dkim-2"    = "two._domainkey.example.org CNAME two.dkim.amazonses.com"
      "dkim-3"    = "three._domainkey.example.org CNAME three.dkim.amazonses.com"
      "mail-from" = "bounce.example.org MX 10 feedback-smtp.eu-central-1.amazonses.com"
      "spf"       = "bounce.example.org TXT v=spf1 include:amazonses.com -all"
      "dmarc"     = "_dmarc.example.org TXT v=DMARC1; p=quarantine"
    }
    error_message = "DKIM, SPF on the MAIL FROM domain, and DMARC."
  }

  assert {
    condition     = length(aws_route53_record.this) == 0 && length(output.dns_records) == 6
    error_message = "Without a zone the records are only printed."
  }

  assert {
    condition     = aws_sesv2_email_identity_mail_from_attributes.this[0].behavior_on_mx_failure == "USE_DEFAULT_VALUE" && !aws_sesv2_email_identity_feedback_attributes.this[0].email_forwarding_enabled
    error_message = "A missing MX record stops no mail, and bounces are not mailed around."
  }

  assert {
    condition     = one(aws_sesv2_configuration_set.this.delivery_options).tls_policy == "REQUIRE" && toset(one(aws_sesv2_configuration_set.this.suppression_options).suppressed_reasons) == toset(["BOUNCE", "COMPLAINT"]) && aws_sesv2_account_suppression_attributes.this[0].suppressed_reasons == toset(["BOUNCE", "COMPLAINT"])
    error_message = "Mails travel by TLS, and nobody who bounced or complained gets any."
  }
}

run "records_are_made_where_the_zone_is_ours" {
  command = plan

  variables {
    route53_zone_id    = "Z123"
    dmarc_policy       = "reject"
    dmarc_report_email = "dmarc@example.org"
  }

  assert {
    condition     = length(aws_route53_record.this) == 6 && one(aws_route53_record.this["dmarc"].records) == "v=DMARC1; p=reject; rua=mailto:dmarc@example.org"
    error_message = "Every record is made, and DMARC reports to whom it is told."
  }
}

run "a_second_region_keeps_out_of_the_first_ones_records" {
  command = plan

  variables {
    feedback_topic_arn  = "arn:aws:sns:af-south-1:123456789012:ivent-test-feedback"
    mail_from_subdomain = "bounce-af-south-1"
    dmarc_policy        = null
    route53_zone_id     = "Z123"
  }

  override_data {
    target = data.aws_region.current
    values = { id = "af-south-1" }
  }

  assert {
    condition = { for key, record in aws_route53_record.this : key => "${record.name} ${one(record.records)}" } == {
      "dkim-1"    = "one._domainkey.example.org one.dkim.af-south-1.amazonses.com"
      "dkim-2"    = "two._domainkey.example.org two.dkim.af-south-1.amazonses.com"
      "dkim-3"    = "three._domainkey.example.org three.dkim.af-south-1.amazonses.com"
      "mail-from" = "bounce-af-south-1.example.org 10 feedback-smtp.af-south-1.amazonses.com"
      "spf"       = "bounce-af-south-1.example.org v=spf1 include:amazonses.com -all"
    }
    error_message = "A second region has a MAIL FROM and DKIM keys of its own, and no second DMARC record."
  }
}

run "what_is_no_domain_is_refused" {
  command = plan

  variables {
    domain              = "events@example.org"
    feedback_topic_arn  = "feedback"
    mail_from_subdomain = "bounce.mail"
    dmarc_policy        = "strict"
    dmarc_report_email  = "nobody"
  }

  expect_failures = [var.domain, var.feedback_topic_arn, var.mail_from_subdomain, var.dmarc_policy, var.dmarc_report_email]
}
