# A way out that costs nothing by the hour: AWS's services that answer by IPv6 (SQS, SNS and Cognito
# under their usual names) are reached through a gateway that lets nothing in.
# https://docs.aws.amazon.com/vpc/latest/userguide/egress-only-internet-gateway.html

resource "aws_egress_only_internet_gateway" "this" {
  count = var.ipv6_egress ? 1 : 0

  vpc_id = aws_vpc.this.id

  tags = { Name = var.name }
}

resource "aws_route" "ipv6" {
  for_each = var.ipv6_egress ? local.private_cidrs : {}

  route_table_id              = aws_route_table.private[each.key].id
  destination_ipv6_cidr_block = "::/0"
  egress_only_gateway_id      = aws_egress_only_internet_gateway.this[0].id
}
