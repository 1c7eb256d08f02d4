"""The local AWS, and between it and the workers a proxy that throttles and cuts off."""

import itertools
import json
import os
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ivent_site.local.ports import free_port
from tests.chaos import ses_faults
from tests.chaos.options import LEASE_S, MAIL_RATE, Options

READY_WITHIN_S = 30
# How each service says that it is asked too much.
_THROTTLED = {
    "dynamodb": {"code": "ProvisionedThroughputExceededException"},
    "ses": {"code": "Throttling"},
    "sqs": {"code": "RequestThrottled", "status": 503},
}


class LocalAws:
    """Where everything is. To be made before Django's settings are read, for it sets them."""

    def __init__(self, options: Options) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="ivent-chaos-"))
        self.smtp_port = free_port()
        self._port = free_port()
        self._proxy_port = free_port()
        self._options = options
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            del os.environ[name]
        os.environ |= {
            "IVENT_STAGE": "local",
            "IVENT_LOCAL_DIR": str(self.directory),
            "RESOURCE_PREFIX": "ivent-chaos",
            "AWS_REGION": "eu-central-1",
            "AWS_ENDPOINT_URL": self._url(self._port),
            "CHUNK_LEASE_S": str(LEASE_S),
            "UNKNOWN_WAIT_S": str(options.unknown_wait_s),
            "FANOUT_CONCURRENCY": str(options.workers),
            "MAIL_RATE": str(MAIL_RATE),
            "KEEP_DELIVERIES": "false",
            "UNDO_WINDOW_S": "0",
            "DJANGO_SETTINGS_MODULE": "ivent_site.settings",
            "PYTHONUNBUFFERED": "1",
        }

    @contextmanager
    def running(self) -> Iterator[None]:
        """Within the block, both answer and every resource is there."""
        from ivent_site.local import ministack
        from ivent_site.local.resources import create_resources

        log = self.directory / "aws.log"
        aws = ministack.start(self._port, smtp_port=self.smtp_port, log=log)
        try:
            create_resources()
            with self._proxy():
                yield
        finally:
            ministack.stop(aws)

    def worker_environ(self, *, transport: str, ses_url: str) -> Mapping[str, str]:
        """What a worker sees: the proxy for the AWS, and where bulk calls go."""
        return {
            **os.environ,
            "AWS_ENDPOINT_URL": self._url(self._proxy_port),
            "MAIL_TRANSPORT": transport,
            ses_faults.URL: ses_url,
            ses_faults.THROTTLE: str(self._options.throttle),
            ses_faults.LOST_REPLIES: str(self._options.lost_replies),
        }

    def accepted(self) -> Counter[str]:
        """How many single mails to each address the local SES has accepted."""
        reply = _get(self._url(self._port) + "/_ministack/ses/messages")
        mails = itertools.chain.from_iterable(reply["messages"].values())
        return Counter(address for mail in mails for address in mail["To"])

    def faults(self) -> dict[str, int]:
        """How many calls the proxy has seen, and how many of them it spoilt."""
        counts: dict[str, int] = _get(self._url(self._proxy_port) + "/_microburst/stats")[
            "requests"
        ]
        return counts

    @contextmanager
    def _proxy(self) -> Iterator[None]:
        from ivent_site.local import tether

        upstream, port = self._url(self._port), str(self._proxy_port)
        proxy = subprocess.Popen(
            tether.command("microburst", "--upstream", upstream, "--port", port),
            stdin=subprocess.DEVNULL,
            # It writes a line per call.
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            self._set_rules()
            yield
        finally:
            proxy.kill()
            proxy.wait()

    def _set_rules(self) -> None:
        throttling = [
            {"service": name, "probability": self._options.throttle, "error": error}
            for name, error in _THROTTLED.items()
        ]
        # After the effect: the call was made, and its caller does not learn of it.
        losing = [
            {
                "service": name,
                "probability": self._options.lost_replies,
                "response": {"abort_bytes": 0},
            }
            for name in _THROTTLED
        ]
        body = json.dumps(throttling + losing).encode()
        request = urllib.request.Request(
            self._url(self._proxy_port) + "/_microburst/rules", data=body, method="POST"
        )
        deadline = time.monotonic() + READY_WITHIN_S
        while True:
            try:
                urllib.request.urlopen(request, timeout=5).close()
            except urllib.error.URLError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)
            else:
                return

    @staticmethod
    def _url(port: int) -> str:
        return f"http://127.0.0.1:{port}"


def _get(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=300) as reply:
        return json.load(reply)
