"""Log lines: one JSON object each, without anybody's address or token.

No code logs an address or a token on purpose; exceptions and libraries may, so everything
that is written passes the masks.
"""

import json
import logging
import re
from datetime import UTC, datetime
from typing import Any, Final

# Bounded, so that a long line costs no more than its length; %40 is an @ in a URL.
_EMAIL: Final = re.compile(
    r"[\w.!#$%&'*+/=?^`{|}~\"-]{1,64}(?:@|%40)(?:\[[^\]\s]{1,64}\]|[\w-]{1,63}(?:\.[\w-]{1,63})*)"
)
_BEARER: Final = re.compile(r"(?i)\b(bearer\s+)[\w.~+/=-]+")
_JWT: Final = re.compile(r"\beyJ[\w-]+\.[\w-]+(?:\.[\w-]*)*")
# The links in mails carry their right in the path.
_LINK: Final = re.compile(r"(/(?:confirm|change|leave|one-click|preferences)/)[^\s\"'<>?#]+")

# What every record has; anything else was given as `extra=`.
_OWN: Final = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}


def mask(text: str) -> str:
    """The text without e-mail addresses, bearer tokens, JWTs and the tokens of mailed links."""
    text = _BEARER.sub(r"\1[token]", text)
    text = _JWT.sub("[token]", text)
    text = _LINK.sub(r"\1[token]", text)
    return _EMAIL.sub("[e-mail]", text)


class JsonFormatter(logging.Formatter):
    """One JSON object per line: time (UTC), level, logger, message, extras, exception."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as JSON, in ASCII and without line breaks."""
        entry: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        extra = {name: value for name, value in vars(record).items() if name not in _OWN}
        if extra:
            entry["extra"] = extra
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return json.dumps(_masked(entry))


def _masked(value: Any) -> Any:
    match value:
        case None | bool() | int() | float():
            return value
        case dict():
            return {mask(str(name)): _masked(item) for name, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_masked(item) for item in value]
        case _:
            return mask(str(value))
