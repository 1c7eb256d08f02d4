mock_provider "aws" {
  mock_data "aws_region" {
    defaults = { id = "eu-central-1" }
  }
}

variables {
  name            = "ivent-test"
  callback_urls   = ["https://ivent.example.org/admin/login/hosted/callback/"]
  admin_url       = "https://ivent.example.org/admin/"
  behind_endpoint = false
}

run "nobody_signs_up_and_staff_have_three_roles" {
  command = plan

  assert {
    condition     = one(aws_cognito_user_pool.this.admin_create_user_config).allow_admin_create_user_only && aws_cognito_user_pool.this.deletion_protection == "ACTIVE"
    error_message = "Accounts are made by administrators, and not lost by mistake."
  }

  assert {
    condition     = { for name, group in aws_cognito_user_group.this : name => group.precedence } == { admins = 1, editors = 2, viewers = 3 }
    error_message = "The groups are those of the application."
  }

  assert {
    condition     = one(one(aws_cognito_user_pool.this.account_recovery_setting).recovery_mechanism).name == "admin_only" && length(aws_cognito_user_pool_domain.this) == 0 && output.hosted_url == ""
    error_message = "Without the hosted page an administrator resets passwords."
  }
}

run "the_staffs_client_has_no_secret_and_short_tokens" {
  command = plan

  assert {
    condition     = !aws_cognito_user_pool_client.staff.generate_secret && aws_cognito_user_pool_client.staff.allowed_oauth_flows == toset(["code"]) && aws_cognito_user_pool_client.staff.prevent_user_existence_errors == "ENABLED" && aws_cognito_user_pool_client.staff.enable_token_revocation
    error_message = "Code flow with PKCE; who exists is not told; refresh tokens can be taken back."
  }

  assert {
    condition     = aws_cognito_user_pool_client.staff.explicit_auth_flows == toset(["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"])
    error_message = "The project's own sign-in needs the password flow, and nothing else."
  }

  assert {
    condition     = aws_cognito_user_pool_client.staff.access_token_validity == 15 && aws_cognito_user_pool_client.staff.id_token_validity == 15 && one(aws_cognito_user_pool_client.staff.token_validity_units).id_token == "minutes"
    error_message = "A token cannot be taken back, so it is short."
  }

  assert {
    condition     = aws_cognito_user_pool_client.staff.write_attributes == toset(["name"])
    error_message = "The holder of a token must not change the address of its account."
  }
}

run "the_hosted_page_serves_people_and_programs" {
  command = plan

  variables {
    domain          = { name = "ivent-test-login" }
    mfa             = "ON"
    public_clients  = { phone = { callback_urls = ["https://phone.example.org/back"] } }
    machine_clients = ["screen"]
    organisation    = "Example"
    sender          = { identity_arn = "arn:aws:ses:eu-central-1:123456789012:identity/example.org", from = "events@example.org" }
  }

  assert {
    condition     = output.hosted_url == "https://ivent-test-login.auth.eu-central-1.amazoncognito.com"
    error_message = "The address of the hosted page follows from its prefix."
  }

  assert {
    condition     = aws_cognito_user_pool.this.mfa_configuration == "ON" && one(aws_cognito_user_pool.this.software_token_mfa_configuration).enabled
    error_message = "With MFA on there is a way to have it."
  }

  assert {
    condition     = !aws_cognito_user_pool_client.public["phone"].generate_secret && aws_cognito_user_pool_client.public["phone"].explicit_auth_flows == toset(["ALLOW_REFRESH_TOKEN_AUTH"])
    error_message = "A program in people's hands has no secret and never sees a password."
  }

  assert {
    condition     = aws_cognito_user_pool_client.machine["screen"].allowed_oauth_flows == toset(["client_credentials"]) && aws_cognito_user_pool_client.machine["screen"].allowed_oauth_scopes == toset(["ivent-test/read"]) && aws_cognito_user_pool_client.machine["screen"].generate_secret
    error_message = "A machine signs in as itself, to read."
  }

  assert {
    condition     = one(aws_cognito_user_pool.this.email_configuration).email_sending_account == "DEVELOPER"
    error_message = "With a sender, invitations come from the project's own domain."
  }
}

run "a_domain_of_ones_own_needs_its_certificate_in_the_right_region" {
  command = plan

  variables {
    domain = { name = "login.example.org", certificate_arn = "arn:aws:acm:eu-central-1:123456789012:certificate/1" }
  }

  expect_failures = [var.domain]
}

run "a_domain_of_ones_own_is_the_hosted_page" {
  command = plan

  variables {
    domain = { name = "login.example.org", certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/1" }
  }

  assert {
    condition     = output.hosted_url == "https://login.example.org"
    error_message = "The hosted page is at the domain."
  }
}

run "a_pool_with_a_domain_cannot_be_reached_through_an_endpoint" {
  command = plan

  variables {
    domain          = { name = "ivent-test-login" }
    behind_endpoint = true
  }

  expect_failures = [var.domain]
}

run "mfa_that_nobody_could_set_up_is_refused" {
  command = plan

  variables {
    mfa             = "ON"
    machine_clients = ["screen"]
    public_clients  = { phone = { callback_urls = ["https://phone.example.org/back"] } }
  }

  expect_failures = [var.mfa, var.machine_clients, var.public_clients]
}

run "unsafe_addresses_are_refused" {
  command = plan

  variables {
    callback_urls = ["http://ivent.example.org/back"]
    logout_urls   = ["https://*.example.org/"]
    domain        = { name = "my-cognito" }
  }

  expect_failures = [var.callback_urls, var.logout_urls, var.domain]
}
