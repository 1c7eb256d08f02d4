"""The e-mail that answers a request to subscribe."""

from collections.abc import Mapping
from typing import Any, Final

from django.conf import settings

from events.selectors import topics_all
from ivent_site.preferences.selectors import preferences_get
from notifications import mails
from notifications.mails import Letter, Mail
from notifications.phrases import LANGUAGES, Phrases, language_of
from notifications.rendering import letter_of
from subscriptions.enums import Frequency, MailKind
from subscriptions.links import reader_links
from subscriptions.services import ConfirmationMail

_WORDS: Final = {
    MailKind.CONFIRM: "confirm",
    MailKind.CHANGE: "change",
    MailKind.ALREADY_CONFIRMED: "already",
}


def confirmation_mail(due: ConfirmationMail) -> Mail:
    """The e-mail that is due, in the subscriber's language."""
    language = language_of(due.recipient.locale)
    values = {}
    if due.kind != MailKind.ALREADY_CONFIRMED:
        values[mails.CONFIRM_URL] = due.confirm_url
    if due.kind != MailKind.CONFIRM:
        links = reader_links(due.recipient.id)
        values |= {mails.LEAVE_URL: links.leave, mails.PREFERENCES_URL: links.preferences}
    return Mail(
        subscriber_id=due.recipient.id,
        to=due.recipient.email,
        letter=_letter(language, due),
        values=values,
        headers={},
        tags={"subscriber": due.recipient.id},
    )


def _letter(language: str, due: ConfirmationMail) -> Letter:
    words, preferences = LANGUAGES[language], preferences_get()
    organisation, name = preferences.organisation, _WORDS[due.kind]
    subject = getattr(words, f"{name}_subject").format(organisation=organisation)
    has_link, is_subscriber = due.kind != MailKind.ALREADY_CONFIRMED, due.kind != MailKind.CONFIRM
    context = {
        "heading": getattr(words, f"{name}_heading"),
        "intro": getattr(words, f"{name}_intro").format(organisation=organisation),
        "changes": _shown_wishes(words, due.changes),
        "button": getattr(words, f"{name}_button", ""),
        "ignore": getattr(words, f"{name}_ignore", ""),
        "confirm_url": mails.mark(mails.CONFIRM_URL) if has_link else "",
        "leave_url": mails.mark(mails.LEAVE_URL) if is_subscriber else "",
        "preferences_url": mails.mark(mails.PREFERENCES_URL) if is_subscriber else "",
    }
    return letter_of("confirmation", language, subject, context, context, preferences=preferences)


def _shown_wishes(words: Phrases, changes: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What a subscription would become, each as its label and its value."""
    shown = []
    if "topics" in changes:
        names = {topic.slug: topic.name for topic in topics_all()}
        topics = ", ".join(names.get(each, each) for each in changes["topics"])
        shown.append((words.topics, topics or words.every_topic))
    if "frequency" in changes:
        weekly = changes["frequency"] == Frequency.WEEKLY
        shown.append((words.how_often, words.once_a_week if weekly else words.each_at_once))
    if "locale" in changes:
        name = dict(settings.LANGUAGES).get(changes["locale"], changes["locale"])
        shown.append((words.language, name))
    if "timezone" in changes:
        shown.append((words.timezone, changes["timezone"] or words.timezone_of_event))
    return shown
