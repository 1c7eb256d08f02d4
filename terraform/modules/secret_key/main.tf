# SECRET_KEY goes straight into the secret: it stands neither in the state nor in a function's
# configuration, which whoever may read Lambda can see.

resource "aws_secretsmanager_secret" "key" {
  name                    = "${var.name}-secret-key"
  description             = "Ivent: signs cookies and the links in mails."
  recovery_window_in_days = var.recovery_window_days

  dynamic "replica" {
    for_each = var.replica_regions

    content {
      region = replica.value
    }
  }
}

resource "aws_secretsmanager_secret_version" "key" {
  secret_id                = aws_secretsmanager_secret.key.id
  secret_string_wo         = var.key
  secret_string_wo_version = var.key_version
}
