"""The laptop's own pages, under /local/."""

from django.urls import path

from ivent_site.local import views

app_name = "local"
urlpatterns = [
    path("mailbox.json", views.MailboxJson.as_view(), name="mailbox-json"),
    path("mailbox/", views.MailboxPage.as_view(), name="mailbox"),
    path("mailbox/empty", views.EmptyMailbox.as_view(), name="mailbox-empty"),
    path("mailbox/<uuid:message_id>", views.MessagePage.as_view(), name="message"),
    path("mailbox/<uuid:message_id>/html", views.MessageHtml.as_view(), name="message-html"),
    path("mailbox/<uuid:message_id>/source", views.MessageSource.as_view(), name="message-source"),
    path(
        "mailbox/<uuid:message_id>/attachments/<int:number>",
        views.MessageAttachment.as_view(),
        name="message-attachment",
    ),
]
