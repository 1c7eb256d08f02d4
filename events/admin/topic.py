"""Topics in the admin."""

from typing import Any, cast

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from events.admin.judged_again import JudgedAgain
from events.errors import TopicInUseError
from events.models import Topic
from events.presentation import topic_badge
from events.topic_forms import TopicForm
from events.topic_services import topic_create, topic_delete, topic_update
from events.topic_uses import topic_uses
from ivent_site.dynamodb.admin import CursorModelAdmin
from ivent_site.empty_lists import Beginning, Step
from ivent_site.made_once import MadeOnce


@admin.register(Topic)
class TopicAdmin(MadeOnce, CursorModelAdmin, JudgedAgain, ModelAdmin):  # type: ignore[misc]  # unfold brings no types
    """The kinds of events that people may ask for."""

    form = TopicForm
    beginning = Beginning(
        _("By topics people choose what they hear of. Without any, everybody hears of everything."),
        (Step(_("Add a topic"), "admin:events_topic_add", "events.add_topic"),),
    )
    list_display = ("badge", "slug", "description")
    prepopulated_fields = {"slug": ("name",)}
    ordering = ("slug",)

    def get_readonly_fields(self, request: HttpRequest, obj: Topic | None = None) -> Any:  # noqa: ARG002 - Django's signature
        return ("slug",) if obj else ()

    def get_prepopulated_fields(self, request: HttpRequest, obj: Topic | None = None) -> Any:
        """A new topic's slug is proposed from its name; later it is read only."""
        return {} if obj else super().get_prepopulated_fields(request, obj)

    def save_model(
        self,
        request: HttpRequest,  # noqa: ARG002 - Django's signature
        obj: Topic,
        form: TopicForm,
        change: bool,  # noqa: FBT001 - Django's signature
    ) -> None:
        if form.is_made:
            return
        save = topic_update if change else topic_create
        save(slug=obj.slug, name=obj.name, description=obj.description, colour=obj.colour)

    @admin.display(description=_("Name"), ordering="slug")
    def badge(self, topic: Topic) -> SafeString:
        """The name in its colour."""
        return topic_badge(topic)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:  # noqa: ARG002 - Django's signature
        """Topics are removed one by one: what that means is said on the way."""
        return {}

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {**(extra_context or {}), "uses": topic_uses(object_id)}
        try:
            return cast("HttpResponse", super().delete_view(request, object_id, context))
        except TopicInUseError as err:
            text = _("A coming event names this topic: “%(title)s”. Take it off there first.")
            self.message_user(request, text % {"title": err}, messages.ERROR)
            return HttpResponseRedirect(reverse("admin:events_topic_change", args=[object_id]))

    def delete_model(self, request: HttpRequest, obj: Topic) -> None:  # noqa: ARG002 - Django's signature
        topic_delete(slug=obj.slug)
