"""The frame ruler: length field and payload laid over the very bytes of a stream."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from grader.exercise import LENGTH_FIELD_SIZE
from grader.pictures.svg import (
    Picture,
    box,
    bracket,
    hatched,
    label_width,
    line,
    path,
    picture,
    words,
)

CELL = 27  # pixels for one byte
CELL_HEIGHT = 36
ROW = 28  # bytes beside each other
SHOWN = 112  # bytes at the most; of a longer stream, the beginning and what is around the caret
FIELD, PAYLOAD, BROKEN = "length field", "payload", "not a length field"


class Span(NamedTuple):
    """A stretch of a stream, and what a receiver takes it for."""

    begin: int
    end: int
    kind: str  # FIELD, PAYLOAD or BROKEN
    label: str


def spans(data: bytes, field_size: int = LENGTH_FIELD_SIZE) -> list[Span]:
    """Return what a receiver takes each stretch of a stream for, up to the first broken field.

    >>> [span.label for span in spans(b"0005HELLO00")]
    ['length field', 'payload', 'length field, 2 of 4 bytes']
    """
    found: list[Span] = []
    position = 0
    while position < len(data):
        field = data[position : position + field_size]
        end = position + len(field)
        if not all(digit in b"0123456789" for digit in field):
            found.append(Span(position, end, BROKEN, BROKEN))
            break
        whole = len(field) == field_size
        label = FIELD if whole else f"{FIELD}, {len(field)} of {field_size} bytes"
        found.append(Span(position, end, FIELD, label))
        if not whole:
            break
        length = int(field)
        position = min(end + length, len(data))
        if length and position > end:
            has = position - end
            label = PAYLOAD if has == length else f"{PAYLOAD}, {has} of {length} bytes"
            found.append(Span(end, position, PAYLOAD, label))
    return found


def frame_ruler(
    data: bytes,
    *,
    sends: Sequence[int] = (),
    recvs: Sequence[int] = (),
    caret: int | None = None,
    note: str = "",
    field_size: int = LENGTH_FIELD_SIZE,
    title: str = "Frame ruler",
) -> Picture:
    """Draw a stream byte by byte, with what a receiver takes each stretch for.

    `sends` and `recvs` are sizes in bytes: how the stream was cut on its way in, drawn above, and
    on its way out, drawn below. `caret` points at one byte from below, with `note` beside it; where
    it is not given it points at the first byte that a length field cannot have, if there is one.
    """
    read_as = spans(data, field_size)
    if caret is None and read_as and read_as[-1].kind == BROKEN:
        bad = read_as[-1]
        caret = next(i for i in range(bad.begin, bad.end) if data[i] not in b"0123456789")
        note = note or "no digit"
    parts: list[str] = []
    y = 0.0
    widest = 0.0
    previous = 0
    for begin, end in _rows(len(data), caret):
        if begin > previous:
            parts.append(words(0, y + 12, f"… {begin - previous} bytes not shown …", "small"))
            y += 22
        drawn, height, width = _row(data, begin, end, read_as, sends, recvs, caret, note)
        parts.append(f'<g transform="translate(0 {y:g})">{drawn}</g>')
        y += height
        widest = max(widest, width)
        previous = end
    if previous < len(data):
        parts.append(words(0, y + 8, f"… {len(data) - previous} more bytes", "small"))
        y += 18
    told = _description(data, read_as, sends, recvs, caret, note)
    return picture(widest, y, title, told, *parts)


def _rows(length: int, caret: int | None) -> list[tuple[int, int]]:
    """Return the stretches to draw, one for each row."""
    if length <= SHOWN:
        wanted = range(0, max(length, 1), ROW)
    elif caret is None or caret < SHOWN:
        wanted = range(0, SHOWN, ROW)
    else:
        around = max(ROW, caret - ROW // 2)
        return [(0, ROW), (around, min(around + ROW, length))]
    return [(begin, min(begin + ROW, length)) for begin in wanted]


def _row(
    data: bytes,
    begin: int,
    end: int,
    read_as: Sequence[Span],
    sends: Sequence[int],
    recvs: Sequence[int],
    caret: int | None,
    note: str,
) -> tuple[str, float, float]:
    """Return one row's markup, height and width."""
    parts: list[str] = []
    top = 24.0 if sends else 0.0
    width = float((end - begin) * CELL)
    if sends:
        parts += _cuts(sends, begin, end, 14, 6, "send")
    for position in range(begin, end):
        parts.append(
            _cell(data[position], (position - begin) * CELL, top, _kind(read_as, position))
        )
    y = top + CELL_HEIGHT + 4
    for span in read_as:
        left, right = max(span.begin, begin), min(span.end, end)
        if left >= right:
            continue
        x1, x2 = (left - begin) * CELL + 2, (right - begin) * CELL - 2
        style = {FIELD: "field-ink", BROKEN: "bad-ink"}.get(span.kind, "")
        parts.append(bracket(x1, x2, y + 4, -4, "wrong" if span.kind == BROKEN else "rule"))
        label = _fitting(span.label, x2 - x1 + 10)
        parts.append(words((x1 + x2) / 2, y + 17, label, f"small {style}".strip(), "middle"))
    y += 24
    if caret is not None and begin <= caret < end:
        x = (caret - begin) * CELL + CELL / 2
        parts.append(path(f"M{x:g} {y:g}l-6 10h12z", "wrong-ink"))
        parts.append(line(x, y + 10, x, y + 18, "wrong"))
        beside = x + 10 if x + 10 + label_width(note) <= max(width, 320) else x - 10
        anchor = "start" if beside > x else "end"
        parts.append(words(beside, y + 18, note, "bad-ink strong", anchor))
        y += 24
    if recvs:
        parts += _cuts(recvs, begin, end, y + 4, -6, "recv")
        y += 26
    return "".join(parts), y + 10, width


