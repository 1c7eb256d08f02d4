"""Plots as a template draws them in SVG: coordinates, and the same numbers as a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

WIDTH: Final = 360
HEIGHT: Final = 150
# On the left is room for millions.
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 8, 12, 22
_GAP: Final = 0.25


@dataclass(frozen=True, slots=True)
class Column:
    """A bar of the plot."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """Numbers of consecutive days. `name` is unique on its page."""

    name: str
    title: str
    description: str
    days: Sequence[tuple[date, int]]
    # The largest and the smallest number of the axis.
    high: int
    low: int
    line: str = ""
    area: str = ""
    columns: Sequence[Column] = ()

    width = WIDTH
    height = HEIGHT
    left = _LEFT
    right = WIDTH - _RIGHT
    top = _TOP
    floor = HEIGHT - _BOTTOM


def line_plot(name: str, days: Sequence[tuple[date, int]], *, title: str, description: str) -> Plot:
    """A line through the numbers, on an axis from near the smallest to near the largest."""
    values = [value for _, value in days]
    low, high = _ends(min(values), max(values))
    step = (Plot.right - Plot.left) / max(len(values) - 1, 1)
    points = [
        f"{Plot.left + at * step:.1f},{_y(value, low, high):.1f}" for at, value in enumerate(values)
    ]
    line = " ".join(points)
    corners = f"{Plot.left},{Plot.floor} {line} {Plot.right},{Plot.floor}"
    return Plot(
        name=name,
        title=title,
        description=description,
        days=days,
        high=high,
        low=low,
        line=line,
        area=corners,
    )


def column_plot(
    name: str, days: Sequence[tuple[date, int]], *, title: str, description: str
) -> Plot:
    """A column for each number, on an axis from zero."""
    high = max(1, *(value for _, value in days))
    step = (Plot.right - Plot.left) / len(days)
    columns = [
        Column(
            x=round(Plot.left + (at + _GAP / 2) * step, 1),
            y=round(_y(value, 0, high), 1),
            width=round(step * (1 - _GAP), 1),
            height=round(Plot.floor - _y(value, 0, high), 1),
        )
        for at, (_, value) in enumerate(days)
    ]
    return Plot(
        name=name,
        title=title,
        description=description,
        days=days,
        high=high,
        low=0,
        columns=columns,
    )


def _ends(low: int, high: int) -> tuple[int, int]:
    """The axis: from zero, unless the numbers would then look all the same."""
    return (low, high) if low > high // 2 and high > low else (0, max(high, 1))


def _y(value: int, low: int, high: int) -> float:
    return Plot.floor - (value - low) * (Plot.floor - Plot.top) / (high - low)
