locals {
  # ID tokens say who somebody is; that needs no more.
  scopes = ["openid", "email", "profile"]
  # A name is all that a holder of an access token may change about themselves.
  readable = ["email", "email_verified", "name"]
  writable = ["name"]
}

# The staff's: the project's own sign-in page uses the password flow (with its challenges), the
# hosted page the authorization code with PKCE. No secret: PKCE stands for it, and a secret in
# every copy of a program is none.
resource "aws_cognito_user_pool_client" "staff" {
  user_pool_id    = aws_cognito_user_pool.this.id
  name            = "${var.name}-staff"
  generate_secret = false

  explicit_auth_flows           = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
  prevent_user_existence_errors = "ENABLED"
  enable_token_revocation       = true

  allowed_oauth_flows_user_pool_client = true
  allowed_oauth_flows                  = ["code"]
  allowed_oauth_scopes                 = local.scopes
  callback_urls                        = var.callback_urls
  logout_urls                          = var.logout_urls
  supported_identity_providers         = ["COGNITO"]

  read_attributes  = local.readable
  write_attributes = local.writable

  access_token_validity  = var.access_minutes
  id_token_validity      = var.access_minutes
  refresh_token_validity = var.refresh_hours
  # Minutes to answer a challenge: a new password, a code.
  auth_session_validity = 10

  token_validity_units {
    access_token  = "minutes"
    id_token      = "minutes"
    refresh_token = "hours"
  }
}

resource "aws_cognito_user_pool_client" "public" {
  for_each = var.public_clients

  user_pool_id    = aws_cognito_user_pool.this.id
  name            = "${var.name}-${each.key}"
  generate_secret = false

  explicit_auth_flows           = ["ALLOW_REFRESH_TOKEN_AUTH"]
  prevent_user_existence_errors = "ENABLED"
  enable_token_revocation       = true

  allowed_oauth_flows_user_pool_client = true
  allowed_oauth_flows                  = ["code"]
  allowed_oauth_scopes                 = local.scopes
  callback_urls                        = each.value.callback_urls
  logout_urls                          = each.value.logout_urls
  supported_identity_providers         = ["COGNITO"]

  read_attributes  = local.readable
  write_attributes = local.writable

  access_token_validity  = var.access_minutes
  id_token_validity      = var.access_minutes
  refresh_token_validity = var.refresh_hours

  token_validity_units {
    access_token  = "minutes"
    id_token      = "minutes"
    refresh_token = "hours"
  }
}

# Client credentials need a scope of a resource server.
resource "aws_cognito_resource_server" "api" {
  count = length(var.machine_clients) == 0 ? 0 : 1

  user_pool_id = aws_cognito_user_pool.this.id
  identifier   = var.name
  name         = "${var.name} API"

  scope {
    scope_name        = "read"
    scope_description = "Read events"
  }
}

resource "aws_cognito_user_pool_client" "machine" {
  for_each = var.machine_clients

  user_pool_id    = aws_cognito_user_pool.this.id
  name            = "${var.name}-${each.key}"
  generate_secret = true

  explicit_auth_flows     = ["ALLOW_REFRESH_TOKEN_AUTH"]
  enable_token_revocation = true

  allowed_oauth_flows_user_pool_client = true
  allowed_oauth_flows                  = ["client_credentials"]
  allowed_oauth_scopes                 = ["${aws_cognito_resource_server.api[0].identifier}/read"]

  access_token_validity = var.access_minutes

  token_validity_units {
    access_token = "minutes"
  }
}
