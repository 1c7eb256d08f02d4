"""Prove that an install takes what the locks name, whatever was released since.

In a copy of the tree, `make` installs with the oldest pip that ships with a supported Python,
while every locked package has a newer release beside it. It runs before the install, so it uses
the standard library only.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import venv
import zipfile
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
LOCKS: Final = ("requirements.txt", "requirements-dev.txt")
# Python 3.11.0 ships it: https://docs.python.org/release/3.11.0/library/ensurepip.html
OLDEST_PIP: Final = "22.3"
NEWER: Final = "9999.0"


def main() -> None:
    """Print each proof; end with an error at the first that fails."""
    with tempfile.TemporaryDirectory(prefix="ivent-install-") as name:
        work = Path(name)
        tree = _tree(work / "tree")
        newer = work / "newer"
        locked = _locked(tree)
        for package in locked:
            _wheel(newer, package)
        environ = {**os.environ, "PIP_FIND_LINKS": str(newer), "UV_FIND_LINKS": str(newer)}
        environ.pop("VIRTUAL_ENV", None)

        venv.create(tree / ".venv", with_pip=True)
        _pip(tree, "install", "--quiet", f"pip=={OLDEST_PIP}")
        _prove_that_the_newer_releases_tempt(tree, environ)
        _make(tree, environ)
        _compare(tree, locked, f"pip {OLDEST_PIP}, newer releases of {len(locked)} packages")

        _pip(tree, "install", "--quiet", "--no-deps", "--force-reinstall", "iniconfig==2.0.0")
        _make(tree, environ)
        _compare(tree, locked, "a package that was changed is put right in place")

        _prove_that_a_link_is_left_alone(tree, work, environ)


def _tree(path: Path) -> Path:
    """The files that git knows, as they are in the working tree."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout
    for name in filter(None, listed.split("\0")):
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, path / name)
    return path


def _locked(tree: Path) -> dict[str, str]:
    """Every package of the locks, by its normalised name, with its version."""
    text = "".join((tree / lock).read_text() for lock in LOCKS)
    found = re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s;]+)", text, re.MULTILINE)
    return {_normalised(name): version for name, version in found}


def _normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _wheel(folder: Path, package: str) -> None:
    """A newer release of the package, which no lock knows."""
    folder.mkdir(exist_ok=True)
    stem = f"{package.replace('-', '_')}-{NEWER}"
    with zipfile.ZipFile(folder / f"{stem}-py3-none-any.whl", "w") as archive:
        info = f"{stem}.dist-info"
        metadata = f"Metadata-Version: 2.1\nName: {package}\nVersion: {NEWER}\n"
        archive.writestr(f"{info}/METADATA", metadata)
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", f"{info}/METADATA,,\n{info}/WHEEL,,\n{info}/RECORD,,\n")


def _pip(tree: Path, *arguments: str) -> None:
    subprocess.run(
        [".venv/bin/python", "-m", "pip", "--disable-pip-version-check", *arguments],
        cwd=tree,
        check=True,
    )


def _prove_that_the_newer_releases_tempt(tree: Path, environ: dict[str, str]) -> None:
    """Without its lock, pip takes them: otherwise nothing here would prove anything."""
    subprocess.run(
        [
            *(".venv/bin/python", "-m", "pip", "--disable-pip-version-check", "download"),
            *("--quiet", "--no-deps", "--dest", "tempted", "iniconfig"),
        ],
        cwd=tree,
        env=environ,
        check=True,
    )
    names = [each.name for each in (tree / "tempted").iterdir()]
    if names != [f"iniconfig-{NEWER}-py3-none-any.whl"]:
        raise SystemExit(f"pip was not tempted by the newer releases: it took {names}.")


def _make(tree: Path, environ: dict[str, str]) -> None:
    os.utime(tree / "requirements.txt")
    subprocess.run(["make", ".venv/installed"], cwd=tree, env=environ, check=True)


def _compare(tree: Path, locked: dict[str, str], proof: str) -> None:
    listing = subprocess.run(
        [".venv/bin/python", "-m", "pip", "list", "--format=freeze"],
        cwd=tree,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    installed = dict(line.split("==") for line in listing.split())
    installed = {_normalised(name): version for name, version in installed.items()}
    others = {name: each for name, each in installed.items() if locked.get(name) != each}
    if others or len(installed) < len(locked) - 20:
        raise SystemExit(f"Not what the locks name ({proof}): {others or installed}")
    sys.stdout.write(f"Installed as locked: {proof}.\n")


def _prove_that_a_link_is_left_alone(tree: Path, work: Path, environ: dict[str, str]) -> None:
    elsewhere = work / "elsewhere"
    (tree / ".venv").rename(elsewhere)
    (tree / ".venv").symlink_to(elsewhere)
    (elsewhere / "mine.txt").write_text("mine")
    _pip(tree, "install", "--quiet", "--no-deps", "--no-index", f"--find-links={_own(work)}", "own")
    _make(tree, environ)
    subprocess.run(["make", "clean"], cwd=tree, check=True, stdout=subprocess.DEVNULL)
    _pip(tree, "show", "--quiet", "own")
    if not (tree / ".venv").is_symlink() or not (elsewhere / "mine.txt").exists():
        raise SystemExit("make did not leave the linked environment alone.")
    sys.stdout.write("A linked .venv is updated in place and never cleared.\n")


def _own(work: Path) -> Path:
    _wheel(work / "own", "own")
    return work / "own"


if __name__ == "__main__":
    main()
