"""Who may do what."""

import pytest

from ivent_site.cognito.identity import Identity

VIEW = {
    "events.view_event",
    "events.view_topic",
    "subscriptions.view_subscription",
    "notifications.view_announcement",
    "notifications.view_chunk",
}
EDIT = VIEW | {
    "events.add_event",
    "events.change_event",
    "events.delete_event",
    "events.publish_event",
    "events.cancel_event",
    "subscriptions.invite_subscription",
    "subscriptions.unsubscribe_subscription",
    "notifications.change_announcement",
}


def member(*groups):
    return Identity(sub="1", username="kim", groups=frozenset(groups))


@pytest.mark.parametrize(
    ("groups", "names"),
    [
        ((), set()),
        (("gardeners",), set()),
        (("viewers",), VIEW),
        (("editors",), EDIT),
        (("viewers", "gardeners", "editors"), EDIT),
    ],
)
def test_a_group_grants_exactly_its_rights(groups, names):
    assert member(*groups).get_all_permissions() == names


def test_admins_may_do_everything():
    admin = member("admins")

    assert admin.is_superuser
    assert admin.has_perms(["events.delete_topic", "anything.at_all"])
    assert admin.has_module_perms("cognito")


def test_nobody_but_staff_groups_gets_into_the_admin():
    assert [member(group).is_staff for group in ("admins", "editors", "viewers")] == [True] * 3
    assert not member().is_staff
    assert not member("gardeners", "Admins", "admin").is_staff


def test_editors_do_not_touch_people_or_staff():
    editor = member("editors")

    assert not editor.is_superuser
    assert not editor.has_perm("subscriptions.change_subscription")
    assert not editor.has_perm("cognito.view_staffuser")
    assert not editor.has_module_perms("cognito")
    assert editor.has_module_perms("events")


def test_an_app_is_not_taken_for_another_with_the_same_beginning():
    assert not member("editors").has_module_perms("event")
