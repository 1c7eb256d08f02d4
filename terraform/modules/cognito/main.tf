data "aws_region" "current" {}

locals {
  region        = data.aws_region.current.id
  custom_domain = try(var.domain.certificate_arn, null) != null
  hosted_url = (
    var.domain == null ? "" :
    local.custom_domain ? "https://${var.domain.name}" :
    "https://${var.domain.name}.auth.${local.region}.amazoncognito.com"
  )

  groups = {
    admins  = { precedence = 1, description = "Everything" }
    editors = { precedence = 2, description = "Write, publish, change and cancel events" }
    viewers = { precedence = 3, description = "Look" }
  }
}

resource "aws_cognito_user_pool" "this" {
  name                = var.name
  deletion_protection = var.deletion_protection ? "ACTIVE" : "INACTIVE"

  username_attributes      = ["email"]
  auto_verified_attributes = ["email"]

  username_configuration {
    case_sensitive = false
  }

  # Staff are invited; nobody signs up.
  admin_create_user_config {
    allow_admin_create_user_only = true

    invite_message_template {
      email_subject = "Your account at ${var.organisation}"
      email_message = "Sign in at ${var.admin_url} as {username} with the password {####}. You will be asked for one of your own."
      sms_message   = "{username} {####}"
    }
  }

  password_policy {
    minimum_length                   = var.password_minimum_length
    require_lowercase                = true
    require_uppercase                = true
    require_numbers                  = true
    require_symbols                  = false
    temporary_password_validity_days = 3
  }

  mfa_configuration = var.mfa

  dynamic "software_token_mfa_configuration" {
    for_each = var.mfa == "OFF" ? [] : [true]

    content {
      enabled = true
    }
  }

  # The project's own sign-in sends whoever forgot the password to an administrator; the hosted
  # page mails a code.
  account_recovery_setting {
    recovery_mechanism {
      name     = var.domain == null ? "admin_only" : "verified_email"
      priority = 1
    }
  }

  # A new address counts only once it has answered.
  user_attribute_update_settings {
    attributes_require_verification_before_update = ["email"]
  }

  email_configuration {
    email_sending_account = var.sender == null ? "COGNITO_DEFAULT" : "DEVELOPER"
    source_arn            = try(var.sender.identity_arn, null)
    from_email_address    = try(var.sender.from, null)
  }
}

resource "aws_cognito_user_group" "this" {
  for_each = local.groups

  user_pool_id = aws_cognito_user_pool.this.id
  name         = each.key
  description  = each.value.description
  precedence   = each.value.precedence
}

resource "aws_cognito_user_pool_domain" "this" {
  count = var.domain == null ? 0 : 1

  user_pool_id    = aws_cognito_user_pool.this.id
  domain          = var.domain.name
  certificate_arn = var.domain.certificate_arn
  # The classic page: the managed one shows nothing before somebody has designed it.
  managed_login_version = 1
}
