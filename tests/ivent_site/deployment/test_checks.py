from importlib.metadata import version
from io import StringIO
from types import SimpleNamespace
from unittest import mock

import pytest
from botocore.exceptions import ClientError
from django.core.management import CommandError, call_command

from ivent_site.deployment.checks import Finding, findings_of, functions, mail, site, zones
from ivent_site.deployment.management.commands import check_deployment
from ivent_site.deployment.outputs import Outputs
from ivent_site.deployment.zone_releases import ZoneReleaseError
from ivent_site.zones import iana_version
from tests.ivent_site.deployment.environment import VALUES, outputs_text

OUTPUTS = Outputs.parse(outputs_text())
STREAM = {
    "State": "Enabled",
    "FunctionResponseTypes": ["ReportBatchItemFailures"],
    "BisectBatchOnFunctionError": True,
    "MaximumRetryAttempts": 5,
    "MaximumRecordAgeInSeconds": 3600,
    "DestinationConfig": {"OnFailure": {"Destination": "arn:aws:sqs:::queue"}},
    "FilterCriteria": {"Filters": [{"Pattern": "{}"}]},
}
QUEUE = {"State": "Enabled", "FunctionResponseTypes": ["ReportBatchItemFailures"]}
REFUSED = ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "GetAccount")


def answering(monkeypatch, module, **services):
    """Let a module's clients answer as given: service=dict(operation=reply)."""
    clients = {
        name.replace("_", "-"): SimpleNamespace(
            **{operation: mock.Mock(**_effect(reply)) for operation, reply in replies.items()}
        )
        for name, replies in services.items()
    }
    monkeypatch.setattr(module, "client", clients.__getitem__)


def _effect(reply):
    raises = isinstance(reply, Exception) or callable(reply)
    return {"side_effect": reply} if raises else {"return_value": reply}


def seen(check):
    return {finding.about: (finding.good, finding.seen) for finding in findings_of(check, OUTPUTS)}


def test_mappings_that_have_what_the_handlers_count_on_have_no_faults():
    assert functions.mapping_faults("stream", STREAM) == []
    assert (
        functions.mapping_faults("fanout", QUEUE | {"ScalingConfig": {"MaximumConcurrency": 2}})
        == []
    )
    assert functions.mapping_faults("feedback", QUEUE) == []


@pytest.mark.parametrize("lacking", STREAM)
def test_each_option_of_the_streams_mapping_that_lacks_is_a_fault(lacking):
    mapping = {"State": "Disabled"} | {k: v for k, v in STREAM.items() if k != lacking}
    if lacking != "State":
        mapping["State"] = "Enabled"
    assert len(functions.mapping_faults("stream", mapping)) == 1


def test_a_source_without_a_mapping_and_one_that_may_flood_ses_are_found(monkeypatch):
    arns = VALUES["events"]
    listed = [STREAM | {"EventSourceArn": arns["stream"]}]
    listed += [QUEUE | {"EventSourceArn": arns[name]} for name in ("fanout", "requests")]
    answering(
        monkeypatch,
        functions,
        **{"lambda": {"list_event_source_mappings": {"EventSourceMappings": listed}}},
    )
    found = {about.split(" ")[0]: what for about, what in seen(functions.mappings).items()}
    assert found == {
        "stream": (True, "enabled"),
        "fanout": (False, "lacks: a concurrency limit"),
        "requests": (True, "enabled"),
        "feedback": (False, "no mapping"),
    }


def test_a_function_with_the_placeholder_or_another_size_is_found(monkeypatch):
    sizes = {
        "ivent-dev-web": {"CodeSize": 400, "MemorySize": 512, "Timeout": 29},
        "ivent-dev-worker": {"CodeSize": 21_000_000, "MemorySize": 128, "Timeout": 3},
    }
    answering(
        monkeypatch,
        functions,
        **{"lambda": {"get_function_configuration": lambda **named: sizes[named["FunctionName"]]}},
    )
    assert {about: good for about, (good, _) in seen(functions.functions).items()} == {
        "ivent-dev-web: code": False,
        "ivent-dev-web: size": True,
        "ivent-dev-worker: code": True,
        "ivent-dev-worker: size": False,
    }


@pytest.mark.parametrize(("state", "good"), [("ENABLED", True), ("DISABLED", False)])
def test_a_schedule_that_does_not_run_is_found(monkeypatch, state, good):
    answering(
        monkeypatch,
        functions,
        **{"lambda": {"get_function_configuration": {"FunctionArn": "arn"}}},
        events={
            "list_rule_names_by_target": {"RuleNames": ["x-notifications.handlers.sweep"]},
            "describe_rule": {"State": state},
        },
    )
    assert seen(functions.schedule) == {"schedule of the sweep": (good, state)}


