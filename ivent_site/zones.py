"""Time zones: one source of rules for every process, and one name for every zone.

Importing any part of `ivent_site` makes `zoneinfo` read the `tzdata` package of the lock file and
nothing else. By default it prefers the machine's own files, and no two machines have the same.
https://docs.python.org/3/library/zoneinfo.html#configuring-the-data-sources
"""

import logging
import zoneinfo
from functools import cache
from importlib import resources
from itertools import groupby
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import tzdata

logger = logging.getLogger(__name__)

Choices = list[tuple[str, Any]]

UTC_NAME: Final = "UTC"
_NO_ZONES: Final = frozenset({"Factory", "localtime", "posixrules"})


def use_locked_rules() -> None:
    """Read every zone from the `tzdata` package, also those that were read from elsewhere."""
    zoneinfo.reset_tzpath(to=())
    ZoneInfo.clear_cache()


def iana_version() -> str:
    """The release of the rules, such as "2026f"."""
    return str(tzdata.IANA_VERSION)


def zone_of(name: str) -> ZoneInfo | None:
    """The zone's rules; None if there are none of this name, as a zone may vanish."""
    try:
        return ZoneInfo(name)
    # An unknown name, a path that leads outside, a folder's name, and "".
    except (KeyError, ValueError, OSError):
        return None


def zone_rules(name: str) -> ZoneInfo:
    """The same; those of UTC for a stored name that the rules no longer know."""
    return zone_of(name) or ZoneInfo(_vanished(name))


def zone_file(name: str) -> bytes:
    """The zone's compiled rules (TZif, RFC 9636), read from where `zoneinfo` reads them."""
    return _zone_file(name, zoneinfo.TZPATH)


@cache
def _zone_file(name: str, folders: tuple[str, ...]) -> bytes:
    for folder in folders:
        if (path := Path(folder, name)).is_file():
            return path.read_bytes()
    return resources.files("tzdata").joinpath("zoneinfo", *name.split("/")).read_bytes()


@cache
def zone_names() -> frozenset[str]:
    """Every name that callers may use: the canonical ones, and older ones for the same zones."""
    names = resources.files("tzdata").joinpath("zones").read_text(encoding="utf-8").split()
    return frozenset(names) - _NO_ZONES


@cache
def canonical_names() -> tuple[str, ...]:
    """The names that forms and the API's documentation offer: UTC, and one or more per country.

    IANA's table of countries has them, Europe/Oslo among them, which the rules keep as a link to
    Europe/Berlin because their clocks have agreed since 1970. People look for their own city.
    """
    lines = _table("zone.tab").splitlines()
    cities = {line.split("\t")[2] for line in lines if line and not line.startswith("#")}
    return tuple(sorted({UTC_NAME, *cities}))


def canonical(name: str) -> str:
    """The name under which people see the zone: Europe/Kyiv for Europe/Kiev, UTC for Zulu.

    A name that the rules no longer know stays as it is.
    """
    if name in canonical_names():
        return name
    target = _links().get(name, name)
    return UTC_NAME if target in {"Etc/UTC", "Etc/GMT"} else target


def display_name(name: str) -> str:
    """The zone's name in the active language, such as “Europa/Berlin” or “Amerika/New York”."""
    region, _, place = canonical(name).partition("/")
    return f"{_regions().get(region, region)}/{_readable(place)}" if place else region


def zone_choices(saved: str = "") -> Choices:
    """The canonical zones by region, in the active language, for a select.

    A saved older name takes the place of its canonical one, so that an untouched form changes
    nothing. One that is offered nowhere comes first.
    """
    from django.utils.translation import get_language

    choices = _zone_choices(get_language() or "")
    if not saved or saved in canonical_names():
        return choices
    shown = canonical(saved)
    if shown not in canonical_names():
        return [(saved, display_name(saved)), *choices]
    return [
        (saved if value == shown else value, _with_saved(label, shown, saved))
        for value, label in choices
    ]


def _with_saved(label: Any, shown: str, saved: str) -> Any:
    if isinstance(label, str):
        return label
    return [(saved if name == shown else name, text) for name, text in label]


@cache
def _zone_choices(_language: str) -> Choices:
    """UTC, then each region's places in the order of their names. Cached per language."""
    places = [name for name in canonical_names() if "/" in name]
    regions = _regions()
    groups = [
        (regions.get(region, region), [(name, _readable(name.partition("/")[2])) for name in group])
        for region, group in groupby(places, key=lambda name: name.partition("/")[0])
    ]
    return [(UTC_NAME, UTC_NAME), *sorted(groups, key=lambda group: group[0])]


def _readable(place: str) -> str:
    return place.replace("_", " ").replace("/", " – ")


def _regions() -> dict[str, str]:
    from django.utils.translation import gettext as _

    return {
        "Africa": _("Africa"),
        "America": _("America"),
        "Antarctica": _("Antarctica"),
        "Arctic": _("Arctic"),
        "Asia": _("Asia"),
        "Atlantic": _("Atlantic"),
        "Australia": _("Australia"),
        "Europe": _("Europe"),
        "Indian": _("Indian Ocean"),
        "Pacific": _("Pacific"),
    }


@cache
def _links() -> dict[str, str]:
    """Each older name's zone, from the links of the rules (their "backward" file is among them)."""
    parts = (line.split() for line in _table("tzdata.zi").splitlines())
    return {part[2]: part[1] for part in parts if part and part[0] == "L"}


@cache
def _vanished(name: str) -> str:
    """UTC, after one line in the log: the event stays readable, by a clock that has a name."""
    logger.warning(
        "The time zone rules %s have no zone %.64r: its times are shown in UTC. Edit what uses it.",
        iana_version(),
        name,
    )
    return UTC_NAME


def _table(name: str) -> str:
    return resources.files("tzdata").joinpath("zoneinfo", name).read_text(encoding="utf-8")
