"""Whether a platform can load the compiled libraries of a package, read from the files themselves.

A wrong one is found at the first request only, which then ends with 502.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from elftools.elf.elffile import ELFFile
from elftools.elf.gnuversions import GNUVerNeedSection

from ivent_site.deployment.platforms import Platform

_GLIBC = re.compile(r"GLIBC_(\d+)\.(\d+)")


@dataclass(frozen=True, kw_only=True)
class SharedObject:
    """A compiled library: its place in the package, its machine and the glibc it asks for."""

    name: str
    machine: str
    # (0, 0): none.
    glibc: tuple[int, int]

    def problem(self, platform: Platform) -> str | None:
        """Why the platform cannot load it; None if it can."""
        if self.machine != platform.machine:
            return f"{self.name} is built for {self.machine}, and {platform} is {platform.machine}."
        if self.glibc > platform.glibc:
            needed, there = _dotted(self.glibc), _dotted(platform.glibc)
            return f"{self.name} needs glibc {needed}, and {platform} has {there}."
        return None

    def __str__(self) -> str:
        return f"{self.name}: {self.machine}, glibc {_dotted(self.glibc)}"


def shared_objects(content: Path) -> Iterator[SharedObject]:
    """Each ELF file below the directory, whatever its name, in order of the names."""
    for path in sorted(each for each in content.rglob("*") if each.is_file()):
        with path.open("rb") as file:
            if file.read(4) != b"\x7fELF":
                continue
            elf = ELFFile(file)
            yield SharedObject(
                name=path.relative_to(content).as_posix(),
                machine=elf["e_machine"],
                glibc=max(_glibc_versions(elf), default=(0, 0)),
            )


def _glibc_versions(elf: ELFFile) -> Iterator[tuple[int, int]]:
    for section in elf.iter_sections():
        if isinstance(section, GNUVerNeedSection):
            for _library, versions in section.iter_versions():
                for version in versions:
                    if found := _GLIBC.fullmatch(version.name):
                        yield int(found[1]), int(found[2])


def _dotted(version: tuple[int, int]) -> str:
    return ".".join(map(str, version))
