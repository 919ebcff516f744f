"""Lanes: what each of several sockets or programs does, step by step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from grader.pictures.svg import (
    Picture,
    box,
    cross,
    hatched,
    label_width,
    picture,
    shortened,
    tick,
    words,
)

HEIGHT = 30
GAP = 8
NARROW, WIDE = 74.0, 190.0  # pixels of a step
IDLE, WORKS, READY, FROZEN, BAD = "idle", "works", "ready", "frozen", "bad"
STYLES = {IDLE: "box dashed", WORKS: "field", READY: "good", FROZEN: "faint", BAD: "bad"}


class Lane(NamedTuple):
    """One row: who it is, and for each step a kind (IDLE, WORKS, ...) and a few words."""

    name: str
    steps: Sequence[tuple[str, str]]


def lanes(
    rows: Sequence[Lane], *, steps: Sequence[str] = (), title: str = "Lanes over time"
) -> Picture:
    """Draw one row for each participant and one column for each step of time, left to right.

    The kinds look different without their colour too: idle is dashed, ready has a tick mark, frozen
    is hatched, bad has a cross.
    """
    count = max(len(row.steps) for row in rows)
    heads = list(steps) or [str(number + 1) for number in range(count)]
    left = max(label_width(row.name) for row in rows) + 14
    widths = [
        _width(heads[i], [row.steps[i] for row in rows if i < len(row.steps)]) for i in range(count)
    ]
    parts: list[str] = []
    x = left
    for head, width in zip(heads, widths, strict=True):
        parts.append(words(x + width / 2, 11, head, "small", "middle"))
        x += width + GAP
    for number, row in enumerate(rows):
        y = 20.0 + number * (HEIGHT + GAP)
        parts.append(words(0, y + HEIGHT / 2 + 4, row.name))
        x = left
        for (kind, label), width in zip(row.steps, widths, strict=False):
            parts.append(_step(x, y, width, kind, label))
            x += width + GAP
    told = " ".join(
        f"{row.name}: "
        + "; ".join(
            f"{head}: {label or kind}"
            for head, (kind, label) in zip(heads, row.steps, strict=False)
        )
        + "."
        for row in rows
    )
    height = 20 + len(rows) * (HEIGHT + GAP) - GAP
    return picture(left + sum(widths) + GAP * (count - 1), height, title, told, *parts)


def _width(head: str, cells: Sequence[tuple[str, str]]) -> float:
    longest = max([label_width(head, 11), *(label_width(label, 12) + 30 for _, label in cells)])
    return min(max(longest, NARROW), WIDE)


def _step(x: float, y: float, width: float, kind: str, label: str) -> str:
    drawn = box(x + 0.5, y + 0.5, width - 1, HEIGHT - 1, STYLES[kind], 4)
    middle = x + width / 2
    shown = shortened(label, int(width / 6.2))
    if kind == FROZEN:
        drawn += hatched(x + 0.5, y + 0.5, width - 1, HEIGHT - 1)
        reach = min(label_width(shown, 12) + 12, width - 2)
        if shown:
            drawn += box(middle - reach / 2, y + 5, reach, HEIGHT - 10, "faint", 3)
    if kind == READY:
        drawn += tick(x + 12, y + HEIGHT / 2)
        middle += 8
    if kind == BAD:
        drawn += cross(x + 12, y + HEIGHT / 2, 4)
        middle += 8
    return drawn + words(middle, y + HEIGHT / 2 + 4, shown, "", "middle")
