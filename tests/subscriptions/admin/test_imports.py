"""The pages of imports: uploaded, read, checked, started, watched."""

import re

import pytest
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile

from ivent_site.aws import sqs
from subscriptions.exports import export_parts
from subscriptions.import_sheet import BYTES_MAX
from subscriptions.imports import import_body, import_get, import_step
from subscriptions.models import SubscriberImport
from subscriptions.selectors import subscription_by_email
from subscriptions.tables import ImportPartRow, ImportRow
from tests.dynamodb_calls import dynamodb_calls
from tests.dynamodb_in_process import rows_forget
from tests.factories import make_topic
from tests.factories_subscriptions import known, make_confirmed
from tests.subscriptions.sheets import workbook

pytestmark = pytest.mark.usefixtures("aws")

LIST = "/admin/subscriptions/subscriberimport/"
CSV = b"""who,email,topics
Ada,ada@example.com,Music
Bob,nobody,
Eve,eve@example.com,chess
"""
FIELDS = ("", "email", "topics")
DECLARED = {"consent_source": "Fair list", "consent_date": "2026-04-01"}
PRESS = {"_form_submitted": "on"}


def upload(client, content=CSV, **values):
    file = SimpleUploadedFile("people.csv", content, "text/csv")
    return client.post(f"{LIST}add/", {"file": file, "kind": "people", **values})


def columns(*fields, **values):
    chosen = {f"column_{place}": field for place, field in enumerate(fields)}
    return {"language": "de", **chosen, **values}


def checked(client, content=CSV, fields=FIELDS, **values):
    """The path of an import that is uploaded and checked."""
    answer = upload(client, content)
    [job] = SubscriberImport.objects.all()
    assert answer["Location"] == f"{LIST}{job.pk}/columns/"
    answer = client.post(f"{LIST}{job.pk}/columns/", columns(*fields, **values))
    assert answer["Location"] == f"{LIST}{job.pk}/change/", answer.content.decode()[:3000]
    return f"{LIST}{job.pk}/"


def test_a_file_is_uploaded_read_checked_and_imported_with_its_consent(sign_in):
    make_topic("music")
    admin = sign_in("admins")
    assert upload(admin).status_code == 302
    [job] = SubscriberImport.objects.all()
    page = f"{LIST}{job.pk}/"
    assert admin.get(f"{page}change/")["Location"] == f"{page}columns/"
    form = admin.get(f"{page}columns/").content.decode()
    for said in ("Nothing is imported yet", "ada@example.com", "Not read:", "No column says who"):
        assert said in form
    assert "successfully" not in form
    assert 'value="topics" selected' in form
    admin.post(f"{page}columns/", columns(*FIELDS, **DECLARED))
    report = admin.get(f"{page}change/").content.decode()
    for said in (
        "Nothing is imported yet. 1 row can be imported once you start.",
        "Line 3, “email”: This is no e-mail address. “nobody”",
        "Line 4, “topics”: There is no such topic. “chess”",
        "Given on 2026-04-01: “Fair list”.",
        "Not read:</strong> who.",
        f"{page}begin/",
        f"{page}columns",
    ):
        assert said in report
    assert f"{page}stop/" not in report
    assert "<progress" not in report
    admin.post(f"{page}begin/", PRESS)
    running = admin.get(f"{page}progress/").content.decode()
    assert 'hx-trigger="every 2s"' in running
    assert "Importing: 0 of 1 rows so far, about 1 minute left." in running
    [message] = sqs().receive_message(QueueUrl=settings.REQUESTS_QUEUE_URL)["Messages"]
    assert message["Body"] == import_body(job.pk)
    import_step(import_id=job.pk)
    done = admin.get(f"{page}progress/").content.decode()
    assert "Finished: 1 of 1 rows." in done
    assert "1 subscribed; 0 were here already" in done
    assert "hx-trigger" not in done
    ada = known(subscription_by_email("ada@example.com"))
    assert (ada.topics, ada.locale, ada.consent["source"]) == (["music"], "de", "Fair list")
    messages = {entry.change_message for entry in LogEntry.objects.filter(user_id="sub-admins")}
    assert messages == {
        "Uploaded: people.",
        "Checked: 1 rows to import, 2 left out. Consent of 2026-04-01: “Fair list”.",
        "State: checked → running.",
    }


