"""What SES checks of a SendBulkEmail call, and the mail it makes of an entry.

https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendBulkEmail.html
https://docs.aws.amazon.com/ses/latest/dg/header-fields.html
https://docs.aws.amazon.com/ses/latest/dg/send-personalized-email-api.html
"""

import base64
import json
import re
from collections.abc import Iterable, Mapping
from email.header import decode_header, make_header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr
from typing import Any

DESTINATIONS_MAX = 50
HEADERS_MAX = 15
TEMPLATE_BYTES_MAX = 500_000
TAG = re.compile(r"[A-Za-z0-9_-]{1,256}")
HEADER_NAME = re.compile(r"[!-9;-~]{1,126}")
HEADER_VALUE = re.compile(r"[ -~]{1,995}")
ADDRESS = re.compile(r"[!-~]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
VARIABLE = re.compile(r"\{\{\s*([A-Za-z0-9_.-]+)\s*\}\}")
DISALLOWED = frozenset(
    {
        *("bcc", "cc", "content-disposition", "content-type", "date", "from", "message-id"),
        *("mime-version", "reply-to", "return-path", "subject", "to"),
    }
)
KNOWN = {
    "call": {
        *("FromEmailAddress", "ReplyToAddresses", "ConfigurationSetName", "DefaultContent"),
        *("BulkEmailEntries", "DefaultEmailTags"),
    },
    "template": {"TemplateContent", "TemplateData", "Headers", "Attachments"},
    "entry": {"Destination", "ReplacementTags", "ReplacementEmailContent", "ReplacementHeaders"},
}


class CallRefusedError(Exception):
    """The whole call is refused, with this error of the API."""

    def __init__(self, code: str, message: str, *, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status


class RenderingError(Exception):
    """The mail was accepted and is dropped: SES tells so in an event only."""


def check_call(call: Mapping[str, Any]) -> None:
    """Raise CallRefusedError for a call that SES refuses as a whole."""
    _only(call, KNOWN["call"])
    entries = call.get("BulkEmailEntries") or []
    _require(0 < len(entries) <= DESTINATIONS_MAX, f"{len(entries)} destinations")
    template = call["DefaultContent"]["Template"]
    _only(template, KNOWN["template"])
    content = template["TemplateContent"]
    _require(bool(content.get("Subject")), "no subject")
    size = sum(len(content.get(part, "").encode()) for part in ("Text", "Html"))
    _require(size <= TEMPLATE_BYTES_MAX, "the template is too large")
    _object(template.get("TemplateData", "{}"))
    _tags(call.get("DefaultEmailTags", ()))
    for attachment in template.get("Attachments", ()):
        base64.b64decode(attachment["RawContent"], validate=True)
        _require(len(attachment["FileName"]) <= 255, "a file name is too long")
        _require(len(attachment["ContentType"]) <= 78, "a content type is too long")
    for entry in entries:
        _only(entry, KNOWN["entry"])
        _tags(entry.get("ReplacementTags", ()))
        _headers([*headers_of(template, entry)])
        _object(template_data(entry))


def check_entry(entry: Mapping[str, Any]) -> str:
    """The status of an entry that SES refuses for itself; "" if it takes it."""
    to = entry["Destination"].get("ToAddresses", [])
    fine = len(to) == 1 and all(ADDRESS.fullmatch(each) for each in to)
    return "" if fine else "INVALID_PARAMETER"


def template_data(entry: Mapping[str, Any]) -> str:
    """The entry's values, as JSON."""
    content = entry.get("ReplacementEmailContent", {}).get("ReplacementTemplate", {})
    return str(content.get("ReplacementTemplateData", "{}"))


def headers_of(template: Mapping[str, Any], entry: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """The mail's own headers: the entry's win over those of the template."""
    by_name = {
        each["Name"].lower(): (each["Name"], each["Value"])
        for each in [*template.get("Headers", ()), *entry.get("ReplacementHeaders", ())]
    }
    return by_name.values()


def mail_of(call: Mapping[str, Any], entry: Mapping[str, Any]) -> EmailMessage:
    """The mail that SES sends for the entry; RenderingError if a variable has no value."""
    template = call["DefaultContent"]["Template"]
    values = {**_object(template.get("TemplateData", "{}")), **_object(template_data(entry))}
    content = {name: render(body, values) for name, body in template["TemplateContent"].items()}
    # As UTF-8 in long lines: the library would lose spaces where it folds encoded words.
    message = EmailMessage(policy=SMTP.clone(utf8=True, max_line_length=998))
    message["From"] = _decoded(call["FromEmailAddress"])
    (message["To"],) = entry["Destination"]["ToAddresses"]
    message["Reply-To"] = ", ".join(call["ReplyToAddresses"])
    message["Subject"] = content["Subject"]
    for name, value in headers_of(template, entry):
        if name.lower() != "content-language":
            message[name] = value
    message.set_content(content["Text"])
    message.add_alternative(content["Html"], subtype="html")
    for attachment in template.get("Attachments", ()):
        _attach(message, attachment)
    for name, value in headers_of(template, entry):
        if name.lower() == "content-language":
            message[name] = value
    return message


def render(body: str, values: Mapping[str, str]) -> str:
    """The body with every variable replaced once: nothing is escaped, no value is read again."""

    def value(found: re.Match[str]) -> str:
        try:
            return str(values[found[1]])
        except KeyError:
            raise RenderingError(found[1]) from None

    if "{{" in VARIABLE.sub("", body):
        raise RenderingError("braces")
    return VARIABLE.sub(value, body)


def _decoded(sender: str) -> Address:
    name, address = parseaddr(sender)
    return Address(str(make_header(decode_header(name))), addr_spec=address)


def _attach(message: EmailMessage, attachment: Mapping[str, str]) -> None:
    kind, *parameters = (part.strip() for part in attachment["ContentType"].split(";"))
    maintype, _, subtype = kind.partition("/")
    message.add_attachment(
        base64.b64decode(attachment["RawContent"]),
        maintype=maintype,
        subtype=subtype,
        filename=attachment["FileName"],
        disposition=attachment.get("ContentDisposition", "ATTACHMENT").lower(),
        params=dict(each.split("=", 1) for each in parameters),
    )


def _require(fine: bool, message: str) -> None:
    if not fine:
        raise CallRefusedError("BadRequestException", message)


def _only(given: Mapping[str, Any], known: set[str]) -> None:
    _require(given.keys() <= known, f"unknown parameters: {given.keys() - known}")


def _object(text: str) -> dict[str, str]:
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise CallRefusedError("BadRequestException", "Template data is no JSON object.")
    return value


def _tags(tags: Iterable[Mapping[str, str]]) -> None:
    for tag in tags:
        fine = TAG.fullmatch(tag["Name"]) and TAG.fullmatch(tag["Value"])
        _require(bool(fine), f"Invalid tag: {tag}")


def _headers(headers: list[tuple[str, str]]) -> None:
    _require(len(headers) <= HEADERS_MAX, f"{len(headers)} headers")
    for name, value in headers:
        fine = HEADER_NAME.fullmatch(name) and HEADER_VALUE.fullmatch(value)
        _require(bool(fine) and len(name + value) <= 996, f"Invalid header: {name}")
        _require(name.lower() not in DISALLOWED, f"Disallowed header: {name}")
