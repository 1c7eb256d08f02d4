"""What the functions run on: a runtime of Lambda's and an architecture, decided together.

The package holds compiled libraries, so it is built for one platform, whatever machine builds it.
"""

import sys
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple


class Runtime(NamedTuple):
    """A runtime of Lambda's: the glibc of its system, and when AWS ends it."""

    glibc: tuple[int, int]
    deprecated: date
    updates_blocked: date


# https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html has the dates. python3.11 runs
# on Amazon Linux 2 with glibc 2.26, all later ones on Amazon Linux 2023 with glibc 2.34
# (https://docs.aws.amazon.com/linux/al2023/ug/compare-with-al2.html).
RUNTIMES: Final = {
    "python3.11": Runtime((2, 26), date(2027, 6, 30), date(2027, 8, 31)),
    "python3.12": Runtime((2, 34), date(2028, 10, 31), date(2029, 1, 10)),
    "python3.13": Runtime((2, 34), date(2029, 6, 30), date(2029, 8, 31)),
}
# Lambda's name → the name in wheels, and the machine in an ELF header.
_MACHINES: Final = {"x86_64": ("x86_64", "EM_X86_64"), "arm64": ("aarch64", "EM_AARCH64")}
ARCHITECTURES: Final = tuple(_MACHINES)


def own_runtime() -> str:
    """The runtime that the running Python matches, and so can build for."""
    return f"python{sys.version_info.major}.{sys.version_info.minor}"


@dataclass(frozen=True)
class Platform:
    """A runtime and an architecture, by Lambda's names."""

    runtime: str
    architecture: str

    @property
    def wheels(self) -> str:
        """The platform whose wheels run there, as uv calls it.

        manylinux2014 needs glibc 2.17, which every runtime has.
        """
        return f"{_MACHINES[self.architecture][0]}-manylinux2014"

    @property
    def machine(self) -> str:
        """The machine that the ELF header of its shared objects names."""
        return _MACHINES[self.architecture][1]

    @property
    def glibc(self) -> tuple[int, int]:
        """The version of glibc there."""
        return RUNTIMES[self.runtime].glibc

    def __str__(self) -> str:
        return f"{self.runtime} on {self.architecture}"
