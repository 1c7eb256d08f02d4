# A domain of one's own, and its failover between two regions.

locals {
  failover = try(var.domain.failover, null)
  # The health check asks this region's API, not the domain, which moves.
  execute_host = "${aws_api_gateway_rest_api.this.id}.execute-api.${local.region}.amazonaws.com"
}

resource "aws_acm_certificate" "this" {
  count = var.domain == null ? 0 : 1

  domain_name       = var.domain.name
  validation_method = "DNS"

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_route53_record" "certificate" {
  # Two regions ask for the same record.
  count = var.domain == null ? 0 : 1

  zone_id         = var.domain.zone_id
  name            = one(aws_acm_certificate.this[0].domain_validation_options).resource_record_name
  type            = one(aws_acm_certificate.this[0].domain_validation_options).resource_record_type
  records         = [one(aws_acm_certificate.this[0].domain_validation_options).resource_record_value]
  ttl             = 300
  allow_overwrite = true
}

resource "aws_acm_certificate_validation" "this" {
  count = var.domain == null ? 0 : 1

  certificate_arn         = aws_acm_certificate.this[0].arn
  validation_record_fqdns = [aws_route53_record.certificate[0].fqdn]
}

resource "aws_api_gateway_domain_name" "this" {
  count = var.domain == null ? 0 : 1

  domain_name              = var.domain.name
  regional_certificate_arn = aws_acm_certificate_validation.this[0].certificate_arn
  security_policy          = "TLS_1_2"

  endpoint_configuration {
    types = ["REGIONAL"]
  }
}

resource "aws_api_gateway_base_path_mapping" "this" {
  count = var.domain == null ? 0 : 1

  api_id      = aws_api_gateway_rest_api.this.id
  stage_name  = aws_api_gateway_stage.this.stage_name
  domain_name = aws_api_gateway_domain_name.this[0].domain_name
}

resource "aws_route53_health_check" "this" {
  count = local.failover == null ? 0 : 1

  type              = "HTTPS"
  fqdn              = local.execute_host
  port              = 443
  resource_path     = "/${var.stage_name}/healthz"
  failure_threshold = 3
  request_interval  = 30

  tags = { Name = "${var.name}-${lower(local.failover)}" }
}

resource "aws_route53_record" "this" {
  for_each = var.domain == null ? toset([]) : toset(["A", "AAAA"])

  zone_id        = var.domain.zone_id
  name           = var.domain.name
  type           = each.key
  set_identifier = local.failover == null ? null : lower(local.failover)
  # The second region has nobody behind it to fail over to.
  health_check_id = local.failover == "PRIMARY" ? aws_route53_health_check.this[0].id : null

  alias {
    name                   = aws_api_gateway_domain_name.this[0].regional_domain_name
    zone_id                = aws_api_gateway_domain_name.this[0].regional_zone_id
    evaluate_target_health = false
  }

  dynamic "failover_routing_policy" {
    for_each = local.failover == null ? [] : [local.failover]

    content {
      type = failover_routing_policy.value
    }
  }
}
