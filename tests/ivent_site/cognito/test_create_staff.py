from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from ivent_site.aws import cognito
from ivent_site.cognito.directory import current_groups


def create(*arguments):
    out = StringIO()
    call_command("create_staff", *arguments, stdout=out)
    return out.getvalue().strip()


def groups_of(pool, email):
    reply = cognito().admin_list_groups_for_user(UserPoolId=pool.id, Username=email)
    return {group["GroupName"] for group in reply["Groups"]}


def test_the_first_administrator_is_made_and_invited(pool):
    email = "first@example.com"
    assert create(email, "--group", "admins") == "Made the account in admins."
    account = cognito().admin_get_user(UserPoolId=pool.id, Username=email)
    attributes = {each["Name"]: each["Value"] for each in account["UserAttributes"]}
    assert (attributes["email"], attributes["email_verified"]) == (email, "true")
    assert account["UserStatus"] == "FORCE_CHANGE_PASSWORD"
    assert groups_of(pool, email) == {"admins"}
    # Not before the temporary password has been changed.
    assert current_groups(username=account["Username"]) == frozenset()


def test_repeating_it_adds_groups(pool):
    email = "second@example.com"
    create(email, "--group", "viewers", "--no-invitation")
    said = create(email, "--group", "editors")
    assert said == "The account was there; it is in editors."
    assert groups_of(pool, email) == {"viewers", "editors"}


@pytest.mark.usefixtures("pool")
def test_what_is_no_address_or_no_group_is_refused():
    with pytest.raises(CommandError, match="no e-mail address"):
        create("nobody", "--group", "admins")
    with pytest.raises(CommandError, match="invalid choice"):
        create("a@example.com", "--group", "owners")
