"""The paths of events."""

from django.urls import path

from events.public_views import CalendarFeed, CalendarPage, EventCalendar, EventPage, Home
from events.views import EventsView, EventView

api_urlpatterns = [
    path("events", EventsView.as_view(), name="events"),
    path("events/<str:event_id>", EventView.as_view(), name="event"),
]
public_urlpatterns = [
    path("", Home.as_view(), name="home"),
    path("calendar", CalendarPage.as_view(), name="calendar"),
    path("calendar.ics", CalendarFeed.as_view(), name="calendar_feed"),
    path("e/<uuid:event_id>", EventPage.as_view(), name="event_page"),
    path("e/<uuid:event_id>.ics", EventCalendar.as_view(), name="event_ics"),
]
