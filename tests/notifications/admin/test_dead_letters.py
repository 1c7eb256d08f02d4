import pytest
from django.contrib.admin.models import LogEntry

from tests.dynamodb_calls import dynamodb_calls
from tests.events.staff import signed_in, text
from tests.notifications.test_dead_letters import bodies, put

pytestmark = pytest.mark.usefixtures("aws")

PAGE = "/admin/notifications/announcement/dead-letters/"
REQUEST = '{"email": "ann@example.com"}'


@pytest.fixture
def admin():
    with signed_in("admins") as client:
        yield client


def shown_id(client):
    return client.get(PAGE, {"queue": "requests"}).context["letters"][0].message_id


def test_the_list_names_nobody_and_opens_at_the_queue_that_has_any(admin):
    put("requests-dead", REQUEST)
    shown = text(admin.get(PAGE))
    assert "requests (1)" in shown
    assert "a request to subscribe" in shown
    assert "ann@example.com" not in shown


def test_without_any_the_page_says_so(admin):
    with dynamodb_calls() as calls:
        assert "There are none" in text(admin.get(PAGE))
    assert calls == {"GetItem": 1}


def test_an_admin_reads_one_and_it_stays_where_it_is(admin):
    put("requests-dead", REQUEST)
    data = {"queue": "requests", "message": shown_id(admin)}
    assert '"email": "ann@example.com"' in text(admin.post(f"{PAGE}read/", data))
    assert bodies("requests-dead") == [REQUEST]


@pytest.mark.parametrize("data", [{}, {"queue": "burn"}, {"queue": "requests", "message": "x"}])
def test_of_what_is_not_there_the_page_says_so(admin, data):
    assert "not there any more" in text(admin.post(f"{PAGE}read/", data, follow=True))


def test_an_admin_sends_them_back_and_the_history_knows(admin):
    put("requests-dead", REQUEST, REQUEST)
    reply = admin.post(f"{PAGE}send-back/", {"queue": "requests"}, follow=True)
    assert "2 messages were sent back." in text(reply)
    assert bodies("requests") == [REQUEST, REQUEST]
    (entry,) = LogEntry.objects.filter(user_id="sub-1")
    assert (entry.object_repr, entry.get_change_message()) == (
        "Dead letters (requests)",
        "2 messages were sent back.",
    )


@pytest.mark.parametrize("page", ["read/", "send-back/"])
def test_editors_neither_read_nor_send_back(page):
    put("requests-dead", REQUEST)
    with signed_in("editors") as client:
        assert "Send all" not in text(client.get(PAGE))
        assert client.post(f"{PAGE}{page}", {"queue": "requests"}).status_code == 403
    assert bodies("requests-dead") == [REQUEST]
