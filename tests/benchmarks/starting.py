"""What a function costs before and around its work: the package, a cold start, a warm request.

The package is made as it is shipped, and run as Lambda runs it: a process of its own that has
nothing but the package's files. CPU is the least of a few rounds.
"""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import boto3
import django

from tests.benchmarks.scale import scaled
from tests.environment import PORT

ROUNDS: Final = scaled(3, 1)
CHILD: Final = Path(__file__).with_name("starting_child.py")
RATIO_AT_MOST: Final = 0.4
VARIABLES: Final = {
    "IVENT_STAGE": "dev",
    "PUBLIC_URL": "https://abcd.execute-api.eu-central-1.amazonaws.com/dev",
    "ALLOWED_HOSTS": "abcd.execute-api.eu-central-1.amazonaws.com",
    # The tables of the local AWS, where a first request reads the preferences.
    "RESOURCE_PREFIX": os.environ["RESOURCE_PREFIX"],
    "EVENTS_TOPIC_ARN": "arn:aws:sns:eu-central-1:000000000000:ivent-dev-events",
    **{
        f"{name}_QUEUE_URL": f"https://sqs.eu-central-1.amazonaws.com/000000000000/{name}"
        for name in ("FANOUT", "REQUESTS", "FEEDBACK")
    },
    "COGNITO_USER_POOL_ID": "eu-central-1_Example",
    "COGNITO_CLIENT_IDS": "client",
    "ORGANISATION": "Example",
    "POSTAL_ADDRESS": "1 Example Street",
    "SENDER_EMAIL": "events@example.org",
    "UNSUBSCRIBE_EMAIL": "leave@example.org",
    "SES_CONFIGURATION_SET": "ivent-dev",
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_REGION": "eu-central-1",
}


@dataclass(frozen=True, kw_only=True)
class Starting:
    """The figures; CPU in milliseconds."""

    package_mb: float
    import_boto3_ms: float
    web_start_ms: float
    web_first_request_ms: float
    web_without_bytecode_ms: float
    web_ratio: float
    worker_start_ms: float
    worker_without_bytecode_ms: float
    worker_ratio: float
    worker_modules: int
    web_modules: int
    warm_request_ms: float
    warm_bare_wsgi_ms: float

    def lines(self) -> list[str]:
        """A line for each figure."""
        return [f"{name:<28} {value:>10g}" for name, value in asdict(self).items()]


def measure(say: Callable[[str], None], *, package: Path | None = None) -> Starting:
    """Everything, with a local AWS that has the secret; the package is made if none is given."""
    from ivent_site.local import ministack
    from ivent_site.local.resources import create_resources

    process = ministack.start(PORT)
    try:
        create_resources()
        with tempfile.TemporaryDirectory(prefix="ivent-bench-") as name:
            return _measure(Path(name), package or _package(Path(name), say), say)
    finally:
        ministack.stop(process)


def _measure(work: Path, package: Path, say: Callable[[str], None]) -> Starting:
    compiled, sources = work / "compiled", work / "sources"
    with zipfile.ZipFile(package) as archive:
        archive.extractall(compiled)
        archive.extractall(sources)
    for cache in [*sources.rglob("__pycache__")]:
        shutil.rmtree(cache)
    say("Starting, cold")
    environ = VARIABLES | _secret()
    web = _least(compiled, environ, "web")
    worker = _least(compiled, environ, "worker")
    plain_web = _least(sources, environ, "web")
    plain_worker = _least(sources, environ, "worker")
    cold, plain = web["start"] + web["request"], plain_web["start"] + plain_web["request"]
    return Starting(
        package_mb=round(package.stat().st_size / 1e6, 1),
        import_boto3_ms=_least(compiled, environ, "boto3")["start"],
        web_start_ms=web["start"],
        web_first_request_ms=web["request"],
        web_without_bytecode_ms=round(plain, 1),
        web_ratio=round(cold / plain, 2),
        worker_start_ms=worker["start"],
        worker_without_bytecode_ms=plain_worker["start"],
        worker_ratio=round(worker["start"] / plain_worker["start"], 2),
        worker_modules=int(worker["modules"]),
        web_modules=int(web["modules"]),
        warm_request_ms=web["warm"],
        warm_bare_wsgi_ms=web["bare"],
    )


def _package(work: Path, say: Callable[[str], None]) -> Path:
    from ivent_site.deployment.package import package_build
    from ivent_site.deployment.platforms import Platform, own_runtime
    from ivent_site.deployment.zappa_stages import package_stage

    # This machine runs it.
    own = Platform(own_runtime(), "arm64" if platform.machine() == "aarch64" else "x86_64")
    stages = work / "zappa.json"
    stages.write_text(json.dumps(package_stage(own)))
    package_build(zappa_settings=stages, platform=own, target=work / "ivent.zip", say=say)
    return work / "ivent.zip"


def _secret() -> dict[str, str]:
    """The variables that lead a function to its secret key."""
    url = os.environ["AWS_ENDPOINT_URL"]
    secrets = boto3.client(
        "secretsmanager",
        region_name=VARIABLES["AWS_REGION"],
        endpoint_url=url,
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    arn = secrets.create_secret(Name="secret-key", SecretString="k" * 64)["ARN"]
    return {"SECRET_KEY_ARN": arn, "AWS_ENDPOINT_URL": url}


def _least(content: Path, environ: dict[str, str], role: str) -> dict[str, float]:
    rounds = [_run(content, environ | {"IVENT_ROLE": role}) for _ in range(ROUNDS)]
    return {name: round(min(each[name] for each in rounds), 2) for name in rounds[0]}


def _run(content: Path, environ: dict[str, str]) -> dict[str, float]:
    python = os.path.realpath(sys.executable)
    done = subprocess.run(
        [python, "-S", "-B", str(CHILD), str(content)],
        cwd=content,
        env={**environ, "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{environ['IVENT_ROLE']} did not start:\n{done.stdout}{done.stderr}")
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def _tell(text: str) -> None:
    sys.stderr.write(f"{text}\n")


def main() -> None:
    """Measure, and print."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "ivent_site.settings"
    django.setup()
    parser = argparse.ArgumentParser(prog="tests.benchmarks.starting")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--small", action="store_true", help="a single round: does it work?")
    parser.add_argument("--package", type=Path, help="one that was made before, such as a deployed")
    options = parser.parse_args()
    starting = measure(_tell, package=options.package)
    if options.json:
        told: Any = json.dumps(asdict(starting), indent=2)
    else:
        told = "\n".join(starting.lines())
    sys.stdout.write(f"{told}\n")
    if max(starting.web_ratio, starting.worker_ratio) > RATIO_AT_MOST:
        sys.stdout.write(f"With bytecode a start takes more than {RATIO_AT_MOST} of without.\n")


if __name__ == "__main__":
    main()
