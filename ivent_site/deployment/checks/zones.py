"""The time zone rules: those that were deployed, beside ours and the newest there are."""

import json
from collections.abc import Iterator
from importlib.metadata import version

from ivent_site.deployment.checks import Finding
from ivent_site.deployment.checks.site import get
from ivent_site.deployment.outputs import Outputs
from ivent_site.deployment.zone_releases import ZoneReleaseError, newest_version
from ivent_site.zones import iana_version


def zone_rules(outputs: Outputs) -> Iterator[Finding]:
    """The site runs the rules of this lock file, and PyPI has no newer ones."""
    _status, body = get(f"{outputs.api_url}/healthz")
    deployed = _release(body)
    yield Finding(
        about="time zone rules of the site",
        good=deployed == iana_version(),
        seen=f"IANA {deployed or 'unknown'}; here {iana_version()}",
        advice="`make deploy`: events may show a wrong hour until then.",
    )
    locked, newest = version("tzdata"), _newest()
    yield Finding(
        about="time zone rules, the newest",
        good=newest in {"", locked},
        seen=f"tzdata {newest or 'unknown (PyPI cannot be asked)'}; locked {locked}",
        advice="`make update-zones`, then `make deploy`: docs/runbook.md, zones.",
    )


def _release(body: str) -> str:
    try:
        return str(json.loads(body).get("zones", ""))
    except (ValueError, AttributeError):
        return ""


def _newest() -> str:
    try:
        return newest_version()
    except ZoneReleaseError:
        return ""