def test_what_is_wrong_with_which_value_is_for_the_staff_alone(sign_in, caplog):
    admin = sign_in("admins")
    page = checked(admin, b"email\nsecret at example.com\n", ["email"])
    assert "secret at example.com" in admin.get(f"{page}change/").content.decode()
    assert "secret" not in caplog.text
    history = LogEntry.objects.filter(user_id="sub-admins")
    assert all("secret" not in entry.change_message for entry in history)
    [job] = SubscriberImport.objects.all()
    # Nor is it kept for longer than the rows are.
    assert "secret" not in str(known(import_get(job.pk)).to_simple_dict())
    [kept] = ImportPartRow.query(f"import#{job.checked_as}")
    assert (kept.key, kept.people) == ("values", ["secret at example.com"])
    kept.delete()
    assert "There is a space in the address." in admin.get(f"{page}change/").content.decode()


def test_a_person_changes_how_the_columns_are_read(sign_in):
    make_topic("music")
    admin = sign_in("admins")
    content = b'"Email Address","First Name",TAGS\na@example.com,Ada,"""Music"""\n'
    page = checked(admin, content, ["email", "first_name", ""])
    [job] = SubscriberImport.objects.all()
    assert job.columns == [
        ["Email Address", "email"],
        ["First Name", "first_name"],
        ["TAGS", ""],
    ]
    form = admin.get(f"{page}columns/").content.decode()
    assert "Not read:</strong> TAGS." in form
    admin.post(f"{page}columns/", columns("email", "", "topics", **DECLARED))
    admin.post(f"{page}begin/", PRESS)
    import_step(import_id=job.pk)
    assert known(subscription_by_email("a@example.com")).topics == ["music"]


def test_a_column_of_addresses_is_found_whatever_it_is_called(sign_in):
    admin = sign_in("admins")
    upload(admin, b"Kontakt;E\na@example.com;x@y\nb@example.com;z\n")
    [job] = SubscriberImport.objects.all()
    form = admin.get(f"{LIST}{job.pk}/columns/").context["form"]
    assert [column.field.value() for column in form.shown()] == ["email", ""]


def test_those_who_left_are_left_out_and_counted(sign_in):
    admin = sign_in("admins")
    content = b"email,status\na@example.com,left\nb@example.com,left\nc@example.com,confirmed\n"
    page = checked(admin, content, ["email", "status"])
    report = admin.get(f"{page}change/").content.decode()
    assert "2 × By this status they get no e-mail." in report
    assert "1 row can be imported" in report
    assert "No column says who" not in admin.get(f"{page}columns/").content.decode()


def test_a_workbook_is_imported_as_a_text_is(sign_in):
    admin = sign_in("admins")
    content = workbook([["Email", "Language"], ["a@example.com", "de-AT"]], [["x"]])
    page = checked(admin, content, ["email", "locale"])
    form = admin.get(f"{page}columns/").content.decode()
    assert "The workbook has 2 sheets." in form
    assert "Text encoding" not in form
    assert "1 row can be imported" in admin.get(f"{page}change/").content.decode()


