"""The figures: each with its target, beside the two other ways."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

SAME_WITHIN: Final = 0.10


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One line of the table. `digits` are those behind the point, of the target as of the rest."""

    name: str
    ours: float
    target: float | None = None
    common: float | None = None
    simplest: float | None = None
    digits: int = 3

    @property
    def met(self) -> bool | None:
        """Whether the target is met, at the precision in which it is given."""
        return None if self.target is None else round(self.ours, self.digits) <= self.target

    def cells(self) -> list[str]:
        """The line."""
        values = (self.ours, self.common, self.simplest)
        shown = ["" if each is None else f"{each:,.{self.digits}f}" for each in values]
        target = "" if self.target is None else f"≤ {self.target:,.{self.digits}f}"
        return [self.name, target, *shown, {True: "yes", False: "NO", None: ""}[self.met]]

    def as_json(self) -> dict[str, Any]:
        """The line, for programs."""
        return {
            "figure": self.name,
            "target": self.target,
            "ours": self.ours,
            "common": self.common,
            "simplest": self.simplest,
            "met": self.met,
        }


def spread(values: Sequence[float]) -> float:
    """By how much the largest is above the smallest: 0.1 for ten per cent."""
    return max(values) / min(values) - 1


def table(figures: Sequence[Figure]) -> str:
    """The lines, as Markdown."""
    head = ["figure", "target", "Ivent", "common way", "simplest way", "met"]
    lines = [head, *(figure.cells() for figure in figures)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    rule = [f"{'-' * (width - 1)}:" if at else "-" * width for at, width in enumerate(widths)]
    lines.insert(1, rule)
    return "\n".join(
        "| "
        + " | ".join(
            cell.rjust(width) if at else cell.ljust(width)
            for at, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        + " |"
        for line in lines
    )
