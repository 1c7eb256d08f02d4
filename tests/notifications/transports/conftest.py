"""The strict SES, and a client that speaks to it."""

from unittest import mock

import pytest
from django.conf import settings
from django.test import override_settings

from ivent_site import aws
from tests.sinks.ses import ses_sink


@pytest.fixture(scope="session")
def sink_and_client():
    with ses_sink() as sink:
        with override_settings(AWS_ENDPOINT_URL=sink.url):
            aws.sesv2.cache_clear()
            client = aws.sesv2()
            aws.sesv2.cache_clear()
        yield sink, client


@pytest.fixture
def sink(sink_and_client):
    """A SES of production that knows the project's sender and configuration set."""
    sink, client = sink_and_client
    sink.reset(sender=settings.SENDER_EMAIL, configuration_set=settings.SES_CONFIGURATION_SET)
    with (
        mock.patch("notifications.transports.ses_bulk.sesv2", return_value=client),
        mock.patch("notifications.transports.account.sesv2", return_value=client),
    ):
        yield sink
