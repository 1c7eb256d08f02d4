"""Columns and states of other programs' exports."""

import pytest

from subscriptions.import_columns import PROGRAMS, Field, fields_guess, may_be_mailed
from subscriptions.import_file import EXPORT_HEADING, Reading, file_check

READING = Reading(locales=("en", "de"), default_locale="en", topics={"vip": "vip"})


def check(text, **how):
    return file_check(text.encode(), READING)


def emails(checked):
    return [person.email for person in checked.people]


# Headings as the programs write them, with one row that may be mailed and others that may not.
EXPORTS = {
    "Ivent": (
        "email,name,status,topics,language,timezone,frequency,created_at,confirmed_at",
        "ok@example.com,,confirmed,,en,,at_once,2026-01-01,2026-01-01",
        [
            "a@example.com,,pending,,en,,at_once,2026-01-01,",
            "b@example.com,,left,,en,,at_once,2026-01-01,",
            "c@example.com,,bounced,,en,,at_once,2026-01-01,",
            "d@example.com,,complained,,en,,at_once,2026-01-01,",
            "e@example.com,,suppressed,,en,,at_once,2026-01-01,",
        ],
    ),
    "listmonk": (
        "uuid,email,name,attributes,status,created_at,updated_at",
        'x,ok@example.com,Ada,"{""city"": ""Ulm""}",enabled,2026,2026',
        ["x,a@example.com,Ada,{},blocklisted,2026,2026", "x,b@example.com,Ada,{},disabled,2026,"],
    ),
    "Mailchimp, subscribed": (
        '"Email Address","First Name","Last Name",Address,MEMBER_RATING,OPTIN_TIME,TIMEZONE,TAGS',
        'ok@example.com,Ada,Lovelace,"1 High Street",2,"2026-01-01 10:00",Europe/London,"""VIP"""',
        [],
    ),
    "Mailchimp, unsubscribed": (
        '"Email Address","First Name",UNSUB_TIME,UNSUB_CAMPAIGN_TITLE,UNSUB_REASON',
        "ok@example.com,Ada,,,",
        ['a@example.com,Bo,"2026-01-01 10:00:00",News,NORMAL'],
    ),
    "Mailchimp, cleaned": (
        '"Email Address",CLEAN_TIME,CLEAN_CAMPAIGN_TITLE',
        "ok@example.com,,",
        ['a@example.com,"2026-01-01 10:00:00",News'],
    ),
    "Substack": (
        "email,active_subscription,expiry,plan,email_disabled,created_at",
        "ok@example.com,false,,other,false,2026-01-01",
        ["a@example.com,true,2027-01-01,yearly,true,2026-01-01"],
    ),
    "Ghost": (
        "id,email,name,note,subscribed_to_emails,complimentary_plan,created_at,deleted_at,labels",
        "1,ok@example.com,Ada,,true,false,2026-01-01,,",
        ["2,a@example.com,Bo,,false,false,2026,,", "3,b@example.com,Cy,,true,,2026,2026-02-02,"],
    ),
    "HubSpot": (
        "Record ID,Email,Lifecycle Stage,Unsubscribed from all email,Email hard bounce reason",
        "1,ok@example.com,Subscriber,,",
        ["2,a@example.com,Lead,Yes,", "3,b@example.com,Lead,,Unknown user"],
    ),
    "Brevo": (
        "CONTACT ID;EMAIL;FIRSTNAME;LASTNAME;SMS;EMAIL_BLACKLISTED",
        "1;ok@example.com;Ada;Lovelace;;false",
        ["2;a@example.com;Bo;X;;true"],
    ),
    "Buttondown": (
        "email_address,type,tags,creation_date",
        "ok@example.com,regular,VIP,2026-01-01",
        ["a@example.com,unactivated,,2026-01-01", "b@example.com,removed,,2026-01-01"],
    ),
    "MailerLite": (
        "Subscriber,Status,Name,Last name",
        "ok@example.com,Active,Ada,Lovelace",
        ["a@example.com,Junk,Bo,X", "b@example.com,Unconfirmed,Cy,Y", "c@example.com,Bounced,,"],
    ),
    "Keila": (
        "Email,First name,Last name,Status",
        "ok@example.com,Ada,Lovelace,active",
        ["a@example.com,Bo,X,unreachable", "b@example.com,Cy,Y,unsubscribed"],
    ),
    "phpList": (
        "id\temail\tconfirmed\tblacklisted\tList Membership",
        "1\tok@example.com\t1\t0\tnews ",
        ["2\ta@example.com\t0\t0\tnews ", "3\tb@example.com\t1\t1\tNo Lists"],
    ),
}


