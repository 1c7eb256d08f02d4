"""A test of a mail, as the button of a page that shows it asks for."""

from typing import Any

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.http import HttpRequest
from django.utils.translation import gettext as _

from notifications.phrases import LANGUAGES
from notifications.tables import AnnouncementRow
from notifications.trial import TrialError, trial_send


def send_test(page: "ModelAdmin[Any]", request: HttpRequest, row: AnnouncementRow | None) -> None:
    """Send it to the staff member in the `language` that was posted, and say so on the page."""
    language = request.POST.get("language", "")
    to = getattr(request.user, "email", "")
    if row is None or language not in LANGUAGES or not to:
        page.message_user(request, _("There is no mail to test."), messages.ERROR)
        return
    try:
        trial_send(row, to=to, language=language)
    except TrialError as err:
        text = _("The test was not sent: %(why)s") % {"why": err}
        page.message_user(request, text, messages.ERROR)
    else:
        text = _("The test is on its way to %(to)s.") % {"to": to}
        page.message_user(request, text, messages.SUCCESS)
