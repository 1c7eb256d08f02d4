"""Where the pages and the API of subscriptions are."""

from django.urls import path

from subscriptions import public_views, views

public_urlpatterns = [
    path("subscribe", public_views.subscribe, name="subscribe"),
    path("confirm/<str:token>", public_views.confirm, name="confirm"),
    path("leave/<str:token>", public_views.leave, name="leave"),
    path("one-click/<str:token>", public_views.one_click, name="one_click"),
    path("preferences/<str:token>", public_views.preferences, name="preferences"),
]
api_urlpatterns = [
    path("subscriptions", views.Subscriptions.as_view(), name="subscriptions"),
    path("subscriptions/me", views.OwnSubscription.as_view(), name="own_subscription"),
    path("subscriptions/<str:subscription_id>", views.Subscription.as_view(), name="subscription"),
]
