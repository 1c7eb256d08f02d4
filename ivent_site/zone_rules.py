"""The rules of time zones: which IANA release is in use, and what it says about a zone."""

from zoneinfo import ZoneInfo

import tzdata  # type: ignore[import-untyped]  # it brings no types


def rules_version() -> str:
    """The IANA release of the rules in use, such as "2026f": later ones sort behind."""
    return str(tzdata.IANA_VERSION)


def zone_of(name: str) -> ZoneInfo | None:
    """The zone; None if the rules do not know it, as a zone may vanish from a later release."""
    try:
        return ZoneInfo(name)
    # An unknown name, a path that leads outside, a folder's name, and "".
    except (KeyError, ValueError, OSError):
        return None
