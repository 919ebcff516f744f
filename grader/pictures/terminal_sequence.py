"""The sequence diagram in a terminal: lifelines at the left, what was said at the right.

      alice   bob   server
1  !    |------|----->|    NAME alice
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

LABEL = 11  # characters of a lifeline's name that are shown
NARROWEST_TEXT = 24  # columns for what was said, at the least
LINES = 4  # of one text


class Row(NamedTuple):
    """One step. Without a target it is an event at one lifeline; without a source, words alone."""

    source: str | None
    target: str | None
    text: str
    number: int = 0  # 0: it is no step of its own
    failed: bool = False
    dashed: bool = False  # what should have been


class Signs(NamedTuple):
    """The characters of which a diagram is made."""

    lifeline: str
    leaves_right: str
    leaves_left: str
    line: str
    dashes: str
    crosses: str
    right: str
    left: str
    event: str
    failed: str


UNICODE = Signs("│", "├", "┤", "─", "╌", "┼", "▶", "◀", "●", "✗")
ASCII = Signs("|", "|", "|", "-", ".", "+", ">", "<", "o", "x")


def draw_sequence(
    lifelines: Sequence[str], rows: Sequence[Row], *, width: int, ascii_only: bool = False
) -> list[str]:
    """Return the diagram's lines, none longer than `width` columns if that is at least 50.

    Every source and target must be one of the lifelines. Texts that do not fit are wrapped.
    """
    signs = ASCII if ascii_only else UNICODE
    names = [name if len(name) <= LABEL else name[: LABEL - 1] + "." for name in lifelines]
    at = _columns(names)
    left = 8  # for the number and the mark
    text_at = left + at[-1] + len(names[-1]) // 2 + 4
    room = max(width - text_at, NARROWEST_TEXT)
    places = dict(zip(lifelines, at, strict=True))
    head = [" "] * (at[-1] + LABEL)
    for name, column in zip(names, at, strict=True):
        begin = column - len(name) // 2
        head[begin : begin + len(name)] = name
    lines = [" " * left + "".join(head).rstrip()]
    for row in rows:
        number = str(row.number) if row.number else ""
        prefix = f"{number:>4} {signs.failed if row.failed else ' '}  "
        drawn, empty = _lanes(row, places, signs), _lanes(None, places, signs)
        texts = _wrapped(row.text, room)
        for count, text in enumerate(texts):
            lanes = drawn if count == 0 else empty
            line = f"{prefix if count == 0 else ' ' * left}{lanes}".ljust(text_at) + text
            lines.append(line.rstrip())
    return lines


def _columns(names: Sequence[str]) -> list[int]:
    """Return the column of each lifeline, so that no two names touch."""
    columns = [len(names[0]) // 2]
    for before, name in pairwise(names):
        apart = (len(before) - len(before) // 2) + len(name) // 2 + 2
        columns.append(columns[-1] + max(apart, 8))
    return columns


def _wrapped(text: str, room: int) -> list[str]:
    lines = textwrap.wrap(
        text, room, drop_whitespace=False, break_on_hyphens=False, subsequent_indent="  "
    )
    if len(lines) > LINES:
        lines = [*lines[: LINES - 1], "  ..."]
    return lines or [""]


def _lanes(row: Row | None, places: dict[str, int], signs: Signs) -> str:
    cells = [" "] * (max(places.values()) + 1)
    for column in places.values():
        cells[column] = signs.lifeline
    if row is None or row.source is None:
        return "".join(cells)
    begin = places[row.source]
    if row.target is None or row.target == row.source:
        cells[begin] = signs.event
        return "".join(cells)
    end = places[row.target]
    low, high = sorted((begin, end))
    for column in range(low + 1, high):
        crossing = cells[column] == signs.lifeline
        cells[column] = signs.crosses if crossing else signs.dashes if row.dashed else signs.line
    if begin < end:
        cells[begin], cells[end - 1] = signs.leaves_right, signs.right
    else:
        cells[begin], cells[end + 1] = signs.leaves_left, signs.left
    return "".join(cells)
