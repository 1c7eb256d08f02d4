"""The laptop's children: `manage.py` commands that end with the process that started them."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from django.conf import settings

from ivent_site.local import tether

STOPPED_WITHIN_S = 60


class Child:
    """A running `manage.py` command, its output in `LOGS/COMMAND.log`."""

    def __init__(self, command: str, *options: str, environ: Mapping[str, str], logs: Path) -> None:
        self.name = command
        self.log = logs / f"{command}.log"
        with self.log.open("wb") as output:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and command
                tether.command("manage", command, *options),
                cwd=settings.BASE_DIR,
                env=environ,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                # Ctrl-C is for the parent, which stops its children in order.
                start_new_session=True,
            )

    @property
    def exit_code(self) -> int | None:
        return self._process.poll()

    def wait(self) -> int:
        """The exit code, once it has ended by itself."""
        return self._process.wait()

    def stop(self) -> None:
        """End it in order; when it does not end in time, at once."""
        self._process.terminate()
        try:
            self._process.wait(STOPPED_WITHIN_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def last_lines(self, count: int = 5) -> str:
        """The end of its log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-count:])


def child_environ(*, port: int, aws_port: int) -> dict[str, str]:
    """What children see: the local AWS, and nothing of the user's own AWS set-up."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return {
        **kept,
        "IVENT_LOCAL_DIR": str(settings.LOCAL_DIR),
        "AWS_REGION": settings.AWS_REGION,
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{aws_port}",
        "PUBLIC_URL": f"http://localhost:{port}",
        "PYTHONUNBUFFERED": "1",
    }
