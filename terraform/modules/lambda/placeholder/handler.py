"""Stands in for the code until Zappa has shipped it."""


def lambda_handler(event, context):
    """503 for whoever asks; any other event fails, and comes again once the code is there."""
    if "httpMethod" in event:
        return {
            "statusCode": 503,
            "headers": {"Content-Type": "text/plain", "Retry-After": "60"},
            "body": "Not deployed yet.",
        }
    raise RuntimeError("Not deployed yet.")
