"""The DynamoDB engine as an app: it brings its own `migrate`."""

from django.apps import AppConfig


class DynamoDBConfig(AppConfig):
    name = "ivent_site.dynamodb"
    label = "dynamodb"
