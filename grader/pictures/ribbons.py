"""Byte ribbons: the same bytes in several rows, cut in different places."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from grader.pictures.svg import (
    Picture,
    box,
    bytes_width,
    label_width,
    picture,
    shortened,
    words,
)

HEIGHT = 28
PADDING = 7
GAP = 5  # between two pieces: here is a cut
LONGEST = 40  # letters of one piece that are shown


class Ribbon(NamedTuple):
    """One row: what it is called, and its pieces in order."""

    label: str
    pieces: Sequence[bytes]


def byte_ribbons(ribbons: Sequence[Ribbon], *, title: str = "Byte ribbons") -> Picture:
    """Draw rows of pieces of bytes, so that one sees where each row is cut.

    Bytes that stand for the same position of a stream stand below each other.
    """
    left = max(label_width(ribbon.label) for ribbon in ribbons) + 14
    edges = _edges(ribbons)
    parts: list[str] = []
    widest = 0.0
    for row, ribbon in enumerate(ribbons):
        y = row * (HEIGHT + 30)
        parts.append(words(0, y + HEIGHT / 2 + 4, ribbon.label))
        position = 0
        for number, piece in enumerate(ribbon.pieces):
            x1, x2 = left + edges[position], left + edges[position + len(piece)] - GAP
            position += len(piece)
            style = "field" if number % 2 == 0 else "faint"
            parts.append(box(x1, y + 0.5, x2 - x1, HEIGHT, style, 4))
            shown = shortened(_text(piece), LONGEST)
            parts.append(words((x1 + x2) / 2, y + HEIGHT / 2 + 5, shown, "bytes", "middle"))
            size = f"{len(piece)} bytes" if len(piece) != 1 else "1 byte"
            if label_width(size, 11) > x2 - x1 + GAP:
                size = str(len(piece))
            parts.append(words((x1 + x2) / 2, y + HEIGHT + 14, size, "small", "middle"))
            widest = max(widest, x2)
    told = " ".join(
        f"{ribbon.label}: {', '.join(repr(piece)[1:] for piece in ribbon.pieces) or 'nothing'}."
        for ribbon in ribbons
    )
    return picture(widest, len(ribbons) * (HEIGHT + 30) - 12, title, told, *parts)


def _edges(ribbons: Sequence[Ribbon]) -> dict[int, float]:
    """Return where each position of the stream stands: wide enough for every row's letters."""
    cuts = {0}
    for ribbon in ribbons:
        position = 0
        for piece in ribbon.pieces:
            position += len(piece)
            cuts.add(position)
    stream = max((b"".join(ribbon.pieces) for ribbon in ribbons), key=len)
    edges = {0: 0.0}
    ordered = sorted(cuts)
    for begin, end in pairwise(ordered):
        shown = shortened(_text(stream[begin:end]), LONGEST)
        edges[end] = edges[begin] + max(bytes_width(shown), 14) + 2 * PADDING + GAP
    return edges


def _text(piece: bytes) -> str:
    return "".join(chr(b) if 0x20 <= b < 0x7F else f"\\x{b:02x}" for b in piece)
