"""The paths of announcements."""

from django.urls import path

from notifications.views import EventAnnouncements

api_urlpatterns = [
    path(
        "events/<str:event_id>/announcements",
        EventAnnouncements.as_view(),
        name="event_announcements",
    ),
]
