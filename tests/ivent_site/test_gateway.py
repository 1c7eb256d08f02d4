import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from zappa.wsgi import create_wsgi_request

from ivent_site.gateway import ClientAddressMiddleware


def address_seen(request):
    return ClientAddressMiddleware(lambda seen: HttpResponse(seen.META["REMOTE_ADDR"]))(request)


@pytest.mark.parametrize("forwarded", ["198.51.100.9, 203.0.113.7", "203.0.113.7", ""])
def test_the_address_is_the_one_that_the_gateway_saw(forwarded):
    event = {
        "httpMethod": "GET",
        "path": "/",
        "headers": {"X-Forwarded-For": forwarded},
        "queryStringParameters": None,
        "requestContext": {"identity": {"sourceIp": "203.0.113.7"}},
    }
    environ = create_wsgi_request(event) | {"lambda.event": event}
    request = RequestFactory(**environ).get("/")
    assert address_seen(request).content == b"203.0.113.7"


def test_elsewhere_the_address_is_the_connections_own():
    request = RequestFactory(REMOTE_ADDR="192.0.2.1").get("/")
    assert address_seen(request).content == b"192.0.2.1"
