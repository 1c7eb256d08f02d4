"""The user pool's public keys.

https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-verifying-a-jwt.html
"""

import json
import threading
import time
import urllib.request
from collections.abc import Callable
from http.client import HTTPException
from typing import Any, Final

import jwt

from ivent_site.cognito.errors import CognitoUnavailableError

FETCH_TIMEOUT_S: Final = 3
# A rotated key is known after this long at the latest, however many unknown ones are tried.
REFETCH_AFTER_S: Final = 15
# A withdrawn key is forgotten after this long.
MAX_AGE_S: Final = 3600
_MAX_REPLY_BYTES: Final = 65536


def fetch_json(url: str) -> Any:
    """The JSON at the address. Raises CognitoUnavailableError; a retry may help."""
    try:
        # The address is a setting, https outside the laptop.
        with urllib.request.urlopen(url, timeout=FETCH_TIMEOUT_S) as reply:  # noqa: S310 - see above
            return json.loads(reply.read(_MAX_REPLY_BYTES))
    except (OSError, HTTPException, ValueError) as err:
        raise CognitoUnavailableError("Cognito's public keys cannot be read.") from err


class KeySet:
    """A pool's RSA keys by `kid`, fetched when first asked for and kept in the process."""

    def __init__(
        self,
        url: str,
        *,
        fetch: Callable[[str], Any] = fetch_json,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._url = url
        self._fetch = fetch
        self._clock = clock
        self._lock = threading.Lock()
        self._keys: dict[str, Any] = {}
        self._fetched_at: float | None = None
        self._tried_at: float | None = None

    def get(self, kid: str) -> Any:
        """The public key, or None when the pool has no such key.

        Raises CognitoUnavailableError while the keys cannot be fetched.
        """
        with self._lock:
            if kid not in self._keys or self._age(self._fetched_at) > MAX_AGE_S:
                self._refresh(kid)
            return self._keys.get(kid)

    def _refresh(self, kid: str) -> None:
        if self._age(self._tried_at) <= REFETCH_AFTER_S:
            self._require_known(kid)
            return
        self._tried_at = self._clock()
        try:
            self._keys = _rsa_keys(self._fetch(self._url))
        except CognitoUnavailableError:
            # Keys that were good an hour ago are better than nobody getting in.
            if kid not in self._keys:
                raise
        else:
            self._fetched_at = self._clock()

    def _require_known(self, kid: str) -> None:
        if self._fetched_at is None and kid not in self._keys:
            raise CognitoUnavailableError("Cognito's public keys could not be read just now.")

    def _age(self, moment: float | None) -> float:
        return float("inf") if moment is None else self._clock() - moment


def _rsa_keys(document: Any) -> dict[str, Any]:
    try:
        entries = [entry for entry in document["keys"] if entry.get("kty") == "RSA"]
        return {
            str(entry["kid"]): jwt.PyJWK(entry, algorithm="RS256").key
            for entry in entries
            if entry.get("use", "sig") == "sig" and entry.get("alg", "RS256") == "RS256"
        }
    except (jwt.PyJWTError, AttributeError, KeyError, TypeError, ValueError) as err:
        raise CognitoUnavailableError("Cognito's public keys cannot be understood.") from err
