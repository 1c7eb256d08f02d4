"""What only the real AWS can show, looked at after a deployment: `manage.py check_deployment`.

Each check reads one thing and gives findings; none changes anything but the one test mail.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError

from ivent_site.deployment.outputs import Outputs


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One line of the table: what was looked at, what was seen, what to do if it is bad."""

    about: str
    good: bool
    seen: str
    advice: str = ""


Check = Callable[[Outputs], Iterator[Finding]]


def findings_of(check: Check, outputs: Outputs) -> list[Finding]:
    """What a check finds; a refusal of AWS is a finding, too."""
    found: list[Finding] = []
    try:
        found.extend(check(outputs))
    except (BotoCoreError, ClientError) as err:
        found.append(
            Finding(
                about=check.__name__.replace("_", " "),
                good=False,
                seen=str(err),
                advice="Look with the rights of an administrator, or make what is missing: "
                "`make deploy`.",
            )
        )
    return found
