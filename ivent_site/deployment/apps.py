"""What an operator runs, on a laptop or in a pipeline."""

from django.apps import AppConfig


class DeploymentConfig(AppConfig):
    """Brings its commands."""

    name = "ivent_site.deployment"
    label = "deployment"
