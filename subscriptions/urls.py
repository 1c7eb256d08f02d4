"""Where the pages and the API of subscriptions are."""

from django.urls import path

from subscriptions import public_views, views

# `path`: whatever a mail program makes of a token, our pages answer, and keep it from the logs.
public_urlpatterns = [
    path("subscribe", public_views.subscribe, name="subscribe"),
    path("confirm/<path:token>", public_views.confirm, name="confirm"),
    path("change/<path:token>", public_views.change, name="change"),
    path("leave/<path:token>", public_views.leave, name="leave"),
    path("one-click/<path:token>", public_views.one_click, name="one_click"),
    path("preferences/<path:token>", public_views.preferences, name="preferences"),
]
api_urlpatterns = [
    path("subscriptions", views.Subscriptions.as_view(), name="subscriptions"),
    path("subscriptions/me", views.OwnSubscription.as_view(), name="own_subscription"),
    path("subscriptions/<str:subscription_id>", views.Subscription.as_view(), name="subscription"),
]
