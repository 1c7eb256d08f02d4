# Rules stand inside their groups, so that whatever is added by hand is taken out again.
# DNS needs none: security groups do not apply to the VPC's own resolver.

# AWS's own list of a service's addresses: just what the gateway endpoints route.
data "aws_ec2_managed_prefix_list" "gateway" {
  for_each = local.gateway_services

  name = "com.amazonaws.${local.region}.${each.key}"
}

resource "aws_security_group" "lambda" {
  name        = "${var.name}-lambda"
  description = "The functions: nothing in, HTTPS out"
  vpc_id      = aws_vpc.this.id

  # With NAT the addresses of the internet cannot be named; without, endpoints are all there is.
  dynamic "egress" {
    for_each = var.nat == "none" ? ["endpoints"] : []

    content {
      description     = "HTTPS to the endpoints"
      protocol        = "tcp"
      from_port       = 443
      to_port         = 443
      cidr_blocks     = [var.cidr]
      prefix_list_ids = [for service in sort(local.gateway_services) : data.aws_ec2_managed_prefix_list.gateway[service].id]
    }
  }

  dynamic "egress" {
    for_each = var.nat == "none" ? [] : ["internet"]

    content {
      description = "HTTPS to anywhere"
      protocol    = "tcp"
      from_port   = 443
      to_port     = 443
      cidr_blocks = ["0.0.0.0/0"]
    }
  }

  dynamic "egress" {
    for_each = var.ipv6_egress ? ["internet"] : []

    content {
      description      = "HTTPS to anywhere by IPv6"
      protocol         = "tcp"
      from_port        = 443
      to_port          = 443
      ipv6_cidr_blocks = ["::/0"]
    }
  }

  tags = { Name = "${var.name}-lambda" }
}

resource "aws_security_group" "endpoints" {
  name        = "${var.name}-endpoints"
  description = "The interface endpoints: HTTPS from the functions"
  vpc_id      = aws_vpc.this.id

  ingress {
    description     = "HTTPS from the functions"
    protocol        = "tcp"
    from_port       = 443
    to_port         = 443
    security_groups = [aws_security_group.lambda.id]
  }

  tags = { Name = "${var.name}-endpoints" }
}
