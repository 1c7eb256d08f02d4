"""Pages behind API Gateway: under its stage's path, or at a domain of one's own.

Zappa guesses the path from the Host header; what counts is the path of PUBLIC_URL.
"""

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.urls import get_script_prefix, set_script_prefix
from zappa.wsgi import create_wsgi_request

GATEWAY = "abcd1234.execute-api.eu-central-1.amazonaws.com"


@pytest.fixture(autouse=True)
def _prefix():
    before = get_script_prefix()
    yield
    set_script_prefix(before)


def reply_to(path, *, host, script_name):
    event = {
        "httpMethod": "GET",
        "path": path,
        "headers": {"Host": host, "X-Forwarded-Proto": "https"},
        "queryStringParameters": None,
        "requestContext": {"identity": {"sourceIp": "203.0.113.7"}},
    }
    environ = create_wsgi_request(event, script_name=script_name)
    started: dict[str, str] = {}

    def start(status, headers, _exc_info=None):
        started.update(dict(headers), status=status)

    reply = WSGIHandler()(environ | {"wsgi.url_scheme": "https", "lambda.event": event}, start)
    reply.close()
    return started


@pytest.mark.parametrize(
    ("host", "zappas_guess", "path_of_public_url"),
    [(GATEWAY, "/web", "/dev"), ("events.example.org", None, "")],
)
def test_a_redirect_leads_to_where_the_pages_are(settings, host, zappas_guess, path_of_public_url):
    settings.ALLOWED_HOSTS = [host]
    settings.FORCE_SCRIPT_NAME = path_of_public_url
    started = reply_to("/admin/", host=host, script_name=zappas_guess)
    assert started["status"] == "302 Found"
    assert started["Location"].startswith(f"{path_of_public_url}/admin/login/?")


def test_another_host_than_ours_is_refused(settings):
    settings.ALLOWED_HOSTS = [GATEWAY]
    started = reply_to("/admin/", host="evil.example", script_name=None)
    assert started["status"] == "400 Bad Request"
