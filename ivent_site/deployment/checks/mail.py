"""SES: whether mails leave, and whether what becomes of them is heard of.

https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_GetAccount.html
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.conf import settings

from ivent_site.deployment.checks import Finding
from ivent_site.deployment.clients import client
from ivent_site.deployment.outputs import Outputs

EVENTS: Final = frozenset(
    {"SEND", "DELIVERY", "BOUNCE", "COMPLAINT", "REJECT", "RENDERING_FAILURE"}
)
# https://www.rfc-editor.org/rfc/rfc8058#section-4: mail providers ignore them if unsigned.
SIGNED: Final = (
    "in its source, h= of a DKIM-Signature must list both List-Unsubscribe and"
    " List-Unsubscribe-Post"
)
TEST_TEXT: Final = f"check_deployment sent this. To check it: {SIGNED}."
SIMULATOR: Final = "success@simulator.amazonses.com"


def account(_: Outputs) -> Iterator[Finding]:
    """SES lets the account send, to everybody."""
    seen = client("sesv2").get_account()
    yield Finding(
        about="SES: out of the sandbox",
        good=bool(seen.get("ProductionAccessEnabled")),
        seen="yes"
        if seen.get("ProductionAccessEnabled")
        else "no: only verified addresses get mail",
        advice="Ask for production access: docs/deploying.md, step 6.",
    )
    status = seen.get("EnforcementStatus", "HEALTHY")
    yield Finding(
        about="SES: sending",
        good=bool(seen.get("SendingEnabled")) and status == "HEALTHY",
        seen=f"{'enabled' if seen.get('SendingEnabled') else 'paused'}, {status}",
        advice="Read the SES console's messages; docs/runbook.md, bounce-rate.",
    )
    quota = seen.get("SendQuota", {})
    daily, rate = quota.get("Max24HourSend", 0), quota.get("MaxSendRate", 0)
    yield Finding(
        about="SES: quota",
        good=daily != 0,
        seen=f"{daily:,.0f} a day, {rate:,.0f} a second",
        advice="Ask SES for a quota.",
    )


def identity(_: Outputs) -> Iterator[Finding]:
    """The sender is verified, signed and has a MAIL FROM of its own."""
    seen, name = _identity()
    yield Finding(
        about=f"SES: {name}",
        good=bool(seen.get("VerifiedForSendingStatus")),
        seen="verified" if seen.get("VerifiedForSendingStatus") else "not verified",
        advice="Enter the DNS records: `terraform output dns_records`.",
    )
    for about, status in {
        "DKIM": seen.get("DkimAttributes", {}).get("Status", "NOT_STARTED"),
        "MAIL FROM": seen.get("MailFromAttributes", {}).get("MailFromDomainStatus", "none"),
    }.items():
        yield Finding(
            about=f"SES: {about} of {name}",
            good=status == "SUCCESS",
            seen=status,
            advice="Enter the DNS records (`terraform output dns_records`); it may take 72 hours.",
        )


def suppression(_: Outputs) -> Iterator[Finding]:
    """SES keeps its own suppression list for bounces and complaints, in this region.

    https://docs.aws.amazon.com/ses/latest/dg/sending-email-suppression-list.html
    """
    sesv2 = client("sesv2")
    region = settings.AWS_REGION
    seen = sesv2.get_account().get("SuppressionAttributes", {})
    yield _listed(f"SES: suppression list of the account in {region}", seen)
    seen = sesv2.get_configuration_set(ConfigurationSetName=settings.SES_CONFIGURATION_SET)
    # Without options of its own, a configuration set has the account's.
    if options := seen.get("SuppressionOptions"):
        name = settings.SES_CONFIGURATION_SET
        yield _listed(f"SES: suppression list of {name} in {region}", options)


def _listed(about: str, seen: Mapping[str, Any]) -> Finding:
    reasons = sorted(seen.get("SuppressedReasons", ()))
    scope = seen.get("SuppressionScope", "ACCOUNT")
    threshold = (seen.get("ValidationAttributes") or seen.get("ValidationOptions") or {}).get(
        "ConditionThreshold", {}
    )
    validation = threshold.get("ConditionThresholdEnabled", "DISABLED")
    return Finding(
        about=about,
        # A tenant's list is not the one that Ivent shows and takes addresses off.
        good=reasons == ["BOUNCE", "COMPLAINT"] and scope == "ACCOUNT",
        seen=f"on for {', '.join(reasons) or 'nothing'}; scope {scope.lower()}; "
        f"address validation {validation.lower()}",
        advice="`terraform apply` with manage_account_suppression in one stage of the region;"
        " docs/ses-feedback.md.",
    )


def _identity() -> tuple[dict[str, Any], str]:
    """The domain's identity, or else the address's own."""
    sesv2 = client("sesv2")
    domain = settings.SENDER_EMAIL.rpartition("@")[2]
    try:
        return sesv2.get_email_identity(EmailIdentity=domain), domain
    except sesv2.exceptions.NotFoundException:
        return sesv2.get_email_identity(EmailIdentity=settings.SENDER_EMAIL), "the sender"


def events(_: Outputs) -> Iterator[Finding]:
    """SES tells what becomes of each mail: without it, unknown sends stay unknown."""
    destinations = client("sesv2").get_configuration_set_event_destinations(
        ConfigurationSetName=settings.SES_CONFIGURATION_SET
    )["EventDestinations"]
    heard: set[str] = set()
    for destination in destinations:
        if destination.get("Enabled") and "SnsDestination" in destination:
            heard.update(destination["MatchingEventTypes"])
    missing = sorted(EVENTS - heard)
    yield Finding(
        about=f"SES: events of {settings.SES_CONFIGURATION_SET}",
        good=not missing,
        seen=f"not told: {', '.join(missing)}" if missing else "all told",
        advice="`terraform apply`.",
    )


def send_test_mail(to: str) -> Finding:
    """One e-mail through the configuration set, with the caller's rights.

    It carries the headers of one-click unsubscribing, for its reader to see whether SES signs them.
    """
    unsubscribe = f"<{settings.PUBLIC_URL}/>, <mailto:{settings.UNSUBSCRIBE_EMAIL}>"
    reply = client("sesv2").send_email(
        FromEmailAddress=settings.SENDER_EMAIL,
        Destination={"ToAddresses": [to]},
        Content={
            "Simple": {
                "Subject": {"Data": "Ivent: a test mail"},
                "Body": {"Text": {"Data": TEST_TEXT}},
                "Headers": [
                    {"Name": "List-Unsubscribe", "Value": unsubscribe},
                    {"Name": "List-Unsubscribe-Post", "Value": "List-Unsubscribe=One-Click"},
                ],
            }
        },
        ConfigurationSetName=settings.SES_CONFIGURATION_SET,
    )
    return Finding(
        about="one test mail",
        good=True,
        seen=f"accepted as {reply['MessageId']}; {SIGNED}",
    )
