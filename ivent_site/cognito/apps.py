"""Staff, tokens and rights, from Cognito."""

from django.apps import AppConfig


class CognitoConfig(AppConfig):
    name = "ivent_site.cognito"
    label = "cognito"
    verbose_name = "Staff"