def test_the_sandbox_a_pause_and_no_quota_are_found(monkeypatch):
    answering(monkeypatch, mail, sesv2={"get_account": {"EnforcementStatus": "SHUTDOWN"}})
    assert {about: good for about, (good, _) in seen(mail.account).items()} == {
        "SES: out of the sandbox": False,
        "SES: sending": False,
        "SES: quota": False,
    }


def test_an_account_that_may_send_is_good(monkeypatch):
    account = {
        "ProductionAccessEnabled": True,
        "SendingEnabled": True,
        "EnforcementStatus": "HEALTHY",
        "SendQuota": {"Max24HourSend": 50000.0, "MaxSendRate": 14.0},
    }
    answering(monkeypatch, mail, sesv2={"get_account": account})
    assert seen(mail.account)["SES: quota"] == (True, "50,000 a day, 14 a second")
    assert all(good for good, _ in seen(mail.account).values())


def test_a_domain_whose_records_are_not_entered_is_found(monkeypatch):
    identity = {"VerifiedForSendingStatus": False, "DkimAttributes": {"Status": "PENDING"}}
    answering(monkeypatch, mail, sesv2={"get_email_identity": identity})
    assert seen(mail.identity) == {
        "SES: ivent.example": (False, "not verified"),
        "SES: DKIM of ivent.example": (False, "PENDING"),
        "SES: MAIL FROM of ivent.example": (False, "none"),
    }


def test_events_that_nobody_hears_of_are_named(monkeypatch):
    destination = {
        "Enabled": True,
        "SnsDestination": {},
        "MatchingEventTypes": sorted(mail.EVENTS - {"BOUNCE"}),
    }
    answering(
        monkeypatch,
        mail,
        sesv2={"get_configuration_set_event_destinations": {"EventDestinations": [destination]}},
    )
    assert [*seen(mail.events).values()] == [(False, "not told: BOUNCE")]


LISTS = {"SuppressedReasons": ["COMPLAINT", "BOUNCE"]}
VALIDATION = {"ConditionThreshold": {"ConditionThresholdEnabled": "ENABLED"}}


@pytest.mark.parametrize(
    ("account", "own", "lines"),
    [
        (
            LISTS,
            {},
            {
                "SES: suppression list of the account in us-east-1": (
                    True,
                    "on for BOUNCE, COMPLAINT; scope account; address validation disabled",
                )
            },
        ),
        (
            {"SuppressedReasons": ["BOUNCE"]},
            {"SuppressionOptions": LISTS | {"ValidationOptions": VALIDATION}},
            {
                "SES: suppression list of the account in us-east-1": (
                    False,
                    "on for BOUNCE; scope account; address validation disabled",
                ),
                "SES: suppression list of ivent in us-east-1": (
                    True,
                    "on for BOUNCE, COMPLAINT; scope account; address validation enabled",
                ),
            },
        ),
        (
            {},
            {"SuppressionOptions": LISTS | {"SuppressionScope": "TENANT"}},
            {
                "SES: suppression list of the account in us-east-1": (
                    False,
                    "on for nothing; scope account; address validation disabled",
                ),
                "SES: suppression list of ivent in us-east-1": (
                    False,
                    "on for BOUNCE, COMPLAINT; scope tenant; address validation disabled",
                ),
            },
        ),
    ],
)
def test_a_suppression_list_that_is_off_or_anothers_is_found(
    monkeypatch, settings, account, own, lines
):
    replies = {"get_account": {"SuppressionAttributes": account}, "get_configuration_set": own}
    answering(monkeypatch, mail, sesv2=replies)
    settings.SES_CONFIGURATION_SET, settings.AWS_REGION = "ivent", "us-east-1"
    assert seen(mail.suppression) == lines


def test_an_alarm_that_rings_tells_nobody_or_is_missing_is_found(monkeypatch):
    alarms = [{"AlarmName": "ivent-dev-breaker", "StateValue": "ALARM", "AlarmActions": ["topic"]}]
    paginator = SimpleNamespace(paginate=lambda: [{"MetricAlarms": alarms}])
    answering(monkeypatch, site, cloudwatch={"get_paginator": paginator})
    assert seen(site.alarms) == {
        "alarms": (False, "missing: ivent-dev-held"),
        "alarm ivent-dev-breaker": (False, "ALARM"),
    }
    alarms[0] |= {"StateValue": "OK", "AlarmActions": []}
    assert seen(site.alarms)["alarm ivent-dev-breaker"] == (False, "tells nobody")