def test_another_encoding_is_chosen_when_names_look_wrong(sign_in):
    admin = sign_in("admins")
    upload(admin, "email,name\na@example.com,Zoë\n".encode("mac_roman"))
    [job] = SubscriberImport.objects.all()
    page = f"{LIST}{job.pk}/columns/"
    found = admin.get(page).content.decode()
    assert "It was read as Windows-1252" in found
    assert "Zoë" not in found
    assert "Zoë" in admin.get(f"{page}?encoding=mac_roman").content.decode()
    assert admin.get(f"{page}?encoding=rot13").status_code == 200
    admin.post(page, columns("email", "name", encoding="mac_roman", **DECLARED))
    [part, _values] = ImportPartRow.query(f"import#{known(import_get(job.pk)).checked_as}")
    assert "Zoë" in part.people[0]


def test_a_do_not_mail_list_stops_its_addresses_and_says_so_with_each(sign_in):
    person = make_confirmed("ada@example.com")
    admin = sign_in("admins")
    content = b"address,status,note\nada@example.com,subscribed,x\nnew@example.com,,\n"
    upload(admin, content, kind="block")
    [job] = SubscriberImport.objects.all()
    page = f"{LIST}{job.pk}/"
    form = admin.get(f"{page}columns/").content.decode()
    assert "Say which column has the addresses" in form
    assert "consent_source" not in form
    assert "No column says who" not in form
    admin.post(f"{page}columns/", columns("email", "", ""))
    assert "2 rows can be imported" in admin.get(f"{page}change/").content.decode()
    admin.post(f"{page}begin/", PRESS)
    import_step(import_id=job.pk)
    assert "2 stopped; 0 were stopped before" in admin.get(f"{page}progress/").content.decode()
    subscriber = admin.get(f"/admin/subscriptions/subscription/{person.id}/change/")
    assert "on the do-not-mail list" in subscriber.content.decode()


def test_an_export_is_restored_without_a_question(sign_in):
    make_confirmed("ada@example.com", topics=["gone"])
    content = "".join(export_parts(status=None)).encode()
    admin = sign_in("admins")
    rows_forget()
    admin = sign_in("admins")
    answer = upload(admin, content, kind="restore")
    [job] = SubscriberImport.objects.all()
    page = f"{LIST}{job.pk}/"
    assert answer["Location"] == f"{page}change/"
    report = admin.get(f"{page}change/").content.decode()
    assert "These topics do not exist here." in report
    assert f"{page}begin/" in report
    assert f'{page}columns"' not in report
    assert admin.get(f"{page}columns/").status_code == 302
    admin.post(f"{page}begin/", PRESS)
    import_step(import_id=job.pk)
    assert "1 restored; 0 were here already" in admin.get(f"{page}progress/").content.decode()


def test_progress_is_spoken_at_each_tenth_and_ends_in_the_report(sign_in):
    admin = sign_in("admins")
    page = checked(admin, b"email\na@example.com\n", ["email"])
    admin.post(f"{page}begin/", PRESS)
    assert "import-said" in admin.get(f"{page}progress/").content.decode()
    part = admin.get(f"{page}progress/?said=0", headers={"HX-Request": "true"})
    assert "import-said" not in part.content.decode()
    assert "HX-Refresh" not in part
    [job] = SubscriberImport.objects.all()
    import_step(import_id=job.pk)
    part = admin.get(f"{page}progress/?said=0", headers={"HX-Request": "true"})
    assert "import-said" in part.content.decode()
    assert part["HX-Refresh"] == "true"
    assert "1 are being asked by e-mail" in part.content.decode()


