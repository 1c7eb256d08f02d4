"""An AWS of the test's own: MiniStack, with what Terraform and `manage.py ship` put into it.

Roles are enforced (AUTH=true): what a function may not do, it cannot do here either.
"""

import http.server
import json
import os
import shutil
import ssl
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import Any

import boto3

from ivent_site.local import ministack, tether
from ivent_site.local.ports import free_port
from tests.deploy.certificate import write_certificate

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = "dev"
NAME = "ivent-dev"
REGION = "eu-central-1"
SENDER = "events@example.org"
# What the emulator takes for its own name.
KEYS_HOST = "127.0.0.2"
VARIABLES = {
    "ipv6_egress": False,
    "organisation": {"name": "Example", "postal_address": "1 Example Street"},
    "mail": {"sender_email": SENDER, "unsubscribe_email": "leave@example.org"},
    "alarm_emails": ["ops@example.org"],
    "throttle": {"form": {"rate": 1, "burst": 2}},
    "environment": {"UNDO_WINDOW_S": "0"},
}


@dataclass(frozen=True)
class Reply:
    """What came over HTTP."""

    status: int
    headers: "Message[str, str]"
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Cloud:
    """The emulator, a copy of `terraform` that fits it, and what is reached through the API."""

    def __init__(self, directory: Path) -> None:
        port = free_port()
        self.url = f"https://127.0.0.1:{port}"
        self.terraform_dir = directory / "terraform"
        certificate, key = write_certificate(directory)
        self._tls = ssl.create_default_context(cafile=str(certificate))
        trusted = dict.fromkeys(
            ("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"), str(certificate)
        )
        self.environ = {
            **_kept(),
            **trusted,
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "TERRAFORM_DIR": str(self.terraform_dir),
        }
        self._ministack = {
            **_kept(),
            **trusted,
            "AUTH": "true",
            "BIND_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(port),
            "IOT_MTLS_ENABLED": "0",
            "LAMBDA_EXECUTOR": "local",
            "LOG_LEVEL": "INFO",
            "MINISTACK_HOST": KEYS_HOST,
            "MINISTACK_REGION": REGION,
            "MINISTACK_SSL_CERT": str(certificate),
            "MINISTACK_SSL_KEY": str(key),
            "USE_SSL": "1",
        }
        self._process: subprocess.Popen[bytes] | None = None
        self._keys = http.server.ThreadingHTTPServer((KEYS_HOST, port), self._keys_handler())
        threading.Thread(target=self._keys.serve_forever, daemon=True).start()

    def _keys_handler(self) -> type[http.server.BaseHTTPRequestHandler]:
        """The emulator's gateway asks for the user pool's keys without TLS: passed on with it."""
        fetch = self.fetch

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = fetch(self.path)
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Nothing."""

        return Handler

    def start(self, log: Path) -> None:
        """Run MiniStack, and lay out the copy of `terraform`."""
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                tether.command("ministack"),
                cwd=ROOT,
                env=self._ministack,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        shutil.copytree(
            ROOT / "terraform", self.terraform_dir, ignore=shutil.ignore_patterns(".terraform*")
        )
        overrides = ROOT / "tests" / "deploy" / "overrides"
        shutil.copytree(overrides, self.terraform_dir, dirs_exist_ok=True)
        variables = self.terraform_dir / "envs" / ENVIRONMENT / "test.auto.tfvars.json"
        variables.write_text(json.dumps(VARIABLES))
        self._wait_until_ready()

    def stop(self) -> None:
        """End MiniStack."""
        self._keys.shutdown()
        self._keys.server_close()
        if self._process is not None:
            ministack.stop(self._process)

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + ministack.READY_WITHIN_S
        while True:
            try:
                self.fetch("/_ministack/ready")
            except OSError:
                assert time.monotonic() < deadline
                time.sleep(0.1)
            else:
                return

    def fetch(self, path: str) -> bytes:
        """What the emulator itself says under a path."""
        with urllib.request.urlopen(f"{self.url}{path}", context=self._tls, timeout=30) as reply:
            body: bytes = reply.read()
            return body

    def terraform(self, *arguments: str) -> str:
        """What Terraform says, run where the environment is."""
        directory = self.terraform_dir / "envs" / ENVIRONMENT
        return self.run("terraform", f"-chdir={directory}", *arguments)

    def manage(self, *arguments: str, variables: Mapping[str, str] | None = None) -> str:
        """What a command of the project says; `variables` make it one of the environment."""
        return self.run(sys.executable, "manage.py", *arguments, environ=variables)

    def run(self, *command: str, environ: Mapping[str, str] | None = None) -> str:
        """What a command prints; it has to succeed."""
        done = subprocess.run(
            command,
            cwd=ROOT,
            env={**self.environ, **(environ or {})},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def client(self, service: str, keys: Mapping[str, str] | None = None) -> Any:
        """A client with the owner's rights, or with those of a role."""
        owner = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
        return boto3.client(  # type: ignore[call-overload]  # the name is no literal
            service,
            region_name=REGION,
            endpoint_url=self.url,
            verify=self.environ["AWS_CA_BUNDLE"],
            **(owner if keys is None else keys),
        )

    def role(self, arn: str) -> dict[str, str]:
        """The keys of a role, assumed."""
        given = self.client("sts").assume_role(RoleArn=arn, RoleSessionName="test")["Credentials"]
        return {
            "aws_access_key_id": given["AccessKeyId"],
            "aws_secret_access_key": given["SecretAccessKey"],
            "aws_session_token": given["SessionToken"],
        }

    def call(
        self,
        method: str,
        url: str,
        body: Any = None,
        *,
        token: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """A request to an address of the API Gateway, carried to the emulator.

        Redirects are not followed; `body` goes as JSON unless it is bytes.
        """
        _, _, host, path = url.split("/", 3)
        api_id, _, _ = host.partition(".")
        given = {"Host": host, **(headers or {})}
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        if data is not None and not isinstance(body, bytes):
            given["Content-Type"] = "application/json"
        if token is not None:
            given["Authorization"] = f"Bearer {token}"
        request = urllib.request.Request(
            f"{self.url}/_aws/execute-api/{api_id}/{path}", data=data, headers=given, method=method
        )
        try:
            with self._opener().open(request, timeout=120) as reply:
                return Reply(reply.status, reply.headers, reply.read())
        except urllib.error.HTTPError as err:
            with err:
                return Reply(err.code, err.headers, err.read())

    def _opener(self) -> urllib.request.OpenerDirector:
        return urllib.request.build_opener(
            _NoRedirects, urllib.request.HTTPSHandler(context=self._tls)
        )


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


def _kept() -> dict[str, str]:
    """The environment, without what tells of another AWS or another Ivent."""
    ours = ("IVENT_STAGE", "IVENT_LOCAL_DIR", "PUBLIC_URL", "RESOURCE_PREFIX", "UNDO_WINDOW_S")
    # A configuration of Terraform's that is not there would stop it.
    others = (*ours, "TF_CLI_CONFIG_FILE", "KEEP_DELIVERIES")
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("AWS_") and name not in others
    }
