"""A bar chart on a logarithmic scale: every step to the right is ten times as much."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, log10
from typing import NamedTuple

from grader.pictures.svg import Picture, box, hatched, label_width, line, picture, words

HEIGHT = 22
ROW = 32
DECADE = 78.0  # pixels for one factor of ten


class Bar(NamedTuple):
    """One bar: its name, its value (1 or more), and the value in words if not as a number."""

    name: str
    value: float
    label: str = ""
    stands_out: bool = False  # hatched: the one to look at


def log_bars(
    bars: Sequence[Bar], *, unit: str = "", title: str = "Bar chart on a logarithmic scale"
) -> Picture:
    """Draw bars on a scale of 1, 10, 100, ... Values under 1 are drawn as a line at the left."""
    left = max(label_width(bar.name) for bar in bars) + 14
    decades = max(1, ceil(max(log10(max(bar.value, 1)) for bar in bars) - 1e-9))
    height = len(bars) * ROW
    parts: list[str] = []
    for decade in range(decades + 1):
        x = left + decade * DECADE
        parts.append(line(x, 0, x, height, "rule dashed"))
        parts.append(words(x, height + 14, f"{10**decade:,}", "small", "middle"))
    if unit:
        parts.append(words(left, height + 31, f"{unit}; every step is ten times as much", "small"))
    widest = left + decades * DECADE + 30
    for number, bar in enumerate(bars):
        y = number * ROW + 5.0
        width = max(log10(max(bar.value, 1)) * DECADE, 3.0)
        parts.append(words(0, y + HEIGHT / 2 + 4, bar.name))
        parts.append(box(left, y, width, HEIGHT, "bad" if bar.stands_out else "field"))
        if bar.stands_out:
            parts.append(hatched(left, y, width, HEIGHT, "bad-hatch"))
        label = _label(bar)
        parts.append(words(left + width + 7, y + HEIGHT / 2 + 4, label, "strong"))
        widest = max(widest, left + width + 7 + label_width(label))
    told = " ".join(f"{bar.name}: {_label(bar)}." for bar in bars)
    told += f" The unit: {unit}." if unit else ""
    return picture(widest, height + (34 if unit else 18), title, told, *parts)


def _label(bar: Bar) -> str:
    return bar.label or f"{bar.value:,g}"
