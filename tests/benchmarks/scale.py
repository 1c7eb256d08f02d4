"""How much of a benchmark is run: all of it, or with `--small` just enough to see that it works."""

import sys
from typing import Final, TypeVar

T = TypeVar("T")
SMALL: Final = "--small" in sys.argv[1:]
if SMALL:
    sys.stderr.write("A small run only shows that the benchmark works: ignore its figures.\n")


def scaled(whole: T, small: T) -> T:
    """The first, unless the command line asks for a small run."""
    return small if SMALL else whole
