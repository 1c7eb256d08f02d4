"""Subscriptions as JSON."""

from typing import Any

from django.conf import settings
from rest_framework import serializers

from events.selectors import topic_slugs
from events.validators import (
    TIMEZONE_CHARS,
    TOPIC_CHARS,
    TOPICS_MAX,
    timezone_problems,
    topics_problems,
)
from ivent_site.api.fields import ShortListField, TextField
from ivent_site.api.serializers import StrictSerializer
from subscriptions.addresses import TYPED_MAX_LENGTH
from subscriptions.enums import Frequency, SubscriptionStatus
from subscriptions.validators import (
    NAME_CHARS,
    name_clean,
    validate_email_address,
    validate_name,
)


class PreferencesSerializer(StrictSerializer):
    """What a subscriber may choose."""

    name = TextField(
        required=False,
        allow_blank=True,
        max_length=NAME_CHARS,
        validators=[validate_name],
        help_text="What the subscriber goes by; only the staff see it.",
    )
    topics = ShortListField(
        child=TextField(max_length=TOPIC_CHARS),
        max_length=TOPICS_MAX,
        required=False,
        help_text="Slugs of topics; none of them means every event.",
    )
    locale = serializers.ChoiceField(
        choices=settings.LANGUAGES, required=False, help_text="The language of the mails."
    )
    timezone = TextField(
        required=False,
        allow_blank=True,
        max_length=TIMEZONE_CHARS,
        help_text="An IANA zone to show times in; empty for that of each event.",
    )

    frequency = serializers.ChoiceField(
        choices=[(each.value, each.name) for each in Frequency],
        required=False,
        help_text="Whether each new event is told at once, or all of a week in a digest. As long "
        "as the site sends no digest, all are told at once.",
    )

    def validate_name(self, name: str) -> str:
        """The name without needless blanks."""
        return name_clean(name)

    def validate_topics(self, topics: list[str]) -> list[str]:
        """Topics that exist, each once."""
        for problem in topics_problems(topics, topic_slugs()):
            raise serializers.ValidationError(problem.message, problem.code)
        return topics

    def validate_timezone(self, timezone: str) -> str:
        """A zone that exists, or none."""
        for problem in timezone_problems(timezone) if timezone else ():
            raise serializers.ValidationError(problem.message, problem.code)
        return timezone


class SubscriptionRequestSerializer(PreferencesSerializer):
    """Who wants to subscribe, and to what."""

    email = TextField(
        max_length=TYPED_MAX_LENGTH,
        trim_whitespace=False,
        validators=[validate_email_address],
        help_text="At most 254 characters. Blanks and invisible characters around it are taken "
        "off; inside it they are refused by name.",
    )


class OwnSubscriptionSerializer(PreferencesSerializer):
    """A subscription as its owner sees and changes it."""

    email = serializers.CharField(read_only=True)
    status = serializers.ChoiceField(
        choices=[(each.value, each.name) for each in SubscriptionStatus], read_only=True
    )
    created_at = serializers.DateTimeField(read_only=True)
    confirmed_at = serializers.DateTimeField(read_only=True, allow_null=True)


class ConsentSerializer(serializers.Serializer[Any]):
    """What somebody has agreed to, when and from where."""

    text_version = serializers.CharField()
    at = serializers.CharField()
    # DRF's own `source` is an argument of fields, not of serializers.
    source = serializers.CharField()  # type: ignore[assignment]
    ip_hash = serializers.CharField()
    requested_at = serializers.CharField()
    requested_ip_hash = serializers.CharField()


class SubscriptionSerializer(OwnSubscriptionSerializer):
    """A subscription as the staff sees it."""

    id = serializers.CharField(read_only=True)
    consent = ConsentSerializer(read_only=True, allow_null=True)
    updated_at = serializers.DateTimeField(read_only=True)


class AcceptedSerializer(serializers.Serializer[Any]):
    """The answer to every request to subscribe."""

    detail = serializers.CharField()
