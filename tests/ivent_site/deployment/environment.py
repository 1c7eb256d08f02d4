"""What Terraform would say of an environment."""

import json
from typing import Any

from ivent_site.deployment.platforms import own_runtime

VALUES: dict[str, Any] = {
    "name": "ivent-dev",
    "region": "eu-central-1",
    "settings": {
        "IVENT_STAGE": "dev",
        "ORGANISATION": "Friends' Club",
        "RESOURCE_PREFIX": "ivent-dev",
    },
    "platform": {"runtime": own_runtime(), "architecture": "x86_64"},
    "web": {
        "function_name": "ivent-dev-web",
        "role_name": "web-role",
        "memory_size": 512,
        "timeout_seconds": 29,
        "vpc_config": None,
        "reserved_concurrency": -1,
        "kms_key_arn": "",
        "xray": False,
    },
    "worker": {
        "function_name": "ivent-dev-worker",
        "role_name": "worker-role",
        "memory_size": 1024,
        "timeout_seconds": 120,
        "vpc_config": {"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]},
        "reserved_concurrency": 5,
        "kms_key_arn": "",
        "xray": True,
    },
    "events": {
        "stream": "arn:aws:dynamodb:eu-central-1:123456789012:table/ivent-dev-events/stream/now",
        "fanout": "arn:aws:sqs:eu-central-1:123456789012:ivent-dev-fanout",
        "requests": "arn:aws:sqs:eu-central-1:123456789012:ivent-dev-requests",
        "feedback": "arn:aws:sqs:eu-central-1:123456789012:ivent-dev-feedback",
    },
    "api_url": "https://abcd1234.execute-api.eu-central-1.amazonaws.com/dev/",
    "alarms": {"breaker": "ivent-dev-breaker", "held": "ivent-dev-held"},
}


def outputs_text(**changes: Any) -> str:
    """What `terraform output -json` prints; None leaves an output away."""
    values = {name: value for name, value in (VALUES | changes).items() if value is not None}
    return json.dumps({name: {"value": value} for name, value in values.items()})
