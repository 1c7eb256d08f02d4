"""Pages of the sign-in beyond the admin's own; mounted under the admin's prefix, before it."""

from django.urls import URLPattern

app_name = "cognito"
urlpatterns: list[URLPattern] = []
