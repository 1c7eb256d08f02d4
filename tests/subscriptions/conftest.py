"""A browser for a member of a Cognito group."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.test import Client

from ivent_site.cognito import models as cognito_models
from ivent_site.cognito.models import StaffUser
from ivent_site.cognito.tables import StaffRow
from ivent_site.preferences.services import preferences_update


@pytest.fixture
def weekly_digest(aws: object) -> None:
    """The site sends a digest, every Thursday."""
    preferences_update(version=0, digest_weekday=3)


@pytest.fixture
def sign_in(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Client]:
    """Gives a browser whose person is in the group."""

    def signed_in(group: str) -> Client:
        monkeypatch.setattr(
            cognito_models, "current_groups", lambda *, username: frozenset({group})
        )
        now = datetime.now(UTC)
        StaffRow(
            id=f"sub-{group}",
            username=group,
            email=f"{group}@example.com",
            session_epoch="1",
            last_login_at=now,
            created_at=now,
        ).save()
        client = Client()
        client.force_login(StaffUser.objects.get(pk=f"sub-{group}"))
        return client

    return signed_in
