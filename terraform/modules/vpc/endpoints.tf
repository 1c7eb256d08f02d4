locals {
  gateway_services = toset(["dynamodb", "s3"])

  # Where an interface endpoint has its addresses.
  endpoint_zones = {
    for service in var.interface_endpoints : service => slice(
      [for zone in local.zones : zone if !contains(lookup(var.zones_without_endpoint, service, []), zone)],
      0,
      min(
        var.endpoint_zone_count,
        length([for zone in local.zones : zone if !contains(lookup(var.zones_without_endpoint, service, []), zone)]),
      ),
    )
  }

  # Cognito's sign-in calls and key sets are asked for without credentials, so its endpoint keeps
  # AWS's own policy, which allows everything; and so does SES's: what may be sent, the roles say.
  # https://docs.aws.amazon.com/cognito/latest/developerguide/vpc-interface-endpoints.html
  with_policy = setsubtract(var.interface_endpoints, ["email", "cognito-idp"])
}

# Free of charge, and without them there is no way to the tables.
# https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html
resource "aws_vpc_endpoint" "gateway" {
  for_each = local.gateway_services

  vpc_id            = aws_vpc.this.id
  vpc_endpoint_type = "Gateway"
  service_name      = "com.amazonaws.${local.region}.${each.key}"
  route_table_ids   = [for zone in local.zones : aws_route_table.private[zone].id]
  policy            = data.aws_iam_policy_document.gateway[each.key].json

  tags = { Name = "${var.name}-${each.key}" }
}

data "aws_iam_policy_document" "gateway" {
  for_each = local.gateway_services

  statement {
    sid     = "OwnAccountOnly"
    actions = each.key == "dynamodb" ? ["dynamodb:*"] : ["s3:GetObject"]
    resources = each.key == "dynamodb" ? [
      "arn:${data.aws_partition.current.partition}:dynamodb:${local.region}:${local.account}:table/${var.name}-*",
    ] : ["*"]

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }

    # Neither somebody else's credentials nor somebody else's bucket: what runs in the VPC
    # cannot carry data out through the endpoint.
    condition {
      test     = "StringEquals"
      variable = "aws:PrincipalAccount"
      values   = [local.account]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:ResourceAccount"
      values   = [local.account]
    }
  }
}

resource "aws_vpc_endpoint" "interface" {
  for_each = var.interface_endpoints

  vpc_id              = aws_vpc.this.id
  vpc_endpoint_type   = "Interface"
  service_name        = "com.amazonaws.${local.region}.${each.key}"
  private_dns_enabled = true
  subnet_ids          = [for zone in local.endpoint_zones[each.key] : aws_subnet.private[zone].id]
  security_group_ids  = [aws_security_group.endpoints.id]
  policy              = contains(local.with_policy, each.key) ? data.aws_iam_policy_document.interface[each.key].json : null

  tags = { Name = "${var.name}-${each.key}" }

  lifecycle {
    precondition {
      condition     = length(local.endpoint_zones[each.key]) > 0
      error_message = "zones_without_endpoint leaves no zone for ${each.key}: add zones or take it out of interface_endpoints."
    }
  }
}

data "aws_iam_policy_document" "interface" {
  for_each = local.with_policy

  statement {
    sid       = "OwnAccountOnly"
    actions   = ["${each.key}:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:PrincipalAccount"
      values   = [local.account]
    }
  }
}
