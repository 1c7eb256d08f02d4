resource "aws_security_group" "lambda" {
  name        = "${var.name}-lambda"
  description = "The functions: nothing in, HTTPS out"
  vpc_id      = aws_vpc.this.id

  tags = { Name = "${var.name}-lambda" }
}

resource "aws_security_group" "endpoints" {
  name        = "${var.name}-endpoints"
  description = "The interface endpoints: HTTPS from the functions"
  vpc_id      = aws_vpc.this.id

  tags = { Name = "${var.name}-endpoints" }
}

locals {
  # With NAT the addresses of the internet cannot be named; without, only the endpoints are left.
  lambda_egress = merge(
    { for service in local.gateway_services : service => { prefix_list = service, cidr = null } if var.nat == "none" },
    var.nat == "none" ? {} : { internet = { prefix_list = null, cidr = "0.0.0.0/0" } },
    length(var.interface_endpoints) == 0 || var.nat != "none" ? {} : { endpoints = { prefix_list = null, cidr = null } },
  )
}

# DNS needs no rule: security groups do not apply to the VPC's own resolver.
resource "aws_vpc_security_group_egress_rule" "lambda" {
  for_each = local.lambda_egress

  security_group_id            = aws_security_group.lambda.id
  description                  = "HTTPS to ${each.key}"
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
  cidr_ipv4                    = each.value.cidr
  prefix_list_id               = each.value.prefix_list == null ? null : aws_vpc_endpoint.gateway[each.value.prefix_list].prefix_list_id
  referenced_security_group_id = each.key == "endpoints" ? aws_security_group.endpoints.id : null
}

resource "aws_vpc_security_group_ingress_rule" "endpoints" {
  security_group_id            = aws_security_group.endpoints.id
  description                  = "HTTPS from the functions"
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
  referenced_security_group_id = aws_security_group.lambda.id
}
