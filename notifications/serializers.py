"""Announcements as the API shows them."""

from typing import Any

from rest_framework import serializers

from notifications.announcements import announcement_sums
from notifications.enums import AnnouncementKind, AnnouncementState
from notifications.tables import AnnouncementRow

# A digest is about no single event.
_KINDS = [each for each in AnnouncementKind if each is not AnnouncementKind.DIGEST]


class AnnouncementSerializer(serializers.Serializer[AnnouncementRow]):
    """An announcement and its numbers: sent + refused + suppressed + unknown + parked = audience.

    While it is being sent they are those of right now.
    """

    id = serializers.CharField()
    kind = serializers.ChoiceField(choices=[each.value for each in _KINDS])
    state = serializers.ChoiceField(choices=[each.value for each in AnnouncementState])
    note = serializers.CharField(help_text="What the staff say to it. Markdown.")
    subject = serializers.CharField(help_text="Of a message.")
    digest_at = serializers.DateTimeField(
        allow_null=True,
        help_text="When readers of the weekly digest find it there: they are not its audience.",
    )
    audience = serializers.IntegerField(help_text="Whom the announcement has come to so far.")
    sent = serializers.IntegerField(help_text="Accepted by SES.")
    refused = serializers.IntegerField(help_text="Refused by SES, each for a reason of its own.")
    suppressed = serializers.IntegerField(help_text="Had left by the time a mail was due.")
    unknown = serializers.IntegerField(help_text="Under way, or waiting for proof.")
    parked = serializers.IntegerField(help_text="In doubt for good: a person decides.")

    def to_representation(self, instance: AnnouncementRow) -> dict[str, Any]:
        """The row's own words, and the sums."""
        return {
            "id": instance.id,
            "kind": instance.kind,
            "state": instance.state,
            "note": instance.note,
            "subject": instance.subject,
            "digest_at": instance.digest_at,
            **announcement_sums(instance).as_map(),
        }
