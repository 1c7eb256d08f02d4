output "vpc_id" {
  description = "The VPC."
  value       = aws_vpc.this.id
}

output "private_subnet_ids" {
  description = "Where the Lambda functions run, one subnet per zone."
  # A function must not start before its way to DynamoDB is there.
  depends_on = [aws_route_table_association.private, aws_vpc_endpoint.gateway]
  value      = [for zone in local.zones : aws_subnet.private[zone].id]
}

output "lambda_security_group_id" {
  description = "The functions' security group: nothing in, HTTPS out."
  value       = aws_security_group.lambda.id
}

output "nat_public_ips" {
  description = "The addresses from which the functions reach the internet."
  value       = [for zone in sort(keys(aws_eip.nat)) : aws_eip.nat[zone].public_ip]
}

output "ipv6_egress" {
  description = "Whether the functions may leave by IPv6."
  # Not before there is a way.
  depends_on = [aws_route.ipv6]
  value      = var.ipv6_egress
}
