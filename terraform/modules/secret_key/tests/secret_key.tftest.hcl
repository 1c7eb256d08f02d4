mock_provider "aws" {}

variables {
  name = "ivent-test"
  key  = "0123456789abcdef0123456789abcdef"
}

run "the_key_is_in_no_state" {
  command = plan

  assert {
    condition     = aws_secretsmanager_secret_version.key.secret_string_wo_version == 1
    error_message = "Written, and not kept."
  }

  assert {
    condition     = aws_secretsmanager_secret_version.key.secret_string == null
    error_message = "The readable argument stays empty."
  }
}

run "a_short_key_is_refused" {
  command = plan

  variables {
    key = "short"
  }

  expect_failures = [var.key]
}

run "a_key_has_a_whole_version" {
  command = plan

  variables {
    key_version = 0
  }

  expect_failures = [var.key_version]
}

run "aws_keeps_deleted_secrets_for_a_week_at_least" {
  command = plan

  variables {
    recovery_window_days = 3
  }

  expect_failures = [var.recovery_window_days]
}
