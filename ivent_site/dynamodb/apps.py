"""The DynamoDB engine as an app: it brings its own `migrate`."""

from importlib import import_module

from django.apps import AppConfig


class DynamoDBConfig(AppConfig):
    """Binds Django's own models, and brings `migrate`."""

    name = "ivent_site.dynamodb"
    label = "dynamodb"

    def ready(self) -> None:
        """Bind Django's own models, now that they are loaded."""
        import_module("ivent_site.dynamodb.contrib.log")
        import_module("ivent_site.dynamodb.contrib.static")
