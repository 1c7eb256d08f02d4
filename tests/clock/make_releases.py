"""Makes `releases.zip`: eleven releases of the rules of time zones, as far as they differ.

    .venv/bin/python -m tests.clock.make_releases

It installs each release of PyPI's tzdata, pinned by hash, into a temporary folder, and keeps the
compiled files (TZif, RFC 9636) of those zones of which any two releases differ, each content once.
"""

import hashlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

ARCHIVE = Path(__file__).parent / "releases.zip"
# IANA's name, PyPI's version, and the wheel's SHA-256.
RELEASES = {
    "2024a": ("2024.1", "9068bc196136463f5245e51efda838afa15aaeca9903f49050dfa2679db4d252"),
    "2024b": ("2024.2", "a48093786cdcde33cad18c2555e8532f34422074448fbc874186f0abd79565cd"),
    "2025a": ("2025.1", "7e127113816800496f027041c570f50bcd464a020098a3b6b199517772303639"),
    "2025b": ("2025.2", "1a403fada01ff9221ca8044d701868fa132215d84beb92242d9acd2147f667a8"),
    "2025c": ("2025.3", "06a47e5700f3081aab02b2e513160914ff0694bce9947d6b76ebd6bf57cfc5d1"),
    "2026a": ("2026.1", "4b1d2be7ac37ceafd7327b961aa3a54e467efbdb563a23655fbfe0d39cfc42a9"),
    "2026b": ("2026.2", "bbe9af844f658da81a5f95019480da3a89415801f6cc966806612cc7169bffe7"),
    "2026c": ("2026.3", "dc096730c87af6cab1b171c9d532be840741ff5d459015e7f6947bd7d7e54931"),
    "2026d": ("2026.4", "c2169a8b0a7a5e9674da5a135ccdfb2b3e671b333ed9fed17b41f73c34476e81"),
    "2026e": ("2026.5", "b683bd1b6659ddcd810ff02ad09ba821d4bf1065072805063eb35c49617905ac"),
    "2026f": ("2026.6", "0a10eec6e13ef16b627fabed9a5f2ba61a62b1c67f327305f4e7e412a70b4aec"),
}


def main() -> None:
    """Write the archive."""
    zones = {release: _zones(*pinned) for release, pinned in RELEASES.items()}
    names = {name for found in zones.values() for name in found}
    differ = sorted(
        name for name in names if len({found.get(name) for found in zones.values()}) > 1
    )
    index = {
        release: {name: _key(found[name]) for name in differ if name in found}
        for release, found in zones.items()
    }
    contents = {
        _key(found[name]): found[name]
        for found in zones.values()
        for name in differ
        if name in found
    }
    with ZipFile(ARCHIVE, "w", ZIP_DEFLATED) as archive:
        # Without a time, so that it comes out the same.
        archive.writestr(ZipInfo("index.json"), json.dumps(index), ZIP_DEFLATED)
        for key, content in sorted(contents.items()):
            archive.writestr(ZipInfo(key), content, ZIP_DEFLATED)


def _zones(version: str, digest: str) -> dict[str, bytes]:
    """The compiled zones of a release, by name."""
    with tempfile.TemporaryDirectory() as folder:
        wanted = Path(folder) / "requirements.txt"
        wanted.write_text(f"tzdata=={version} --hash=sha256:{digest}\n")
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--require-hashes"]
        subprocess.run([*pip, "--target", folder, "-r", str(wanted)], check=True)
        base = Path(folder) / "tzdata" / "zoneinfo"
        files = {path: path.read_bytes() for path in base.rglob("*") if path.is_file()}
        return {
            str(path.relative_to(base)): content
            for path, content in files.items()
            if content.startswith(b"TZif")
        }


def _key(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


if __name__ == "__main__":
    main()
