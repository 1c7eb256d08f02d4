"""A function's first moments, measured inside: run by starting.py with the package alone."""

import json
import os
import sys
import time

REQUEST = {
    "httpMethod": "GET",
    "path": "/admin/login/",
    "headers": {"Host": os.environ["ALLOWED_HOSTS"], "X-Forwarded-Proto": "https"},
    "multiValueHeaders": {},
    "queryStringParameters": None,
    "multiValueQueryStringParameters": None,
    "requestContext": {"stage": "dev", "identity": {"sourceIp": "203.0.113.7"}},
    "body": None,
    "isBase64Encoded": False,
}
WARM = 200


def main() -> None:
    """Print the figures of IVENT_ROLE as JSON, in milliseconds of CPU."""
    sys.path.insert(0, sys.argv[1])
    role = os.environ["IVENT_ROLE"]
    began = time.process_time()
    if role == "boto3":
        import boto3  # noqa: F401 - what is measured

        figures = {"start": _since(began)}
    else:
        import handler  # type: ignore[import-not-found]  # Zappa's, in the package

        lambda_handler = handler.LambdaHandler()
        if role == "worker":
            import notifications.handlers  # noqa: F401 - what the first record imports
        figures = {"start": _since(began), "modules": len(sys.modules)}
        if role == "web":
            figures |= _requests(lambda_handler)
    print(json.dumps(figures))  # noqa: T201 - what the parent reads


def _requests(lambda_handler) -> dict[str, float]:
    from zappa.wsgi import create_wsgi_request

    began = time.process_time()
    status = lambda_handler.handler(REQUEST, None)["statusCode"]
    figures = {"request": _since(began)}
    if status != 200:
        raise SystemExit(f"The first request ended with {status}.")
    began = time.process_time()
    for _ in range(WARM):
        lambda_handler.handler(REQUEST, None)
    figures["warm"] = _since(began) / WARM
    environ = create_wsgi_request(REQUEST) | {"lambda.event": REQUEST}
    began = time.process_time()
    for _ in range(WARM):
        reply = lambda_handler.wsgi_app(dict(environ), lambda *_: None)
        b"".join(reply)
        reply.close()
    figures["bare"] = _since(began) / WARM
    return figures


def _since(began: float) -> float:
    return (time.process_time() - began) * 1000


main()
