"""SESv2 of a worker: another address than the rest of AWS, throttled calls and lost replies.

The proxy takes SESv2 for version 1, so what spoils its calls is in the worker itself.
"""

import os
import random
from collections.abc import Iterator
from functools import partial
from io import BytesIO
from typing import Any, Final

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ConnectionClosedError, ReadTimeoutError

URL: Final = "CHAOS_SES_URL"
THROTTLE: Final = "CHAOS_SES_THROTTLE"
LOST_REPLIES: Final = "CHAOS_SES_LOST_REPLIES"


def spoil() -> None:
    """Make this process's client of SESv2, which all of it uses, as the environment says."""
    from django.test import override_settings

    from ivent_site.aws import sesv2

    with override_settings(AWS_ENDPOINT_URL=os.environ[URL]):
        client = sesv2()
    client.meta.events.register("before-send.sesv2.SendBulkEmail", partial(_before_send, client))


def _before_send(client: Any, *, request: AWSPreparedRequest, **_: Any) -> Any:
    if random.random() < float(os.environ[THROTTLE]):
        return _throttled(request.url)
    if random.random() < float(os.environ[LOST_REPLIES]):
        # After the effect: SES has the mails, and nobody hears of it.
        client._endpoint.http_session.send(request)
        raise random.choice((ReadTimeoutError, ConnectionClosedError))(endpoint_url=request.url)
    return None


def _throttled(url: str) -> AWSResponse:
    headers = {"x-amzn-ErrorType": "TooManyRequestsException", "content-type": "application/json"}
    body = b'{"message": "Maximum sending rate exceeded."}'
    return AWSResponse(url, 429, HTTPHeaders.from_dict(headers), _Raw(body))


class _Raw(BytesIO):
    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.read()
