"""DynamoDB within the tests' own process: MiniStack's code, with no connection in between.

Most tests ask DynamoDB a dozen times, and a connection takes far more of the time than what
is at its other end. Other services, and other processes' systems, are asked as ever.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from types import ModuleType
from typing import Any, Final

import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.httpsession import URLLib3Session
from ministack.core.responses import request_scope
from ministack.services import dynamodb, dynamodb_streams

from tests.environment import PORT

_ACCOUNT: Final = "000000000000"
_SERVICES: Final[dict[str, ModuleType]] = {
    "DynamoDB": dynamodb,
    "DynamoDBStreams": dynamodb_streams,
}


@contextmanager
def dynamodb_in_process(*, region: str) -> Iterator[None]:
    """Within the block, the DynamoDB of this process' own local AWS is here; it begins empty."""
    endpoint = f"http://127.0.0.1:{PORT}/"
    send = URLLib3Session.send

    def sent(session: URLLib3Session, request: AWSPreparedRequest) -> AWSResponse:
        target = _text(request.headers.get("X-Amz-Target", ""))
        service = _SERVICES.get(target.partition("_")[0])
        if service is None or not request.url.startswith(endpoint):
            return send(session, request)
        with request_scope(_ACCOUNT, region):
            status, headers, body = _reply(service, target, _text(request.body or b""))
        return AWSResponse(request.url, status, headers, _Raw(body))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(URLLib3Session, "send", sent)
        yield


def _reply(service: ModuleType, target: str, body: str) -> tuple[int, Any, bytes]:
    """What the service answers; none of its requests has anything to wait for."""
    asked = service.handle_request("POST", "/", {"x-amz-target": target}, body, {})
    try:
        asked.send(None)
    except StopIteration as done:
        status, headers, content = done.value
        return status, headers, content if isinstance(content, bytes) else content.encode()
    raise RuntimeError(f"{target} waits for something.")


class _Raw(BytesIO):
    """A body, as urllib3 hands it on."""

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.read()


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes | bytearray) else str(value)
