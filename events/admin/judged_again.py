"""What happens to a form when somebody else commits first."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.messages.storage import default_storage
from django.http import HttpRequest, HttpResponse

from events.errors import (
    EventNotFoundError,
    InvalidEventError,
    StaleVersionError,
    TransitionError,
)
from ivent_site.dynamodb.writes import ConflictError

# For the type checker: at run time the class beside it is the ModelAdmin.
if TYPE_CHECKING:
    _Base = admin.ModelAdmin[Any]
else:
    _Base = object

# What may come between reading an event and changing it; told, never a failure of the page.
REFUSALS = (EventNotFoundError, StaleVersionError, TransitionError, ConflictError)


class JudgedAgain(_Base):
    """When somebody else commits first, the form is judged again, against what is there now.

    Stands behind CursorModelAdmin, which would give up what was typed.
    """

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        arguments = (request, object_id, form_url, extra_context)
        try:
            return super().changeform_view(*arguments)
        except (*REFUSALS, InvalidEventError):
            # What was said of a success that did not come about.
            request._messages = default_storage(request)  # type: ignore[attr-defined]  # the middleware's
            return super().changeform_view(*arguments)