@pytest.mark.parametrize("name", EXPORTS)
def test_of_an_export_only_those_who_may_be_mailed_are_imported_and_the_others_reported(name):
    heading, kept, left_out = EXPORTS[name]
    checked = check("\n".join([heading, kept, *left_out]))
    assert emails(checked) == ["ok@example.com"]
    assert checked.wrong == len(left_out)
    assert [problem.line for problem in checked.problems] == list(range(3, 3 + len(left_out)))
    assert all(problem.value for problem in checked.problems)


def test_every_program_of_the_table_is_tried():
    assert {name.partition(",")[0] for name in EXPORTS} == {each.name for each in PROGRAMS}
    assert all(each.source and Field.EMAIL in each.columns.values() for each in PROGRAMS)


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.name)
def test_no_word_of_one_program_means_the_opposite_in_another(program):
    for word in program.mailed:
        assert may_be_mailed(Field.STATUS, word.upper()) is True
    for word in program.not_mailed:
        assert may_be_mailed(Field.STATUS, word.replace("_", " ")) is False


def test_an_unknown_or_missing_status_leaves_the_row_out():
    checked = check("email,status\na@example.com,perhaps\nb@example.com,\nc@example.com\n")
    assert emails(checked) == []
    assert [(problem.line, problem.value) for problem in checked.problems] == [
        (2, "perhaps"),
        (3, ""),
        (4, ""),
    ]


@pytest.mark.parametrize(
    ("field", "text", "answer"),
    [
        (Field.OPTED_OUT, "", True),
        (Field.OPTED_OUT, "False", True),
        (Field.OPTED_OUT, "nein", True),
        (Field.OPTED_OUT, "2026-01-01", False),
        (Field.OPTED_OUT, "Ja", False),
        (Field.OPTED_IN, "TRUE", True),
        (Field.OPTED_IN, "", False),
        (Field.OPTED_IN, "0", False),
        (Field.OPTED_IN, "2", None),
    ],
)
def test_yes_and_no_are_read_in_every_language(field, text, answer):
    assert may_be_mailed(field, text) is answer


def test_tags_lists_and_labels_are_not_taken_for_topics():
    assert set(fields_guess(["TAGS", "Lists", "labels", "List Membership"])) == {Field.NOTHING}


@pytest.mark.parametrize(
    ("heading", "fields"),
    [
        (["Address", "Email Address"], ["", "email"]),
        (["Address"], ["email"]),
        (["email", "email", "E-Mail"], ["email", "", ""]),
        (["Vorname", "Nachname", "E-Mail-Adresse"], ["first_name", "last_name", "email"]),
        (["EMAIL_ADDRESS", "Time_Zone", " Full  name "], ["email", "timezone", "name"]),
        (["active_subscription", "email"], ["", "email"]),
    ],
)
def test_a_column_is_found_by_the_best_of_its_names(heading, fields):
    assert fields_guess(heading) == fields


def test_two_columns_of_one_name_both_count():
    # HubSpot has two properties of this name, and exports both.
    heading = "email,Email hard bounce reason,Email hard bounce reason\n"
    checked = check(f"{heading}a@example.com,Unknown user,\nb@example.com,,Full\nc@example.com,,")
    assert emails(checked) == ["c@example.com"]


def test_ivents_own_columns_are_known():
    assert fields_guess(EXPORT_HEADING)[:7] == list(PROGRAMS[0].columns.values())
