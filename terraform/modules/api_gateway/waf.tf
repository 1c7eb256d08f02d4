# Rate rules per address; the forms that anybody may send have a rule of their own.

locals {
  # Without a custom domain the stage stands before the path.
  form_ends = ["/subscribe", "/admin/login/"]
}

resource "aws_wafv2_web_acl" "this" {
  count = var.waf == null ? 0 : 1

  name        = var.name
  description = "Ivent: limits per address"
  scope       = "REGIONAL"

  default_action {
    allow {}
  }

  rule {
    name     = "forms"
    priority = 1

    action {
      block {}
    }

    statement {
      rate_based_statement {
        limit                 = var.waf.form_limit
        aggregate_key_type    = "IP"
        evaluation_window_sec = 300

        scope_down_statement {
          and_statement {
            statement {
              byte_match_statement {
                search_string         = "POST"
                positional_constraint = "EXACTLY"

                field_to_match {
                  method {}
                }

                text_transformation {
                  priority = 0
                  type     = "NONE"
                }
              }
            }

            statement {
              or_statement {
                dynamic "statement" {
                  for_each = local.form_ends

                  content {
                    byte_match_statement {
                      search_string         = statement.value
                      positional_constraint = "ENDS_WITH"

                      field_to_match {
                        uri_path {}
                      }

                      text_transformation {
                        priority = 0
                        type     = "URL_DECODE"
                      }
                    }
                  }
                }
              }
            }
          }
        }
      }
    }

    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "${var.name}-forms"
      sampled_requests_enabled   = false
    }
  }

  rule {
    name     = "all"
    priority = 2

    action {
      block {}
    }

    statement {
      rate_based_statement {
        limit                 = var.waf.all_limit
        aggregate_key_type    = "IP"
        evaluation_window_sec = 300
      }
    }

    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "${var.name}-all"
      sampled_requests_enabled   = false
    }
  }

  dynamic "rule" {
    for_each = { AWSManagedRulesAmazonIpReputationList = 3, AWSManagedRulesKnownBadInputsRuleSet = 4 }

    content {
      name     = rule.key
      priority = rule.value

      override_action {
        none {}
      }

      statement {
        managed_rule_group_statement {
          name        = rule.key
          vendor_name = "AWS"
        }
      }

      visibility_config {
        cloudwatch_metrics_enabled = true
        metric_name                = "${var.name}-${rule.key}"
        sampled_requests_enabled   = false
      }
    }
  }

  # Samples would hold addresses and the paths of links in mails.
  visibility_config {
    cloudwatch_metrics_enabled = true
    metric_name                = var.name
    sampled_requests_enabled   = false
  }
}

resource "aws_wafv2_web_acl_association" "this" {
  count = var.waf == null ? 0 : 1

  resource_arn = aws_api_gateway_stage.this.arn
  web_acl_arn  = aws_wafv2_web_acl.this[0].arn
}
