output "arn" {
  description = "The secret that the application reads SECRET_KEY from."
  # Not before there is something to read.
  depends_on = [aws_secretsmanager_secret_version.key]
  value      = aws_secretsmanager_secret.key.arn
}

output "replica_arns" {
  description = "Region → the secret's replica there."
  value = {
    for region in var.replica_regions :
    region => replace(aws_secretsmanager_secret.key.arn, "/^(arn:[^:]+:secretsmanager):[^:]+:/", "$1:${region}:")
  }
}
