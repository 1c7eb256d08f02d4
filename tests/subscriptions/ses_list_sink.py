"""SES's suppression list for tests: a strict one on loopback, which the services speak to."""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

from django.test import override_settings

from ivent_site import aws
from tests.sinks.ses import SesSink, ses_sink


@contextmanager
def listing_ses() -> Iterator[SesSink]:
    """Within the block, `subscriptions.ses_list` asks the sink."""
    with ses_sink() as sink:
        with override_settings(AWS_ENDPOINT_URL=sink.url):
            aws.sesv2_retrying.cache_clear()
            client = aws.sesv2_retrying()
            aws.sesv2_retrying.cache_clear()
        with mock.patch("subscriptions.ses_list.sesv2_retrying", return_value=client):
            yield sink
