"""One large export or import in a process of its own: `python -m tests.benchmarks.bulk_child`.

Arguments: the name of a case, and its number of rows. Prints what it took as one line of JSON.
The local AWS is the one that the environment names; the subscriptions are answered in here.
"""

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import process_time
from typing import Any, Final

import django

from tests.benchmarks.child import _peak_kb

_CONSENT: Final = {"consent_source": "The list of the spring fair", "consent_date": "2026-04-01"}
_HEADING: Final = "email,topics,language\r\n"
_ROW: Final = "reader.number{:06}@mail.example.com,music|open-air,en\r\n"
_SHORTEST: Final = "{:05x}@b.cd\r\n"
_FIELDS: Final = ("email", "topics", "locale")
_PAGE: Final = "/admin/subscriptions/subscriberimport/"


class Requests:
    """What the single requests took: the most of each."""

    def __init__(self) -> None:
        self.number = 0
        self.cpu_s = 0.0
        self.bytes = 0
        self.total_bytes = 0

    @contextmanager
    def counted(self, meter: Any) -> Iterator[None]:
        """The block is one request."""
        began, aside = process_time(), meter.aside_s
        yield
        self.number += 1
        self.cpu_s = max(self.cpu_s, process_time() - began - (meter.aside_s - aside))

    def answered(self, content: bytes) -> None:
        """The reply, as Lambda passes it on: text in JSON."""
        self.bytes = max(self.bytes, len(json.dumps(content.decode())))
        self.total_bytes += len(content)

    def told(self) -> dict[str, float]:
        """For the figures."""
        return {
            "requests": self.number,
            "request_cpu_s": round(self.cpu_s, 2),
            "reply_bytes": self.bytes,
            "bytes": self.total_bytes,
        }


def export_page(number: int, *, widest: bool = False) -> dict[str, Any]:
    """What the page of the admin fetches, part by part."""
    from tests.benchmarks.bulk_readers import SubscribersByAge
    from tests.benchmarks.meter import Meter
    from tests.events.staff import signed_in

    readers, taken = SubscribersByAge(number=number, widest=widest), Requests()
    with signed_in("admins") as client, Meter(readers, units=False).attached() as meter:
        url: str | None = "/admin/subscriptions/subscription/export/part/"
        rows = 0
        while url:
            with taken.counted(meter):
                reply = client.get(url)
            assert reply.status_code == 200
            taken.answered(reply.content)
            rows += int(reply["X-Rows"])
            url = reply.get("X-Next")
    assert rows == number
    return {
        **taken.told(),
        "calls": meter.total,
        "queries": readers.queries,
        "read_units": round(readers.read_units),
    }


def export_command(number: int) -> dict[str, Any]:
    """`manage.py export_subscribers` into a file."""
    from django.core.management import call_command

    from tests.benchmarks.bulk_readers import SubscribersByAge
    from tests.benchmarks.meter import Meter

    readers, taken = SubscribersByAge(number=number), Requests()
    with (
        open(os.devnull, "w") as out,  # noqa: PTH123 - a device, as a shell opens it
        Meter(readers, units=False).attached() as meter,
        taken.counted(meter),
    ):
        call_command("export_subscribers", stdout=out)
    return {"cpu_s": taken.cpu_s, "calls": meter.total, "queries": readers.queries}


def import_check(number: int, *, line: str) -> dict[str, Any]:
    """A file of so many rows, or as large as the page takes, is uploaded and checked."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    from subscriptions.import_sheet import BYTES_MAX
    from subscriptions.models import SubscriberImport
    from tests.benchmarks.bulk_table import NoSubscribers
    from tests.benchmarks.meter import Meter
    from tests.events.staff import signed_in

    taken = Requests()
    room = (BYTES_MAX - len(_HEADING)) // len(line.format(0))
    content = (_HEADING + "".join(map(line.format, range(min(number, room))))).encode()
    with (
        signed_in("admins") as client,
        Meter(NoSubscribers(), units=False).attached() as meter,
    ):
        upload = SimpleUploadedFile("people.csv", content, "text/csv")
        with taken.counted(meter):
            reply = client.post(f"{_PAGE}add/", {"file": upload, "kind": "people"})
        assert reply.status_code == 302, reply.content.decode()[:2000]
        columns = {f"column_{place}": name for place, name in enumerate(_FIELDS)}
        with taken.counted(meter):
            reply = client.post(reply["Location"], {"language": "en", **columns, **_CONSENT})
    assert reply.status_code == 302, reply.content.decode()[:2000]
    [job] = SubscriberImport.objects.all()[:1]
    return {
        "rows": job.rows,
        "parts": job.parts,
        "check_cpu_s": round(taken.cpu_s, 2),
        "check_calls": meter.total,
    }


def import_parts(number: int) -> dict[str, Any]:
    """All parts of the newest import, which has so many people: a worker's process."""
    from subscriptions.imports import import_begin, import_get, import_step
    from subscriptions.models import SubscriberImport
    from tests.benchmarks.bulk_table import NoSubscribers
    from tests.benchmarks.meter import Meter

    [job] = SubscriberImport.objects.all()[:1]
    import_begin(import_id=job.pk)
    taken = Requests()
    with Meter(NoSubscribers(), units=False).attached() as meter:
        for _ in range(job.parts):
            with taken.counted(meter):
                import_step(import_id=job.pk)
    done = import_get(job.pk)
    assert done is not None
    assert (done.state, done.added, done.wrong) == ("done", number, 0)
    return {"step_cpu_s": round(taken.cpu_s, 2), "calls_each": meter.total / number}


def import_writes(number: int) -> dict[str, Any]:
    """The write units of people, each with their sentinel and the counts, by the real items."""
    from subscriptions import imports
    from subscriptions.enums import ImportKind
    from subscriptions.import_file import Checked, ImportedPerson
    from tests.benchmarks.meter import Meter

    people = [
        ImportedPerson(f"reader.number{each:06}@mail.example.com", ["music", "open-air"], "en", "")
        for each in range(number)
    ]
    consent = imports.DeclaredConsent(source=_CONSENT["consent_source"], date="2026-04-01")
    row = imports.import_upload(name="people.csv", kind=ImportKind.PEOPLE, content=b"email")
    checked = Checked(people=people)
    row = imports.import_check(import_id=row.key, checked=checked, consent=consent)
    imports.import_begin(import_id=row.key)
    with Meter(lambda name, body: None).attached() as meter:  # MiniStack answers
        for _ in range(int(row.parts)):
            imports.import_step(import_id=row.key)
    return {"writes_each": meter.writes / number, "reads_each": meter.reads / number}


CASES: Final[dict[str, Callable[[int], dict[str, Any]]]] = {
    "export-page": export_page,
    "export-widest": lambda number: export_page(number, widest=True),
    "export-command": export_command,
    "import": lambda number: import_check(number, line=_ROW),
    "import-parts": import_parts,
    "import-shortest": lambda number: import_check(number, line=_SHORTEST),
    "import-writes": import_writes,
}


def main() -> None:
    """Run the case, and print."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ivent_site.settings")
    django.setup()
    name, number = sys.argv[1], int(sys.argv[2])
    took = CASES[name](number)
    sys.stdout.write(json.dumps({**took, "peak_kb": _peak_kb()}) + "\n")


if __name__ == "__main__":
    main()
