"""DynamoDB within the tests' own process: MiniStack's code, with no connection in between.

Most tests ask DynamoDB a dozen times, and a connection takes far more of the time than what
is at its other end. Other services, and other processes' systems, are asked as ever.

What writes or forgets many rows at once reaches into MiniStack (requirements-dev.in pins it).
"""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from io import BytesIO
from threading import Lock
from types import ModuleType
from typing import Any, Final

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSPreparedRequest, AWSRequest, AWSResponse
from botocore.httpsession import URLLib3Session
from django.conf import settings
from ministack.core.responses import request_scope
from ministack.services import dynamodb, dynamodb_streams

from ivent_site.dynamodb.rows import Row
from tests.environment import PORT

_ACCOUNT: Final = "000000000000"
_SERVICES: Final[dict[str, ModuleType]] = {
    "DynamoDB": dynamodb,
    "DynamoDBStreams": dynamodb_streams,
}
# As MiniStack answers where it is a server; a transaction of two threads at once would be none.
_ONE_AT_A_TIME: Final = Lock()


@contextmanager
def dynamodb_in_process() -> Iterator[None]:
    """Within the block, the DynamoDB of this process' own local AWS is here; it begins empty."""
    endpoint = f"http://127.0.0.1:{PORT}/"
    send, sign = URLLib3Session.send, SigV4Auth.add_auth

    def sent(session: URLLib3Session, request: AWSPreparedRequest) -> AWSResponse:
        target = _text(request.headers.get("X-Amz-Target", ""))
        service = _SERVICES.get(target.partition("_")[0])
        if service is None or not str(request.url).startswith(endpoint):
            return send(session, request)
        with _ONE_AT_A_TIME, _scope():
            status, headers, body = _reply(service, target, _text(request.body or b""))
        return AWSResponse(request.url, status, headers, _Raw(body))

    def signed(auth: Any, request: AWSRequest) -> None:
        # Nobody here looks at the signature, which would be a third of a call.
        if auth._service_name != "dynamodb" or not str(request.url).startswith(endpoint):
            sign(auth, request)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(URLLib3Session, "send", sent)
        patch.setattr(SigV4Auth, "add_auth", signed)
        yield


def rows_put(rows: Iterable[Row]) -> None:
    """Write many rows at a twentieth of what a request each would take; nothing is checked."""
    with _scope():
        for row in rows:
            row.set_index_keys()
            table, item = dynamodb._tables[row.Meta.table_name], row.serialize()
            keys = dynamodb._resolve_table_key_values(table, item, allow_extra=True)
            dynamodb._set_item(table, *keys[:2], item)


def rows_forget() -> None:
    """Empty every table, as if nothing had ever been in it."""
    with _scope():
        for table in dynamodb._tables.values():
            table["items"].clear()
            dynamodb._items_replaced(table)


def _scope() -> AbstractContextManager[None]:
    scope: AbstractContextManager[None] = request_scope(_ACCOUNT, settings.AWS_REGION)
    return scope


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
