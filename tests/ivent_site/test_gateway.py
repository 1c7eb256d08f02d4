from base64 import b64encode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpResponse
from django.test import RequestFactory
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
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


def test_a_file_arrives_byte_for_byte_as_the_gateway_passes_it_on():
    # The one binary media type of terraform/modules/api_gateway: its body comes in base64.
    content = bytes(range(256))
    body = encode_multipart(BOUNDARY, {"file": SimpleUploadedFile("people.xlsx", content)})
    event = {
        "httpMethod": "POST",
        "path": "/",
        "headers": {"Content-Type": MULTIPART_CONTENT},
        "body": b64encode(body).decode(),
        "isBase64Encoded": True,
        "queryStringParameters": None,
        "requestContext": {"identity": {"sourceIp": "203.0.113.7"}},
    }
    # Zappa's default, which its settings here do not change.
    request = WSGIRequest(create_wsgi_request(event, binary_support=True))
    file = request.FILES["file"]
    assert isinstance(file, UploadedFile)
    assert file.read() == content
