"""What every test may use: a local AWS of its own process, empty at each test."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from botocore.client import BaseClient
from django.conf import settings
from django.utils import translation

from events.derive import derivation_remember
from events.topic_names import topic_names_forget
from ivent_site.aws import sqs
from ivent_site.local import ministack
from ivent_site.local.resources import create_resources
from ivent_site.preferences.selectors import preferences_remember
from notifications.digest_due import digest_remember
from tests.dynamodb_in_process import dynamodb_in_process, rows_forget
from tests.environment import PORT, SMTP_PORT


@pytest.fixture(autouse=True)
def _default_language() -> Iterator[None]:
    """Each test begins in English: a request leaves its language active in the thread."""
    with translation.override(settings.LANGUAGE_CODE):
        yield


@pytest.fixture(scope="session")
def local_aws() -> Iterator[None]:
    """MiniStack with every table, topic and queue, for this process' whole run."""
    process = ministack.start(PORT, smtp_port=SMTP_PORT)
    try:
        with dynamodb_in_process():
            create_resources()
            yield
    finally:
        ministack.stop(process)


@pytest.fixture(scope="session")
def _touched() -> Iterator[set[str]]:
    """The queues that this process has sent to, "" for topics and mails: what there is to empty."""
    touched: set[str] = set()
    call = BaseClient._make_api_call  # type: ignore[attr-defined]  # not in its stubs

    def watched(client: BaseClient, operation: str, params: dict[str, Any]) -> Any:
        if operation.startswith(("Send", "Publish")):
            touched.add(params.get("QueueUrl", ""))
        return call(client, operation, params)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseClient, "_make_api_call", watched)
        yield touched


@pytest.fixture(autouse=True)
def _nothing_to_look_up() -> None:
    """The settings hold, the events agree with the rules of time zones, and both are known: no
    test pays for the look, or needs the tables. No slot's digest is dealt with.
    """
    preferences_remember(None)
    derivation_remember()
    digest_remember(None)


@pytest.fixture(autouse=True)
def _no_topic_names() -> None:
    """What another test's topics were called is forgotten."""
    topic_names_forget()


@pytest.fixture
def aws(local_aws: None, _touched: set[str]) -> Iterator[None]:
    """The local AWS, with empty tables, queues and mailbox."""
    yield
    _empty(_touched)


def _empty(touched: set[str]) -> None:
    rows_forget()
    # What a topic or a mail has fed is not told.
    urls = sqs().list_queues().get("QueueUrls", []) if "" in touched else touched
    for url in {each.removesuffix("-dead") for each in urls}:
        for each in (url, f"{url}-dead"):
            with suppress(sqs().exceptions.QueueDoesNotExist):
                sqs().purge_queue(QueueUrl=each)
    touched.clear()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long ones first, so that no worker waits for another's last one."""
    items.sort(
        key=lambda item: not any(map(item.get_closest_marker, ("e2e", "browser", "terraform")))
    )


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says aloud what was not tested, for a green run without Terraform proves less."""
    reasons = {
        report.longrepr[2]
        for report in terminalreporter.stats.get("skipped", [])
        if isinstance(report.longrepr, tuple) and "NOT TESTED" in report.longrepr[2]
    }
    for reason in sorted(reasons):
        terminalreporter.write_line(reason, yellow=True, bold=True)
