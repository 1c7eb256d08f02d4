"""The whole system as `make run` starts it, seen from outside."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import Any, TypeVar

import boto3

from ivent_site.local.ports import free_port

BASE_DIR = Path(__file__).resolve().parent.parent.parent
# What the tests' own process has set for itself.
FOREIGN = ("AWS_ENDPOINT_URL", "AWS_REGION", "IVENT_STAGE", "PUBLIC_URL", "RESOURCE_PREFIX")
SWEEP_EVERY_S = 2
STOPPED_WITHIN_S = 180
T = TypeVar("T")


def eventually(look: Callable[[], T], *, within_s: float = 60) -> T:
    """What `look` returns, once that is true."""
    deadline = time.monotonic() + within_s
    while not (seen := look()):
        assert time.monotonic() < deadline, f"not within {within_s} s: {look}"
        # A look takes as much from the system that it waits for.
        time.sleep(0.2)
    return seen


@dataclass(frozen=True, kw_only=True)
class Reply:
    """An HTTP reply."""

    status: int
    headers: Message
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)


class System:
    """One state directory and one pair of ports, started and stopped at will.

    `settings` are environment variables of its own.
    """

    def __init__(self, directory: Path, **settings: str) -> None:
        self.directory = directory
        self.settings = settings
        self.port = free_port()
        self.aws_port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[str] | None = None

    @property
    def environ(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name not in FOREIGN}
        return {
            **kept,
            "PORT": str(self.port),
            "AWS_PORT": str(self.aws_port),
            "IVENT_LOCAL_DIR": str(self.directory),
            # A killed worker's shard is taken over within seconds, not half a minute.
            "CHUNK_LEASE_S": "5",
            "UNKNOWN_WAIT_S": "15",
            **self.settings,
        }

    def start(self) -> None:
        """Return once /healthz says that all is ready."""
        with (self.directory / "terminal.log").open("w") as terminal:
            self._process = subprocess.Popen(
                [sys.executable, "manage.py", "runlocal", f"--every={SWEEP_EVERY_S}"],
                cwd=BASE_DIR,
                env=self.environ,
                stdout=terminal,
                stderr=subprocess.STDOUT,
                text=True,
            )
        process = self._process

        def is_ready() -> bool:
            assert process.poll() is None, self.terminal()
            return self.status("/healthz") == 200

        eventually(is_ready, within_s=90)

    def terminal(self) -> str:
        """What the person at the terminal has seen."""
        return (self.directory / "terminal.log").read_text()

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """The exit code after an orderly stop."""
        assert self._process
        self._process.send_signal(how)
        return self._process.wait(STOPPED_WITHIN_S)

    def kill_child(self, command: str) -> int:
        """Kill -9 a child, and return the exit code of the supervisor."""
        assert self._process
        os.kill(self.child(command), signal.SIGKILL)
        return self._process.wait(STOPPED_WITHIN_S)

    def child(self, command: str) -> int:
        """The process id of a child."""
        assert self._process
        found = subprocess.run(
            ["pgrep", "-P", str(self._process.pid), "-f", command],
            check=True,
            capture_output=True,
            text=True,
        )
        return int(found.stdout)

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A `manage.py` command in a second terminal."""
        environ = {
            name: value for name, value in self.environ.items() if name not in {"PORT", "AWS_PORT"}
        }
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=BASE_DIR,
            env=environ,
            capture_output=True,
            text=True,
            check=False,
        )

    def token(self, user: str, *options: str) -> str:
        """A Cognito token, as a person at a terminal gets it."""
        done = self.manage("local_token", user, *options)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        token: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> Reply:
        """The reply to one request; `body` is sent as JSON, or as it is if it is bytes."""
        sent = dict(headers or {})
        if token:
            sent["Authorization"] = f"Bearer {token}"
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
            sent["Content-Type"] = "application/json"
        url = path if path.startswith("http") else f"{self.url}{path}"
        request = urllib.request.Request(url, data=body, method=method, headers=sent)
        try:
            with urllib.request.urlopen(request, timeout=60) as reply:
                return Reply(status=reply.status, headers=reply.headers, text=reply.read().decode())
        except urllib.error.HTTPError as err:
            return Reply(status=err.code, headers=err.headers, text=err.read().decode())

    def status(self, path: str) -> int:
        """The status of a GET; 0 while nobody listens."""
        try:
            return self.call("GET", path).status
        except (urllib.error.URLError, ConnectionError):
            return 0

    def mails(self, *, to: str = "", about: str = "") -> list[dict[str, Any]]:
        """The mails to an address whose subject holds `about`, newest first."""
        messages = self.call("GET", f"/local/mailbox.json?to={to}").json["messages"]
        return [message for message in messages if about in message["subject"]]

    def recipients(self, *, about: str) -> Counter[str]:
        """How many such mails each address has got."""
        return Counter(mail["to"][0] for mail in self.mails(about=about))

    def aws(self, service: str) -> Any:
        """A client of the local AWS."""
        return boto3.client(  # type: ignore[call-overload]  # any service
            service,
            region_name="eu-central-1",
            endpoint_url=f"http://127.0.0.1:{self.aws_port}",
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )

    def ses_tells(self, event: dict[str, Any]) -> None:
        """Let the local AWS pass on an event that SES itself would tell later."""
        self.aws("sns").publish(
            TopicArn="arn:aws:sns:eu-central-1:000000000000:ivent-local-feedback",
            Message=json.dumps(event),
        )


@contextmanager
def running(directory: Path, **settings: str) -> Iterator[System]:
    """A system that runs within the block, and ends in order after it."""
    system = System(directory, **settings)
    system.start()
    yield system
    assert system.stop() == 0
