"""SES's suppression list, beside ours."""

from datetime import UTC, datetime

import pytest

from subscriptions.ses_list import (
    Listing,
    NoSesListError,
    SesListError,
    ses_listing,
    ses_unlist,
)
from tests.subscriptions.ses_list_sink import listing_ses


@pytest.fixture
def ses():
    with listing_ses() as sink:
        yield sink


def test_an_address_that_bounced_is_listed_until_it_is_taken_off(ses):
    ses.suppressed["ana@example.com"] = "BOUNCE"
    since = datetime.fromtimestamp(1_790_000_000.5, UTC)
    assert ses_listing("ana@example.com") == Listing(reason="BOUNCE", since=since)
    ses_unlist("ana@example.com")
    assert ses_listing("ana@example.com") is None
    ses_unlist("ana@example.com")


@pytest.mark.parametrize(
    ("email", "listed"),
    [
        ("Ana@Example.com", "Ana@Example.com"),
        ("Ana@Example.com", "ana@example.com"),
        ("ana@bücher.example", "ana@xn--bcher-kva.example"),
    ],
)
def test_an_address_is_found_however_ses_spells_it(ses, email, listed):
    ses.suppressed[listed] = "COMPLAINT"
    assert ses_listing(email) is not None
    ses_unlist(email)
    assert ses.suppressed == {}


def test_throttling_is_retried(ses):
    ses.suppressed["ana@example.com"] = "BOUNCE"
    ses.suppression_script = ["throttle", "throttle"]
    ses_unlist("ana@example.com")
    assert ses.suppressed == {}
    assert len(ses.suppression_calls) == 3


@pytest.mark.parametrize("ask", [ses_listing, ses_unlist])
def test_an_error_names_no_address(ses, ask):
    ses.suppression_script = ["bad"] * 4
    with pytest.raises(SesListError, match=r"^SES's suppression list does not answer: BadReq"):
        ask("ana@example.com")


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize("ask", [ses_listing, ses_unlist])
def test_the_local_aws_is_not_taken_for_an_empty_list(ask):
    with pytest.raises(NoSesListError):
        ask("ana@example.com")
