"""The parts of a SendBulkEmail call: what all its mails share, and each recipient's entry.

The SDK does not check these parameters, so what SES would refuse is found here.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextvars import ContextVar
from functools import lru_cache
from json import JSONEncoder
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from django.conf import settings

from notifications.headers import mailbox
from notifications.mails import Letter, Mail
from notifications.mime import CALENDAR_FILE, UnmailableError, check_headers
from notifications.transports.inline_template import LETTERS_KEPT, inline_template

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sesv2.type_defs import (
        BulkEmailEntryResultTypeDef,
        BulkEmailEntryTypeDef,
        MessageHeaderTypeDef,
        TemplateTypeDef,
    )

# Plain enough not to be taken for a list of addresses, a name or an encoded word.
_ADDRESS: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=^_`{|}~-]+@[A-Za-z0-9.-]+")
# https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_MessageHeader.html
_HEADER_VALUE: Final = re.compile(r"[ -~]{1,900}")
# Fifteen in one mail, of which a letter has at most five and a recipient two.
HEADERS_MAX: Final = 7
# https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_MessageTag.html
_TAG: Final = re.compile(r"[A-Za-z0-9_-]{1,256}")
# SES makes them itself, and refuses calls that do:
# https://docs.aws.amazon.com/ses/latest/dg/header-fields.html
_BY_SES: Final = frozenset({"Message-ID", "Reply-To"})
_BEFORE_CALL: Final = "before-call.sesv2.SendBulkEmail"
_NO_ENTRIES: Final = b'"BulkEmailEntries": []'
_ENTRIES: Final = b'"BulkEmailEntries": %s'
_entries: ContextVar[str] = ContextVar("entries")
# Below the size that SES is sure to take: a digest of fifty different lists may be more.
CALL_BYTES_MAX: Final = 900_000
# Field names, addresses and headers of the call itself.
_CALL_OVERHEAD: Final = 4_000
# Not escaped: “\\u0416” is six bytes where “Ж” is two.
_json = JSONEncoder(ensure_ascii=False).encode
# As the SDK encodes the letter.
_escaped = JSONEncoder().encode


class Part(NamedTuple):
    """What goes in one call."""

    mails: list[Mail]
    entries: list[str]


def entry_json(mail: Mail) -> str:
    """The recipient's entry of the call; UnmailableError if a bulk call cannot carry the mail."""
    return _json(entry(mail))


def entry(mail: Mail) -> "BulkEmailEntryTypeDef":
    """The same before it is encoded."""
    tags, template = mail.tags, inline_template(mail.letter)
    if not (_ADDRESS.fullmatch(mail.to) and all(map(_TAG.fullmatch, tags.values()))):
        raise UnmailableError("A bulk call cannot carry this address or these tags.")
    return {
        "Destination": {"ToAddresses": [mail.to]},
        # All of them here: SES has been seen to ignore those of the call.
        # https://github.com/boto/boto3/issues/4838
        "ReplacementTags": [{"Name": name, "Value": tags[name]} for name in tags],
        "ReplacementEmailContent": {
            "ReplacementTemplate": {
                "ReplacementTemplateData": template.data(mail.values, mail.markup)
            }
        },
        "ReplacementHeaders": _headers(mail.headers),
    }


def in_calls(letter: Letter, mails: Sequence[Mail], entries: Sequence[str]) -> Iterator[Part]:
    """The mails and their entries, in order, in parts that each fit into a call of CALL_BYTES_MAX.

    An entry that fits into no call makes one of its own, which SES then refuses.
    """
    room = CALL_BYTES_MAX - _letter_bytes(letter)
    part, used = Part([], []), 0
    for mail, each in zip(mails, entries, strict=True):
        size = len(each.encode()) + 1
        if part.mails and used + size > room:
            yield part
            part, used = Part([], []), 0
        part.mails.append(mail)
        part.entries.append(each)
        used += size
    if part.mails:
        yield part


@lru_cache(LETTERS_KEPT)
def _letter_bytes(letter: Letter) -> int:
    template = inline_template(letter)
    # In base64, four bytes for three.
    calendar = len(letter.calendar.content) * 4 // 3 if letter.calendar else 0
    texts = (template.subject, template.text, template.html)
    return _CALL_OVERHEAD + calendar + sum(len(_escaped(text)) for text in texts)


def send_bulk_email(
    client: "SESV2Client", letter: Letter, entries: Sequence[str]
) -> "list[BulkEmailEntryResultTypeDef]":
    """SES's word on each of the entries, which are JSON.

    The SDK would walk through every field of every entry, which takes longer than all else:
    it gets none of them, and they are put into the finished body, in which their names are
    the same.
    """
    client.meta.events.register(_BEFORE_CALL, _insert_entries, unique_id=_BEFORE_CALL)
    waiting = _entries.set(f"[{','.join(entries)}]")
    try:
        reply = client.send_bulk_email(
            FromEmailAddress=mailbox(letter.sender_name, settings.SENDER_EMAIL),
            ReplyToAddresses=[letter.headers["Reply-To"]],
            ConfigurationSetName=settings.SES_CONFIGURATION_SET,
            DefaultContent={"Template": _template(letter)},
            BulkEmailEntries=(),
        )
    finally:
        _entries.reset(waiting)
    return reply["BulkEmailEntryResults"]


def _insert_entries(params: dict[str, Any], **_: object) -> None:
    """Botocore's before-call event: the request is made, and not yet signed."""
    # No text can hold the mark: its quotes would be escaped.
    before, _mark, after = params["body"].partition(_NO_ENTRIES)
    params["body"] = before + _ENTRIES % _entries.get().encode() + after


@lru_cache(LETTERS_KEPT)
def _template(letter: Letter) -> "TemplateTypeDef":
    check_headers({"From": letter.sender_name, "Subject": letter.subject})
    template = inline_template(letter)
    result: TemplateTypeDef = {
        "TemplateContent": {
            "Subject": template.subject,
            "Text": template.text,
            "Html": template.html,
        },
        "TemplateData": "{}",
        "Headers": _headers({**letter.headers, "Content-Language": letter.language}),
    }
    if letter.calendar:
        result["Attachments"] = [
            {
                "RawContent": letter.calendar.content,
                "ContentDisposition": "ATTACHMENT",
                "FileName": CALENDAR_FILE,
                "ContentType": f"text/calendar; method={letter.calendar.method}; charset=utf-8",
                "ContentTransferEncoding": "BASE64",
            }
        ]
    return result


def _headers(headers: Mapping[str, str]) -> "list[MessageHeaderTypeDef]":
    if len(headers) > HEADERS_MAX or not all(map(_HEADER_VALUE.fullmatch, headers.values())):
        raise UnmailableError("A bulk call cannot carry these headers.")
    return [
        {"Name": name, "Value": value} for name, value in headers.items() if name not in _BY_SES
    ]
