"""The tokens in links: made from the secret key, so that no table holds them.

The leave token never expires, for an old mail's link has to work; it opens the preferences
too. The confirm token expires, and belongs to one round of a subscription: whoever leaves
begins a new round, and the links of the old one confirm nobody. The change token expires, too,
and belongs to one request: it applies what that request asked for, and no later one's wishes.
Each has its own key, so that neither passes for the other.
"""

import hmac
import time
import uuid
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from typing import Final, NamedTuple

from django.conf import settings

CONFIRM_WITHIN_S: Final = 7 * 24 * 60 * 60

_MAC_BYTES: Final = 16
_ID_BYTES: Final = 16
# Subscription id, round, moment of expiry in seconds.
_CONFIRM_BYTES: Final = _ID_BYTES + 4 + 5
# Subscription id, digest of the request's id, moment of expiry.
_REQUEST_BYTES: Final = 8
_CHANGE_BYTES: Final = _ID_BYTES + _REQUEST_BYTES + 5


class ConfirmClaim(NamedTuple):
    """What a confirm token says: who, in which round."""

    subscription_id: str
    round: int


class ChangeClaim(NamedTuple):
    """What a change token says: whose subscription, and which request (`request_digest`)."""

    subscription_id: str
    request: bytes


def leave_token(subscription_id: str) -> str:
    """The unsubscribe token of a subscription, for ever the same: 43 characters."""
    return _seal(_packed(subscription_id), _key("leave", settings.SECRET_KEY))


def leave_token_read(token: str) -> str | None:
    """The subscription id in a leave token; None if it is not one of ours."""
    payload = _open(token, "leave")
    return _unpacked(payload) if payload and len(payload) == _ID_BYTES else None


def confirm_token(subscription_id: str, *, round: int) -> str:  # noqa: A002 - the field's name
    """A token that confirms the subscription in this round, for seven days."""
    payload = _packed(subscription_id) + round.to_bytes(4) + _expiry()
    return _seal(payload, _key("confirm", settings.SECRET_KEY))


def confirm_token_read(token: str) -> ConfirmClaim | None:
    """What a confirm token says; None if it is over, or not one of ours."""
    payload = _open(token, "confirm")
    if not payload or len(payload) != _CONFIRM_BYTES or _is_over(payload):
        return None
    return ConfirmClaim(_unpacked(payload[:16]), int.from_bytes(payload[16:20]))


def change_token(subscription_id: str, *, request_id: str) -> str:
    """A token that applies what this request asked for, for seven days."""
    payload = _packed(subscription_id) + request_digest(request_id) + _expiry()
    return _seal(payload, _key("change", settings.SECRET_KEY))


def change_token_read(token: str) -> ChangeClaim | None:
    """What a change token says; None if it is over, or not one of ours."""
    payload = _open(token, "change")
    if not payload or len(payload) != _CHANGE_BYTES or _is_over(payload):
        return None
    return ChangeClaim(_unpacked(payload[:16]), payload[16:24])


def request_digest(request_id: str) -> bytes:
    """What a change token holds of a request's id."""
    return sha256(request_id.encode()).digest()[:_REQUEST_BYTES]


def keyed_hash(text: str) -> str:
    """A hash that only who knows the secret key can look a value up by."""
    return hmac.digest(_key("hash", settings.SECRET_KEY), text.encode(), sha256).hex()[:32]


def _expiry() -> bytes:
    return (int(time.time()) + CONFIRM_WITHIN_S).to_bytes(5)


def _is_over(payload: bytes) -> bool:
    return int.from_bytes(payload[-5:]) <= time.time()


def _packed(subscription_id: str) -> bytes:
    return bytes.fromhex(subscription_id.replace("-", ""))


def _unpacked(payload: bytes) -> str:
    return str(uuid.UUID(bytes=payload))


@cache
def _key(purpose: str, secret: str) -> bytes:
    return hmac.digest(secret.encode(), f"ivent.subscriptions.{purpose}".encode(), "sha256")


def _seal(payload: bytes, key: bytes) -> str:
    mac = hmac.digest(key, payload, "sha256")[:_MAC_BYTES]
    return urlsafe_b64encode(payload + mac).rstrip(b"=").decode()


def _open(token: str, purpose: str) -> bytes | None:
    """The payload of a token that one of our keys has sealed."""
    try:
        payload = urlsafe_b64decode(token.encode("ascii") + b"==")[:-_MAC_BYTES]
    except ValueError:
        return None
    # Sealed again and compared as a whole: one spelling of a token, and no other.
    sealed = (_seal(payload, key) for key in _keys(purpose))
    return payload if any(hmac.compare_digest(token, each) for each in sealed) else None


def _keys(purpose: str) -> Iterator[bytes]:
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        yield _key(purpose, secret)
