"""Typed readers of environment variables.

Each reader returns a value of its type or raises ImproperlyConfigured, naming the
variable and what it wants. A value that only the laptop may default is given as
``local=``; everywhere else the variable is then required.
"""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from ivent_site.header_text import UNSAFE

SECRET_CHARS: Final = 32
_TRUE: Final = frozenset({"1", "true", "yes", "on"})
_FALSE: Final = frozenset({"0", "false", "no", "off"})
_ADDRESS: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=^_`{|}~-]+@[A-Za-z0-9.-]+")
_ARN: Final = re.compile(r"arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:(\d{12})?:\S+")


class Env:
    """The environment of one stage; `local` says whether `local=` defaults may be used."""

    def __init__(self, environ: Mapping[str, str], *, local: bool) -> None:
        self._environ = environ
        self._local = local

    def text(self, name: str, *, default: str | None = None, local: str | None = None) -> str:
        """The value as it stands; never empty unless the default is."""
        value = self._environ.get(name, "").strip()
        if value:
            return value
        if self._local and local is not None:
            return local
        if default is not None:
            return default
        raise ImproperlyConfigured(f"{name} is not set.")

    def line(self, name: str, *, local: str) -> str:
        """A line that mail headers can carry."""
        value = self.text(name, local=local)
        if UNSAFE.search(value):
            raise ImproperlyConfigured(f"{name} must be one line, without control characters or =?")
        return value

    def address(self, name: str, *, default: str | None = None, local: str | None = None) -> str:
        """An e-mail address in ASCII."""
        value = self.text(name, default=default, local=local)
        if not _ADDRESS.fullmatch(value):
            raise ImproperlyConfigured(f"{name} must be an e-mail address in ASCII, not {value!r}.")
        return value

    def secret(self, name: str, *, local: str) -> str:
        """A secret of at least SECRET_CHARS; its value never appears in the error."""
        value = self.text(name, local=local)
        if len(value) < SECRET_CHARS:
            raise ImproperlyConfigured(f"{name} must have at least {SECRET_CHARS} characters.")
        return value

    def boolean(self, name: str, *, default: bool) -> bool:
        """True for 1, true, yes, on; False for 0, false, no, off."""
        value = self.text(name, default=str(default)).lower()
        if value in _TRUE:
            return True
        if value in _FALSE:
            return False
        raise ImproperlyConfigured(f"{name} must be true or false, not {value!r}.")

    def integer(
        self, name: str, *, default: int, low: int, high: int, local: int | None = None
    ) -> int:
        """A whole number from `low` to `high`."""
        fallback = None if local is None else str(local)
        value = self.text(name, default=str(default), local=fallback)
        try:
            number = int(value)
        except ValueError:
            raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.") from None
        if not low <= number <= high:
            raise ImproperlyConfigured(f"{name} must be from {low} to {high}, not {number}.")
        return number

    def choice(self, name: str, choices: tuple[str, ...], *, default: str, local: str) -> str:
        """One of `choices`."""
        value = self.text(name, default=default, local=local)
        if value not in choices:
            raise ImproperlyConfigured(f"{name} must be one of {', '.join(choices)}.")
        return value

    def listing(self, name: str, *, default: str | None = None, local: str) -> list[str]:
        """Comma-separated values, without blanks."""
        value = self.text(name, default=default, local=local)
        return [part.strip() for part in value.split(",") if part.strip()]

    def url(self, name: str, *, local: str) -> str:
        """An http(s) URL without a trailing slash; https only, outside the laptop."""
        value = self.text(name, local=local).rstrip("/")
        parts = urlsplit(value)
        schemes = ("http", "https") if self._local else ("https",)
        if parts.scheme not in schemes or not parts.hostname:
            raise ImproperlyConfigured(f"{name} must be an {schemes[-1]} URL, not {value!r}.")
        return value

    def arn(self, name: str, *, local: str) -> str:
        """An Amazon Resource Name."""
        value = self.text(name, local=local)
        if not _ARN.fullmatch(value):
            raise ImproperlyConfigured(f"{name} must be an ARN, not {value!r}.")
        return value
