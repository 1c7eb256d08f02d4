"""The pages of imports: checked, read, begun, watched."""

import re

import pytest
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile

from ivent_site.aws import sqs
from subscriptions.import_file import BYTES_MAX
from subscriptions.imports import import_body, import_get, import_step
from subscriptions.models import SubscriberImport
from subscriptions.selectors import subscription_by_email
from subscriptions.tables import ImportRow
from tests.dynamodb_calls import dynamodb_calls
from tests.factories import make_topic
from tests.factories_subscriptions import known

pytestmark = pytest.mark.usefixtures("aws")

LIST = "/admin/subscriptions/subscriberimport/"
CSV = b"""who,email,topics
Ada,ada@example.com,Music
Bob,nobody,
Eve,eve@example.com,chess
"""


def form(content=CSV, **values):
    return {
        "file": SimpleUploadedFile("people.csv", content, "text/csv"),
        "language": "de",
        **values,
    }


def test_a_file_is_checked_reported_and_imported_with_its_consent(sign_in):
    make_topic("music")
    admin = sign_in("admins")
    declared = {"consent_source": "Fair list", "consent_date": "2026-04-01"}
    answer = admin.post(f"{LIST}add/", form(**declared))
    [job] = SubscriberImport.objects.all()
    page = f"{LIST}{job.pk}/"
    assert answer["Location"].startswith(f"{page}change/")
    report = admin.get(f"{page}change/").content.decode()
    for said in (
        "Line 3, “email”: This is no e-mail address.",
        "Line 4, “topics”: There is no topic “chess”.",
        "0 of 1 people",
        "Given on 2026-04-01: “Fair list”.",
        f"{page}begin/",
    ):
        assert said in report
    assert f"{page}stop/" not in report
    admin.post(f"{page}begin/", {"_form_submitted": "on"})
    assert 'hx-trigger="every 2s"' in admin.get(f"{page}progress/").content.decode()
    [message] = sqs().receive_message(QueueUrl=settings.REQUESTS_QUEUE_URL)["Messages"]
    assert message["Body"] == import_body(job.pk)
    import_step(import_id=job.pk)
    done = admin.get(f"{page}progress/").content.decode()
    assert "1 of 1 people; 1 added or asked, 0 known before" in done
    assert "hx-trigger" not in done
    ada = known(subscription_by_email("ada@example.com"))
    assert (ada.topics, ada.locale, ada.consent["source"]) == (["music"], "de", "Fair list")
    messages = {entry.change_message for entry in LogEntry.objects.filter(user_id="sub-admins")}
    assert messages == {
        "Checked: 1 people, 2 rows left out. Consent of 2026-04-01: “Fair list”.",
        "State: checked → running.",
    }


def test_large_numbers_are_separated_for_people_alone(sign_in):
    admin = sign_in("admins")
    admin.post(f"{LIST}add/", form(b"email\nada@example.com"))
    [job] = SubscriberImport.objects.all()
    row = known(import_get(job.pk))
    row.update(actions=[ImportRow.rows.set(199_000), ImportRow.parts.set(1990)])
    assert "<td>199,000" in re.sub(r"<td[^>]*>\s*", "<td>", admin.get(LIST).content.decode())
    page = admin.get(f"{LIST}{job.pk}/progress/").content.decode()
    assert "0 of 199,000 people" in page
    assert 'max="1990"' in page


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"consent_source": "Fair list"}, "consent_date"),
        ({"consent_date": "2026-04-01"}, "consent_source"),
        ({"consent_source": "Fair", "consent_date": "2999-01-01"}, "consent_date"),
        ({"email_column": "contact"}, "file"),
        ({"language": "xx"}, "language"),
        ({"content": b"\xff\xfe"}, "file"),
        ({"content": b"x" * (BYTES_MAX + 1)}, "file"),
        ({"content": b""}, "file"),
    ],
)
def test_what_cannot_be_imported_is_said_at_its_field(sign_in, values, field):
    page = sign_in("admins").post(f"{LIST}add/", form(**values))
    assert page.status_code == 200
    assert list(page.context["adminform"].form.errors) == [field]
    assert list(SubscriberImport.objects.all()) == []


def test_an_import_is_stopped_and_the_second_press_is_told(sign_in):
    admin = sign_in("admins")
    admin.post(f"{LIST}add/", form(b"email\nada@example.com"))
    [job] = SubscriberImport.objects.all()
    press = {"_form_submitted": "on"}
    admin.post(f"{LIST}{job.pk}/begin/", press)
    admin.post(f"{LIST}{job.pk}/stop/", press)
    admin.post(f"{LIST}{job.pk}/stop/", press)
    assert known(import_get(job.pk)).state == "stopped"
    assert "cannot be done" in admin.get(f"{LIST}{job.pk}/change/").content.decode()


@pytest.mark.parametrize("group", ["editors", "viewers"])
def test_nobody_but_admins_sees_imports(sign_in, group):
    client = sign_in(group)
    for path in ("", "add/", "x/change/", "x/begin/", "x/stop/"):
        assert client.get(f"{LIST}{path}").status_code == 403
    assert client.get(f"{LIST}x/progress/").status_code == 404


def test_the_list_costs_the_same_however_many_there_are(sign_in):
    admin = sign_in("admins")
    costs = []
    for _ in range(2):
        admin.post(f"{LIST}add/", form())
        with dynamodb_calls() as calls:
            assert admin.get(LIST).status_code == 200
        costs.append(dict(calls))
    assert costs == [{"GetItem": 1, "Query": 1}] * 2
