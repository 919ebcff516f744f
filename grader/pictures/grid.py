"""A grid: one small square for each of very many cases, passed or not."""

from __future__ import annotations

from collections.abc import Sequence

from grader.pictures.svg import Picture, box, path, picture, words

SQUARE = 9.0


def grid(passed: Sequence[bool], *, across: int = 64, title: str = "Grid of cases") -> Picture:
    """Draw one square for each case, row by row: filled if it passed, a cross if it did not."""
    rows = -(-len(passed) // across)
    good: list[str] = []
    bad: list[str] = []
    for number, is_good in enumerate(passed):
        x, y = number % across * SQUARE, number // across * SQUARE
        if is_good:
            good.append(f"M{x + 1:g} {y + 1:g}h7v7h-7z")
        else:
            bad.append(f"M{x + 2:g} {y + 2:g}l5 5m0 -5l-5 5")
    count = sum(passed)
    y = rows * SQUARE + 20
    said = f"{count:,} of {len(passed):,} passed"
    parts = [
        path("".join(good), "right-ink") if good else "",
        path("".join(bad), "wrong-thin") if bad else "",
        box(0.5, y - 9, 9, 9, "right-ink"),
        words(16, y, "passed", "small"),
        path(f"M72 {y - 8:g}l7 7m0 -7l-7 7", "wrong"),
        words(86, y, "failed", "small"),
        words(across * SQUARE, y, said, "strong", "end"),
    ]
    return picture(across * SQUARE, y + 4, title, said + ".", *parts)
