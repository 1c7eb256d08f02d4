"""The DynamoDB engine as an app: it brings its own `migrate`."""

from importlib import import_module

from django.apps import AppConfig, apps


class DynamoDBConfig(AppConfig):
    """Binds Django's own models, and brings `migrate`."""

    name = "ivent_site.dynamodb"
    label = "dynamodb"

    def ready(self) -> None:
        """Bind those of Django's own models that are there: the worker goes without the admin."""
        if apps.is_installed("django.contrib.admin"):
            import_module("ivent_site.dynamodb.contrib.log")
            import_module("ivent_site.dynamodb.contrib.static")
