"""What people and programs reach, who may come, and who is told when something is wrong."""

import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, Final

from django.conf import settings

from ivent_site.cognito.enums import Group
from ivent_site.deployment.checks import Finding
from ivent_site.deployment.clients import client
from ivent_site.deployment.outputs import Outputs
from ivent_site.dynamodb.tables import all_rows

_TIMEOUT_S: Final = 30
_STYLE_SHEET: Final = re.compile(r'href="([^"]+\.css)"')


def site(outputs: Outputs) -> Iterator[Finding]:
    """The site answers at its address, keeps strangers out of the API, and is complete."""
    url = outputs.api_url
    logs = f"Read the log: `zappa tail web`, function {outputs.web.function_name}."
    status, body = get(f"{url}/healthz")
    yield Finding(
        about=f"{url}/healthz",
        good=status == HTTPStatus.OK,
        seen=f"{status} {body[:80]}",
        advice=logs,
    )
    status, _ = get(f"{url}/events")
    yield Finding(
        about="API without a token",
        good=status == HTTPStatus.UNAUTHORIZED,
        seen=str(status),
        advice="The authorizer is missing: `terraform apply`. Until then, close the API.",
    )
    status, body = get(f"{url}/admin/login/")
    sheet = _STYLE_SHEET.search(body)
    if sheet is not None:
        origin = "/".join(url.split("/")[:3])
        status, _ = get(f"{origin}{sheet.group(1)}")
    yield Finding(
        about="admin's page and style sheet",
        good=status == HTTPStatus.OK and sheet is not None,
        seen=str(status),
        advice=logs,
    )


def get(url: str) -> tuple[int, str]:
    """Status and body of a page of ours; 0 and the reason if it does not answer."""
    try:
        with urllib.request.urlopen(url, timeout=_TIMEOUT_S) as reply:  # noqa: S310 - Terraform's own URL
            return reply.status, reply.read().decode(errors="replace")
    except urllib.error.HTTPError as err:
        return err.code, err.reason
    except OSError as err:
        return 0, str(err)


def tables(_: Outputs) -> Iterator[Finding]:
    """Every table is there, and could be restored."""
    for row in all_rows():
        name = row.Meta.table_name
        backups = client("dynamodb").describe_continuous_backups(TableName=name)
        recovery = backups["ContinuousBackupsDescription"].get("PointInTimeRecoveryDescription", {})
        status = recovery.get("PointInTimeRecoveryStatus", "DISABLED")
        yield Finding(
            about=f"table {name}",
            good=status == "ENABLED",
            seen=f"point-in-time recovery {status.lower()}",
            advice="`terraform apply`, with point-in-time recovery on.",
        )


def queues(_: Outputs) -> Iterator[Finding]:
    """Nothing was given up."""
    for name in ("fanout-dead", "requests-dead", "feedback-dead", "stream-failures"):
        full_name = f"{settings.RESOURCE_PREFIX}-{name}"
        url = client("sqs").get_queue_url(QueueName=full_name)["QueueUrl"]
        attributes = client("sqs").get_queue_attributes(
            QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"]
        )["Attributes"]
        count = int(attributes["ApproximateNumberOfMessages"])
        yield Finding(
            about=f"queue {full_name}",
            good=count == 0,
            seen=f"{count} messages",
            advice="docs/runbook.md, dead-letters.",
        )


def alarms(outputs: Outputs) -> Iterator[Finding]:
    """Each alarm is there, tells somebody, and is quiet."""
    found: dict[str, dict[str, Any]] = {}
    for page in client("cloudwatch").get_paginator("describe_alarms").paginate():
        found |= {alarm["AlarmName"]: alarm for alarm in page["MetricAlarms"]}
    missing = [name for name in outputs.alarms.values() if name not in found]
    yield Finding(
        about="alarms",
        good=not missing,
        seen=f"missing: {', '.join(missing)}" if missing else f"{len(outputs.alarms)} there",
        advice="`terraform apply`.",
    )
    for section, name in outputs.alarms.items():
        alarm = found.get(name, {"StateValue": "OK", "AlarmActions": ["missing"]})
        told = bool(alarm.get("ActionsEnabled", True) and alarm.get("AlarmActions"))
        if alarm["StateValue"] == "ALARM" or not told:
            yield Finding(
                about=f"alarm {name}",
                good=False,
                seen=alarm["StateValue"] if told else "tells nobody",
                advice=f"docs/runbook.md, {section}.",
            )


def staff(_: Outputs) -> Iterator[Finding]:
    """Somebody may administer the site."""
    people = client("cognito-idp").list_users_in_group(
        UserPoolId=settings.COGNITO_USER_POOL_ID, GroupName=Group.ADMINS.value, Limit=1
    )["Users"]
    yield Finding(
        about="an administrator",
        good=bool(people),
        seen="there is one" if people else "nobody",
        advice='make manage ENV=… ARGS="create_staff EMAIL --group admins"',
    )
