"""Calendar programs that nobody at Ivent wrote, and what each reads in files.

Those of PyPI and npm are installed into .local/calendars, by the versions that are written beside
their drivers; those of Debian are used where they are, and their drivers compiled there.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pytest

PROJECT: Final = Path(__file__).resolve().parents[2]
DRIVERS: Final = Path(__file__).with_name("programs")
FOLDER: Final = PROJECT / ".local" / "calendars"
_INSTALL_S: Final = 300
_READ_S: Final = 120


def read(program: str, folder: Path) -> dict[str, tuple[str, str]]:
    """Start and end in UTC by file, as the program reads the folder's files; skips without it."""
    if not os.environ.get("CHECK_CALENDARS"):
        pytest.skip("make test-calendars runs it")
    files = sorted(path.name for path in folder.glob("*.ics"))
    command, environ = _command(program, folder)
    shown = _run([*command, *files], cwd=folder, environ=environ, timeout=_READ_S)
    rows = (line.split("\t") for line in shown.splitlines())
    return {row[0]: (row[1], row[2]) for row in rows if len(row) > 2}


def python_tool(name: str) -> Path:
    """A program of PyPI, installed apart from the project's own environment."""
    if not os.environ.get("CHECK_CALENDARS"):
        pytest.skip("make test-calendars runs it")
    pins, venv = DRIVERS / "requirements.txt", FOLDER / "venv"
    mark = FOLDER / pins.name
    if not mark.exists() or mark.read_text() != pins.read_text():
        uv = str(Path(sys.executable).with_name("uv"))
        _run([uv, "venv", "--quiet", "--clear", str(venv)])
        _run(
            [uv, "pip", "install", "--quiet", "--python", str(venv / "bin/python"), "-r", str(pins)]
        )
        shutil.copy(pins, mark)
    return venv / "bin" / name


def _command(program: str, folder: Path) -> tuple[list[str], dict[str, str]]:
    if program in {"ical", "icalendar", "ics", "recurring-ical-events", "vobject"}:
        return [str(python_tool("python")), str(DRIVERS / "readers.py"), program], {}
    if program in {"ical-expander", "ical.js", "node-ical", "ts-ics"}:
        return [_needed("node"), str(_npm_driver()), program], {}
    if program == "sabre":
        _needed_file("/usr/share/php/Sabre/VObject/autoload.php", "php-sabre-vobject")
        return [_needed("php"), str(DRIVERS / "sabre.php")], {}
    if program == "evolution":
        _needed_file("/usr/libexec/evolution-calendar-factory", "evolution-data-server")
        home = folder / "home"
        home.mkdir(mode=0o700)
        places = ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR")
        environ = {"TZ": "UTC"} | dict.fromkeys(places, str(home))
        driver = ["/usr/bin/python3", str(DRIVERS / "evolution.py")]
        return [_needed("dbus-run-session"), "--", *driver], environ
    return [str(_compiled(program))], {}


def _npm_driver() -> Path:
    target, mark = FOLDER / "npm", FOLDER / "npm" / "installed"
    manifest = DRIVERS / "package.json"
    if not mark.exists() or mark.read_text() != manifest.read_text():
        target.mkdir(parents=True, exist_ok=True)
        shutil.copy(manifest, target)
        _run([_needed("npm"), "install", "--silent", "--no-audit", "--no-fund"], cwd=target)
        shutil.copy(manifest, mark)
    # Node looks for libraries beside the script.
    shutil.copy(DRIVERS / "readers.mjs", target)
    return target / "readers.mjs"


def _compiled(program: str) -> Path:
    source, compiler, header, package, options = {
        "libical": ("libical.c", "gcc", "/usr/include/libical/ical.h", "libical-dev", ["-lical"]),
        "kcalendarcore": (
            "kcalendarcore.cpp",
            "g++",
            "/usr/include/KF5/KCalendarCore/KCalendarCore/ICalFormat",
            "libkf5calendarcore-dev",
            ["-fPIC", "-I/usr/include/KF5/KCalendarCore", "-lKF5CalendarCore"],
        ),
    }[program]
    _needed_file(header, package)
    flags = options
    if program == "kcalendarcore":
        found = _run([_needed("pkg-config"), "--cflags", "--libs", "Qt5Core", "Qt5Gui"])
        flags = [*options, *found.split()]
    FOLDER.mkdir(parents=True, exist_ok=True)
    target = FOLDER / program
    _run([_needed(compiler), "-O1", str(DRIVERS / source), "-o", str(target), *flags])
    return target


def _needed(tool: str) -> str:
    return shutil.which(tool) or _missing(tool)


def _needed_file(path: str, package: str) -> None:
    if not Path(path).exists():
        _missing(f"Debian's {package}")


def _missing(what: str) -> str:
    if os.environ.get("REQUIRE_CALENDARS"):
        pytest.fail(f"{what} is not installed")
    pytest.skip(f"{what} is not installed")


def _run(
    command: Sequence[str],
    *,
    cwd: Path | None = None,
    environ: dict[str, str] | None = None,
    timeout: int = _INSTALL_S,
) -> str:
    done = subprocess.run(
        command,
        cwd=cwd,
        env={**os.environ, **(environ or {})},
        capture_output=True,
        text=True,
        check=False,
        timeout=timeout,
    )
    assert done.returncode == 0, (
        f"{' '.join(command)[:300]}\n{done.stdout[-500:]}{done.stderr[-2000:]}"
    )
    return done.stdout
