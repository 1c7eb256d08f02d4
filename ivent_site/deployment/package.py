"""The package: what both functions run, as small and as quick to start as it gets.

Zappa packages the project's code and the libraries of an environment that holds
requirements.txt and nothing else. What neither function needs is then left out, and the
bytecode is put in: Lambda's file system is read-only, so that without it each cold start would
compile everything again. Unchecked-hash bytecode is believed whatever the time of its source.
https://docs.python.org/3/library/py_compile.html#py_compile.PycInvalidationMode
"""

import compileall
import os
import py_compile
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from django.conf import settings

from ivent_site.deployment.platforms import Platform, own_runtime
from ivent_site.deployment.pruning import is_needed
from ivent_site.deployment.shared_objects import shared_objects
from ivent_site.deployment.static import collect_static
from ivent_site.deployment.zappa_stages import PACKAGE_STAGE

PACKAGE_MAX_BYTES: Final = 24 * 1024 * 1024
_PROJECT: Final = ("ivent_site", "events", "subscriptions", "notifications")
# Zappa's own, and new with each package.
_NOT_SHIPPED: Final = frozenset({"package_info.json"})
# The same content makes the same file, whenever it is made.
_TIME: Final = (1980, 1, 1, 0, 0, 0)


class PackageError(Exception):
    """The package cannot be made; the message says why."""


def package_build(
    *, zappa_settings: Path, platform: Platform, target: Path, say: Callable[[str], None]
) -> int:
    """Write the package for the platform to `target`; its size in bytes.

    The wheels are those of the platform, whatever machine this is. Raises PackageError, also if
    the platform could not load one of the compiled libraries.
    """
    if platform.runtime != own_runtime():
        raise PackageError(
            f"The functions run {platform.runtime} and this is {own_runtime()}: run this with "
            f"their Python (make clean, then PYTHON={platform.runtime} make deploy), or set "
            f'platform = {{ runtime = "{own_runtime()}" }} in terraform.tfvars and apply.'
        )
    with tempfile.TemporaryDirectory(prefix="ivent-package-") as name:
        work = Path(name)
        say("Installing requirements.txt into an environment of its own …")
        environment = _environment(work / "libraries", platform)
        project = _project(work / "project")
        say("Collecting the static files …")
        collect_static(project / "staticfiles")
        say("Packaging with Zappa …")
        raw = _zappa_package(project, environment, zappa_settings)
        say("Leaving out what is not needed, compiling the rest …")
        content = work / "content"
        _extract(raw, content)
        _check(content, platform, say)
        _compile(content)
        target.parent.mkdir(parents=True, exist_ok=True)
        _archive(content, target)
    size = target.stat().st_size
    if size > PACKAGE_MAX_BYTES:
        raise PackageError(f"The package has {size:,} bytes: more than {PACKAGE_MAX_BYTES:,}.")
    return size


def _environment(path: Path, platform: Platform) -> Path:
    """A virtual environment with requirements.txt, as its hashes say, and nothing else."""
    _run([sys.executable, "-m", "venv", "--without-pip", str(path)])
    (libraries,) = path.glob("lib/python*/site-packages")
    requirements = settings.BASE_DIR / "requirements.txt"
    _run(
        [
            *(str(Path(sys.executable).parent / "uv"), "pip", "install", "--quiet"),
            *("--target", str(libraries), "--python-platform", platform.wheels),
            *("--python-version", platform.runtime.removeprefix("python")),
            # Nothing is resolved, and only what has no wheel, and is not shipped, is built.
            *("--no-deps", "--require-hashes", "-r", str(requirements)),
            *("--only-binary", ":all:", "--no-binary", "placebo"),
            *("--build-constraints", str(requirements)),
        ]
    )
    # Before Zappa copies and packs what is not shipped anyhow.
    for file in [each for each in libraries.rglob("*") if each.is_file()]:
        if not is_needed(file.relative_to(libraries).as_posix()):
            file.unlink()
    return path


def _project(path: Path) -> Path:
    """A copy of the project's own packages."""
    for package in _PROJECT:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(settings.BASE_DIR / package, path / package, ignore=ignored)
    return path


def _zappa_package(project: Path, environment: Path, zappa_settings: Path) -> Path:
    raw = project.parent / "raw.zip"
    zappa = Path(sys.executable).parent / "zappa"
    arguments = ["package", PACKAGE_STAGE, "--settings_file", str(zappa_settings.resolve())]
    _run(
        [str(zappa), *arguments, "--output", f"../{raw.name}"],
        cwd=project,
        environ={**os.environ, "VIRTUAL_ENV": str(environment)},
    )
    return raw


def _extract(raw: Path, content: Path) -> None:
    with zipfile.ZipFile(raw) as archive:
        for name in archive.namelist():
            if name not in _NOT_SHIPPED and is_needed(name):
                archive.extract(name, content)


def _check(content: Path, platform: Platform, say: Callable[[str], None]) -> None:
    found = list(shared_objects(content))
    problems = [problem for each in found if (problem := each.problem(platform))]
    if problems:
        raise PackageError("\n".join(problems))
    say(f"{platform} can load each compiled library:")
    for each in found:
        say(f"  {each}")


def _compile(content: Path) -> None:
    # Relative paths in tracebacks, and the same bytes wherever this runs.
    compileall.compile_dir(
        content,
        quiet=2,
        stripdir=str(content),
        invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
        workers=0,
    )


def _archive(content: Path, target: Path) -> None:
    unfinished = target.with_suffix(".tmp")
    with zipfile.ZipFile(
        unfinished, "w", compression=zipfile.ZIP_DEFLATED, compresslevel=9
    ) as archive:
        for path in sorted(each for each in content.rglob("*") if each.is_file()):
            entry = zipfile.ZipInfo(path.relative_to(content).as_posix(), _TIME)
            # Lambda's user is not the owner.
            entry.external_attr = 0o755 << 16
            entry.create_system = 3
            archive.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED, 9)
    unfinished.replace(target)


def _run(
    command: list[str], *, cwd: Path | None = None, environ: Mapping[str, str] | None = None
) -> None:
    done = subprocess.run(  # noqa: S603 - our own tools and arguments
        command, cwd=cwd, env=environ, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise PackageError(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
