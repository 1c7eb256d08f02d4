"""The REST API's foundations as an app: it has a table of its own."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """`tables` of this app is found by what makes tables."""

    name = "ivent_site.api"
    label = "api"
