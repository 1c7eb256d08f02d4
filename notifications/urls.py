"""Where the API of announcements is."""

from django.urls import URLPattern

api_urlpatterns: list[URLPattern] = []
