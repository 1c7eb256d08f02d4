# That the tables are those of the PynamoDB models is held by tests/terraform.
mock_provider "aws" {}

variables {
  name = "ivent-test"
}

run "every_table_can_be_restored_and_costs_nothing_while_idle" {
  command = plan

  assert {
    condition     = alltrue([for table in aws_dynamodb_table.this : table.point_in_time_recovery[0].enabled && table.deletion_protection_enabled && table.billing_mode == "PAY_PER_REQUEST"])
    error_message = "Tables are on demand, restorable and protected unless one says otherwise."
  }

  assert {
    condition     = alltrue([for short, table in aws_dynamodb_table.this : table.name == "ivent-test-${short}"])
    error_message = "A table's name is the stage's and its own."
  }

  assert {
    condition     = alltrue([for table in aws_dynamodb_table.this : length(table.server_side_encryption) == 0])
    error_message = "Without a key of ours DynamoDB encrypts with its own, which costs nothing."
  }
}

run "only_the_events_tell_of_their_changes" {
  command = plan

  assert {
    condition     = { for short, table in aws_dynamodb_table.this : short => table.stream_view_type if table.stream_enabled } == { events = "NEW_AND_OLD_IMAGES" }
    error_message = "The events table alone has a stream."
  }
}

run "replicas_hold_every_table_with_the_stream_they_need" {
  command = plan

  variables {
    replica_regions = { "eu-west-1" = null }
  }

  assert {
    condition     = alltrue([for table in aws_dynamodb_table.this : table.stream_enabled && table.stream_view_type == "NEW_AND_OLD_IMAGES" && [for replica in table.replica : [replica.region_name, replica.point_in_time_recovery]] == [["eu-west-1", true]]])
    error_message = "Every table is replicated, by a stream of both images, and restorable there too."
  }
}

run "a_replica_without_its_key_is_refused" {
  command = plan

  variables {
    kms_key_arn     = "arn:aws:kms:eu-central-1:123456789012:key/1"
    replica_regions = { "eu-west-1" = null }
  }

  expect_failures = [var.replica_regions]
}

run "a_key_of_ours_encrypts_every_table" {
  command = plan

  variables {
    kms_key_arn          = "arn:aws:kms:eu-central-1:123456789012:key/1"
    recovery_period_days = 7
  }

  assert {
    condition     = alltrue([for table in aws_dynamodb_table.this : table.server_side_encryption[0].kms_key_arn == "arn:aws:kms:eu-central-1:123456789012:key/1" && table.point_in_time_recovery[0].recovery_period_in_days == 7])
    error_message = "The key and the recovery period reach every table."
  }
}
