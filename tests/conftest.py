"""What every test may use: a local AWS of its own process, empty at each test."""

from collections.abc import Iterator

import pytest

from ivent_site.local import ministack
from ivent_site.local.resources import create_resources
from tests.environment import PORT, SMTP_PORT


@pytest.fixture(scope="session")
def local_aws() -> Iterator[None]:
    """MiniStack with every table, topic and queue, for this process' whole run."""
    process = ministack.start(PORT, smtp_port=SMTP_PORT)
    try:
        create_resources()
        yield
    finally:
        ministack.stop(process)


@pytest.fixture
def aws(local_aws: None) -> Iterator[None]:
    """The local AWS, with empty tables, queues and mailbox."""
    yield
    _empty()


def _empty() -> None:
    from ivent_site.aws import sqs
    from ivent_site.dynamodb.tables import all_rows

    for row in all_rows():
        with row.batch_write() as batch:
            for item in row.scan():
                batch.delete(item)
    for url in sqs().list_queues().get("QueueUrls", []):
        sqs().purge_queue(QueueUrl=url)
