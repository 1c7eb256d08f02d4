locals {
  # Easy DKIM's keys lie under a domain of the region's own in these.
  # https://docs.aws.amazon.com/general/latest/gr/ses.html#ses_dkim_domains
  regions_with_dkim_domain = [
    "af-south-1", "ap-northeast-3", "ap-south-2", "ap-southeast-3", "ap-southeast-5", "ca-west-1",
    "eu-central-2", "eu-south-1", "il-central-1", "me-central-1", "us-gov-east-1",
  ]
  dkim_domain = contains(local.regions_with_dkim_domain, local.region) ? "dkim.${local.region}.amazonses.com" : "dkim.amazonses.com"
  # SES makes three, known once the identity is there.
  dkim_tokens = aws_sesv2_email_identity.this.dkim_signing_attributes[0].tokens

  dmarc_value = var.dmarc_policy == null ? null : join("; ", compact([
    "v=DMARC1",
    "p=${var.dmarc_policy}",
    var.dmarc_report_email == null ? null : "rua=mailto:${var.dmarc_report_email}",
  ]))

  records = merge(
    { for index in range(3) : "dkim-${index + 1}" => {
      name  = "${local.dkim_tokens[index]}._domainkey.${var.domain}"
      type  = "CNAME"
      value = "${local.dkim_tokens[index]}.${local.dkim_domain}"
    } },
    # https://docs.aws.amazon.com/ses/latest/dg/mail-from.html
    var.mail_from_subdomain == null ? {} : {
      "mail-from" = {
        name  = local.mail_from_domain
        type  = "MX"
        value = "10 feedback-smtp.${local.region}.amazonses.com"
      }
      "spf" = {
        name  = local.mail_from_domain
        type  = "TXT"
        value = "v=spf1 include:amazonses.com -all"
      }
    },
    var.dmarc_policy == null ? {} : { "dmarc" = {
      name  = "_dmarc.${var.domain}"
      type  = "TXT"
      value = local.dmarc_value
    } },
  )
}

resource "aws_route53_record" "this" {
  for_each = var.route53_zone_id == null ? {} : local.records

  zone_id = var.route53_zone_id
  name    = each.value.name
  type    = each.value.type
  ttl     = 1800
  records = [each.value.value]
}
