"""Staff read moments by their organisation's clock, and see which one it is."""

from datetime import UTC, datetime

import pytest

from ivent_site.dynamodb.writes import put
from ivent_site.preferences.services import preferences_update
from tests.events.staff import signed_in, text
from tests.notifications.sending import make_announcement

pytestmark = pytest.mark.usefixtures("aws")
MOMENT = datetime(2038, 1, 31, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("timezone", "told"),
    [
        ("UTC", "January 31, 2038, 11:30 PM UTC"),
        ("Europe/Berlin", "February 1, 2038, 12:30 AM CET"),
    ],
)
def test_the_admin_shows_moments_by_the_default_zone(timezone, told):
    preferences_update(version=0, default_timezone=timezone)
    row = make_announcement()
    row.created_at = MOMENT
    put(row)
    with signed_in("viewers") as client:
        overview = text(client.get("/admin/"))
        announcements = text(client.get("/admin/notifications/announcement/"))
    assert told in overview
    assert told in announcements
