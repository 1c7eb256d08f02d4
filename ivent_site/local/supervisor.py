"""The whole system on one machine: starts the parts in order, watches them, stops them in order."""

import fcntl
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

from django.conf import settings

from ivent_site.local import ministack
from ivent_site.local.clients import client
from ivent_site.local.mailbox.sink import MailSink
from ivent_site.local.mailbox.store import Mailbox
from ivent_site.local.ports import PortTakenError, free_port, require_free_port
from ivent_site.local.processes import Child, child_environ
from ivent_site.local.user_pool import PASSWORD, PEOPLE

READY_WITHIN_S = 90
LOOK_EVERY_S = 0.1
ACCOUNT = "000000000000"


class SupervisorError(Exception):
    """The system does not run; the message says why, for the person at the terminal."""


class _StopRequested(BaseException):
    """Somebody asked for the end."""


class Supervisor:
    """Runs the system until it is told to stop, or a part dies."""

    def __init__(
        self, *, port: int, aws_port: int, every: float | None, say: Callable[[str], None]
    ) -> None:
        self._port = port
        self._aws_port = aws_port
        self._runner_options = () if every is None else (f"--every={every}",)
        self._say = say
        self._directory = Path(settings.LOCAL_DIR)
        self._logs = self._directory / "logs"

    def run(self) -> None:
        """Return after an orderly stop; SupervisorError when something is wrong."""
        self._logs.mkdir(parents=True, exist_ok=True)
        with _stop_requests(), ExitStack() as parts:
            try:
                parts.enter_context(self._only_one())
                self._require_ports()
                self._run(parts)
            except _StopRequested:
                self._say("Stopping …")
            except ministack.NotStartedError as err:
                raise SupervisorError(f"{err} See {self._logs / 'aws.log'}") from err
            finally:
                _ignore_stop_requests()

    def _run(self, parts: ExitStack) -> None:
        began = time.monotonic()
        self._say("Starting …")
        local_aws, sink_port = self._start_aws(parts)
        environ = child_environ(port=self._port, aws_port=self._aws_port)
        setup = Child(
            "localsetup", f"--mail-sink-port={sink_port}", environ=environ, logs=self._logs
        )
        parts.callback(setup.stop)
        if setup.wait():
            raise SupervisorError(f"The set-up failed:\n{setup.last_lines()}\nSee {setup.log}")
        runner = Child("localrunner", *self._runner_options, environ=environ, logs=self._logs)
        parts.callback(runner.stop)
        web = Child("localweb", f"--port={self._port}", environ=environ, logs=self._logs)
        parts.callback(web.stop)
        self._wait_until_ready([runner, web], local_aws)
        self._say(self._welcome(time.monotonic() - began))
        while True:
            _require_alive([runner, web], local_aws)
            time.sleep(LOOK_EVERY_S)

    def _start_aws(self, parts: ExitStack) -> tuple[subprocess.Popen[bytes], int]:
        """The local AWS and the port of its mail sink, which outlives it at the stop."""
        sink_port = free_port()
        topic = f"{settings.RESOURCE_PREFIX}-feedback"
        sink = MailSink(
            Mailbox(self._directory / "mailbox"),
            port=sink_port,
            sns=client("sns", endpoint_url=f"http://127.0.0.1:{self._aws_port}"),
            topic_arn=f"arn:aws:sns:{settings.AWS_REGION}:{ACCOUNT}:{topic}",
        )
        local_aws = ministack.start(
            self._aws_port,
            state_dir=self._directory / "aws",
            smtp_port=sink_port,
            log=self._logs / "aws.log",
        )
        parts.callback(sink.stop)
        parts.callback(ministack.stop, local_aws)
        sink.start()
        # Mail that is on its way from the one to the other must not be lost between them.
        parts.callback(sink.settle)
        return local_aws, sink_port

    def _require_ports(self) -> None:
        for name, port in (("PORT", self._port), ("AWS_PORT", self._aws_port)):
            try:
                require_free_port(port)
            except PortTakenError as err:
                raise SupervisorError(f"{err} Choose another: make run {name}=…") from err

    @contextmanager
    def _only_one(self) -> Iterator[None]:
        with (self._directory / "lock").open("w") as lock:
            _lock(lock, self._directory)
            yield

    def _wait_until_ready(self, children: list[Child], local_aws: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + READY_WITHIN_S
        while not _is_ready(self._port):
            _require_alive(children, local_aws)
            if time.monotonic() > deadline:
                raise SupervisorError(f"Not ready within {READY_WITHIN_S} s. See {self._logs}")
            time.sleep(LOOK_EVERY_S)

    def _welcome(self, took_s: float) -> str:
        url = f"http://localhost:{self._port}"
        people = "\n".join(
            f"    {email:<20} {group or 'no group: a subscriber, no staff'}"
            for email, group in PEOPLE.items()
        )
        return f"""
Ivent is ready ({took_s:.0f} s).

  Admin      {url}/admin/
  Mailbox    {url}/local/mailbox/
  API        {url}/docs

  Sign in with the password {PASSWORD} as
{people}

  A token    .venv/bin/python manage.py local_token editor
  Logs       {self._logs}

Ctrl-C stops everything; the next start goes on from here.
"""


@contextmanager
def _stop_requests() -> Iterator[None]:
    """Ctrl-C, SIGTERM and a closed terminal raise _StopRequested inside the block."""

    def request(*_: object) -> None:
        _ignore_stop_requests()
        raise _StopRequested

    before = {number: signal.signal(number, request) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def _ignore_stop_requests() -> None:
    # One is enough: the stop that is going on ends by itself, in bounded time.
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def _lock(lock: IO[str], directory: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as err:
        raise SupervisorError(f"It runs already, with its state in {directory}.") from err


def _require_alive(children: list[Child], local_aws: subprocess.Popen[bytes]) -> None:
    if local_aws.poll() is not None:
        raise SupervisorError(f"The local AWS ended with code {local_aws.returncode}.")
    for child in children:
        if child.exit_code is not None:
            raise SupervisorError(
                f"{child.name} ended with code {child.exit_code}:\n{child.last_lines()}\n"
                f"See {child.log}"
            )


def _is_ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5):
            return True
    except (urllib.error.URLError, OSError):
        return False