def _cell(byte: int, x: float, y: float, kind: str) -> str:
    """Return one byte: its character if it has one, and its value below it."""
    style = {FIELD: "field", BROKEN: "bad"}.get(kind, "box")
    if not kind:
        style = "box dashed"
    shown = "␣" if byte == 0x20 else chr(byte) if 0x20 < byte < 0x7F else "·"
    drawn = box(x + 0.5, y + 0.5, CELL - 1, CELL_HEIGHT - 1, style)
    if kind == BROKEN:
        drawn += hatched(x + 0.5, y + CELL_HEIGHT - 13, CELL - 1, 12, "bad-hatch")
        drawn += box(x + 5, y + CELL_HEIGHT - 13, CELL - 10, 11, "bad")
    drawn += words(x + CELL / 2, y + 17, shown, "bytes", "middle")
    return drawn + words(x + CELL / 2, y + CELL_HEIGHT - 5, f"{byte:02X}", "tiny", "middle")


def _cuts(
    sizes: Sequence[int], begin: int, end: int, y: float, depth: float, call: str
) -> list[str]:
    """Return a bracket for every send or recv that touches the row."""
    parts: list[str] = []
    position = 0
    style = "firm" if call == "send" else "firm dashed"
    for number, size in enumerate(sizes, 1):
        left, right = max(position, begin), min(position + size, end)
        position += size
        if left >= right:
            continue
        x1, x2 = (left - begin) * CELL + 1.5, (right - begin) * CELL - 1.5
        parts.append(bracket(x1, x2, y, depth, style))
        room = x2 - x1
        label = f"{call} {number}: {size} bytes" if size > 1 else f"{call} {number}: 1 byte"
        if label_width(label, 11) > room:
            label = (
                f"{call} {number}" if label_width(f"{call} {number}", 11) <= room else f"{number}"
            )
        parts.append(words((x1 + x2) / 2, y + (-3 if depth > 0 else 12), label, "small", "middle"))
    return parts


def _kind(read_as: Sequence[Span], position: int) -> str:
    for span in read_as:
        if span.begin <= position < span.end:
            return span.kind
    return ""


def _fitting(label: str, room: float) -> str:
    """Return the label, or its last word, or nothing, as there is room for it."""
    for candidate in (label, label.split(",")[0], label.split(",")[0].split()[-1]):
        if label_width(candidate, 11) <= room:
            return candidate
    return ""


def _description(
    data: bytes,
    read_as: Sequence[Span],
    sends: Sequence[int],
    recvs: Sequence[int],
    caret: int | None,
    note: str,
) -> str:
    shown = [f"{span.label} {_ascii(data[span.begin : span.end])}" for span in read_as]
    told = f"{len(data)} bytes. " + "; ".join(shown) + "."
    if sends:
        told += f" Sent in pieces of {', '.join(map(str, sends))} bytes."
    if recvs:
        told += f" Received in pieces of {', '.join(map(str, recvs))} bytes."
    if caret is not None:
        told += f" Marked: byte {caret + 1}, {note}." if note else f" Marked: byte {caret + 1}."
    return told


def _ascii(data: bytes) -> str:
    return repr(data[:60])[1:] + (" and more" if len(data) > 60 else "")
