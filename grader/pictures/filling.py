"""A buffer filling: how much is in it, step by step, and how much there is room for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from grader.pictures.svg import (
    Picture,
    box,
    hatched,
    label_width,
    line,
    picture,
    words,
)

TANK = 260.0  # pixels for a full buffer
HEIGHT = 24
ROW = 36


class Level(NamedTuple):
    """One step: what was done, how full the buffer is then, and what came of it."""

    label: str
    amount: float  # of the capacity's unit
    note: str = ""


def filling(
    levels: Sequence[Level],
    capacity: float,
    *,
    full: str = "full",
    title: str = "A buffer filling",
) -> Picture:
    """Draw one tank for each step, filled as far as the buffer is then.

    `full` is what stands at the line that marks the capacity. An amount beyond it is drawn up to
    the end of the tank, with a hatched rim.
    """
    left = max(label_width(level.label) for level in levels) + 14
    right = max(label_width(level.note) for level in levels)
    parts = [words(left + TANK, 11, full, "small", "middle")]
    for number, level in enumerate(levels):
        y = 20.0 + number * ROW
        share = min(max(level.amount / capacity, 0.0), 1.0)
        parts.append(words(0, y + HEIGHT / 2 + 4, level.label))
        parts.append(box(left, y, TANK, HEIGHT, "box", 3))
        if share:
            parts.append(box(left, y, max(share * TANK, 2.0), HEIGHT, "field", 3))
        if level.amount >= capacity:
            parts.append(hatched(left + TANK - 26, y, 26, HEIGHT))
        parts.append(words(left + TANK + 12, y + HEIGHT / 2 + 4, level.note))
    height = 20 + len(levels) * ROW - (ROW - HEIGHT)
    parts.append(line(left + TANK, 15, left + TANK, height + 3, "firm dashed"))
    told = " ".join(
        f"{level.label}: {_percent(level.amount / capacity)} full"
        + (f", {level.note}." if level.note else ".")
        for level in levels
    )
    return picture(left + TANK + 12 + right, height + 4, title, told, *parts)


def _percent(share: float) -> str:
    return f"{round(100 * share)} per cent"