def test_large_numbers_are_separated_for_people_alone(sign_in):
    admin = sign_in("admins")
    page = checked(admin, b"email\nada@example.com", ["email"])
    [job] = SubscriberImport.objects.all()
    row = known(import_get(job.pk))
    row.update(
        actions=[
            ImportRow.rows.set(199_000),
            ImportRow.state.set("running"),
            ImportRow.added.set(1_000),
        ]
    )
    assert "<td>199,000" in re.sub(r"<td[^>]*>\s*", "<td>", admin.get(LIST).content.decode())
    part = admin.get(f"{page}progress/").content.decode()
    assert "1,000 of 199,000 rows so far, about 66 minutes left" in part
    assert 'max="199000" value="1000"' in part


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"content": b"\xff\xfe"}, "file"),
        ({"content": b"x" * (BYTES_MAX + 1)}, "file"),
        ({"content": b""}, "file"),
        ({"content": b'email,name\na@example.com,"Ana\nb@example.com,Ben\n'}, "file"),
        ({"kind": "other"}, "kind"),
        ({"kind": "restore"}, "file"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_at_its_field(sign_in, values, field):
    page = upload(sign_in("admins"), **values)
    assert page.status_code == 200
    assert list(page.context["adminform"].form.errors) == [field]
    assert list(SubscriberImport.objects.all()) == []


@pytest.mark.parametrize(
    ("fields", "values", "field"),
    [
        (FIELDS, {"consent_source": "Fair list"}, "consent_date"),
        (FIELDS, {"consent_date": "2026-04-01"}, "consent_source"),
        (FIELDS, {"consent_source": "Fair", "consent_date": "2999-01-01"}, "consent_date"),
        (FIELDS, {"language": "xx"}, "language"),
        (("", "", ""), {}, "__all__"),
        (("email", "email", ""), {}, "column_0"),
        (("email", "nonsense", ""), {}, "column_1"),
    ],
)
def test_what_cannot_be_checked_is_said_at_its_field(sign_in, fields, values, field):
    admin = sign_in("admins")
    upload(admin)
    [job] = SubscriberImport.objects.all()
    page = admin.post(f"{LIST}{job.pk}/columns/", columns(*fields, **values))
    assert page.status_code == 200
    assert field in page.context["form"].errors
    assert known(import_get(job.pk)).state == "uploaded"


def test_a_file_that_is_gone_is_to_be_uploaded_again(sign_in):
    admin = sign_in("admins")
    page = checked(admin)
    admin.post(f"{page}begin/", PRESS)
    for method in (admin.get, admin.post):
        assert method(f"{page}columns/")["Location"] == LIST
    assert admin.get(f"{LIST}nothing/columns/").status_code == 404


def test_an_import_is_stopped_and_the_second_press_is_told(sign_in):
    admin = sign_in("admins")
    page = checked(admin, b"email\nada@example.com", ["email"])
    admin.post(f"{page}begin/", PRESS)
    admin.post(f"{page}stop/", PRESS)
    admin.post(f"{page}stop/", PRESS)
    [job] = SubscriberImport.objects.all()
    assert known(import_get(job.pk)).state == "stopped"
    report = admin.get(f"{page}change/").content.decode()
    assert "cannot be done" in report
    assert "Stopped after 0 of 1 rows." in report


@pytest.mark.parametrize("group", ["editors", "viewers"])
def test_nobody_but_admins_sees_imports(sign_in, group):
    client = sign_in(group)
    for path in ("", "add/", "x/change/", "x/begin/", "x/stop/", "x/columns/"):
        assert client.get(f"{LIST}{path}").status_code == 403
    assert client.get(f"{LIST}x/progress/").status_code == 404


def test_the_pages_cost_the_same_however_many_rows_and_imports_there_are(sign_in):
    admin = sign_in("admins")
    costs = []
    for rows in (1, 300):
        content = b"email\n" + b"".join(b"p%d@example.com\nx\n" % each for each in range(rows))
        upload(admin, content)
        job = SubscriberImport.objects.all()[0]
        admin.post(f"{LIST}{job.pk}/columns/", columns("email"))
        for path in ("", f"{job.pk}/change/", f"{job.pk}/columns/", f"{job.pk}/progress/"):
            with dynamodb_calls() as calls:
                assert admin.get(f"{LIST}{path}").status_code == 200
            costs.append(dict(calls))
    assert costs[0] == {"GetItem": 1, "Query": 1}
    assert costs[1] == {"GetItem": 3}
    assert costs[2] == {"GetItem": 2, "Query": 1}
    assert costs[4:] == costs[:4]