def test_a_site_that_lets_strangers_in_or_does_not_answer_is_found(monkeypatch):
    pages = {
        "/healthz": (200, "ok"),
        "/events": (200, "[]"),
        "/admin/login/": (200, '<link href="/dev/static/a.css">'),
        "/static/a.css": (404, ""),
    }
    monkeypatch.setattr(site, "get", lambda url: pages[url.partition("/dev")[2]])
    assert [finding.good for finding in site.site(OUTPUTS)] == [True, False, False]
    pages |= {"/events": (401, ""), "/static/a.css": (200, "")}
    assert [finding.good for finding in site.site(OUTPUTS)] == [True, True, True]


def test_an_address_that_does_not_answer_is_a_status_of_its_own():
    status, _ = site.get("http://127.0.0.1:9/")
    assert status == 0


@pytest.mark.usefixtures("aws")
def test_tables_and_queues_are_looked_at():
    assert {good for good, _ in seen(site.tables).values()} == {False}
    assert "table ivent-test-events" in seen(site.tables)
    assert seen(site.queues)["queue ivent-test-fanout-dead"] == (True, "0 messages")


def test_what_aws_refuses_to_tell_is_a_finding(monkeypatch):
    answering(monkeypatch, mail, sesv2={"get_account": REFUSED})
    (finding,) = findings_of(mail.account, OUTPUTS)
    assert (finding.good, finding.about) == (False, "account")
    assert "AccessDenied" in finding.seen


def run(monkeypatch, *findings, name="ivent-test"):
    monkeypatch.setattr(check_deployment, "CHECKS", (lambda _: iter(findings),))
    outputs = Outputs.parse(outputs_text(name=name))
    monkeypatch.setattr(check_deployment, "outputs_read", lambda _: outputs)
    answering(monkeypatch, mail, sesv2={"send_email": {"MessageId": "m-1"}})
    out = StringIO()
    call_command("check_deployment", "dev", stdout=out)
    return out.getvalue()


def test_the_command_is_content_when_all_is_good(monkeypatch):
    said = run(monkeypatch, Finding(about="a thing", good=True, seen="there"))
    assert said.splitlines() == [
        "ok    a thing: there",
        f"ok    one test mail: accepted as m-1; {mail.SIGNED}",
        "All 2 are good.",
    ]


def test_the_test_mail_has_both_headers_that_dkim_must_sign(monkeypatch):
    sent = {}
    sesv2 = SimpleNamespace(send_email=lambda **call: sent.update(call) or {"MessageId": "m-1"})
    monkeypatch.setattr(mail, "client", lambda _: sesv2)
    mail.send_test_mail("you@example.com")
    headers = {each["Name"]: each["Value"] for each in sent["Content"]["Simple"]["Headers"]}
    assert [*headers] == ["List-Unsubscribe", "List-Unsubscribe-Post"]
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "h=" in sent["Content"]["Simple"]["Body"]["Text"]["Data"]


def test_the_command_fails_and_says_what_to_do(monkeypatch, capsys):
    with pytest.raises(CommandError, match="1 of 2 need a look"):
        run(monkeypatch, Finding(about="a thing", good=False, seen="gone", advice="mend it"))


def test_another_environments_variables_are_refused(monkeypatch):
    with pytest.raises(CommandError, match="not the variables of dev"):
        run(monkeypatch, name="ivent-prod")


def zone_findings(monkeypatch, *, deployed, newest):
    def newest_version():
        if newest is None:
            raise ZoneReleaseError("no network")
        return newest

    monkeypatch.setattr(zones, "get", lambda _url: (200, deployed))
    monkeypatch.setattr(zones, "newest_version", newest_version)
    return [*seen(zones.zone_rules).values()]


def test_a_site_with_the_newest_rules_is_good(monkeypatch):
    body, locked = f'{{"zones": "{iana_version()}"}}', version("tzdata")
    found = zone_findings(monkeypatch, deployed=body, newest=locked)
    assert found == [
        (True, f"IANA {iana_version()}; here {iana_version()}"),
        (True, f"tzdata {locked}; locked {locked}"),
    ]


@pytest.mark.parametrize("deployed", ['{"zones": "2020a"}', '{"status": "ok"}', "[]", "<html>"])
def test_a_site_with_other_rules_is_found(monkeypatch, deployed):
    (site_rules, _newest) = zone_findings(monkeypatch, deployed=deployed, newest=None)
    assert not site_rules[0]


def test_newer_rules_are_found_and_no_network_is_no_fault(monkeypatch):
    assert not zone_findings(monkeypatch, deployed="", newest="2999.1")[1][0]
    good, told = zone_findings(monkeypatch, deployed="", newest=None)[1]
    assert (good, "unknown" in told) == (True, True)
