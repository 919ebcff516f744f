"""The frame ruler in a terminal: the bytes of a stream one by one, a caret under the bad one."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from grader.exercise import LENGTH_FIELD_SIZE

NARROWEST = 8  # bytes in a row, at the least


def draw_ruler(
    data: bytes,
    *,
    cuts: Sequence[int] = (),
    frame_end: int = -1,
    caret: int = -1,
    note: str = "",
    width: int,
    ascii_only: bool = False,
) -> list[str]:
    """Return the lines of a ruler: characters, their bytes in hexadecimal, and what is marked.

    `cuts` are where one segment ends and the next begins, `frame_end` is where the length field
    says that the message ends, `caret` is the index of the offending byte.
    """
    in_a_row = max((width - 2) // 3, NARROWEST)
    lines: list[str] = []
    for begin in range(0, max(len(data), 1), in_a_row):
        end = min(begin + in_a_row, len(data))
        lines += _row(data, begin, end, cuts, frame_end, ascii_only)
        if begin <= caret < end or (caret == end == len(data)):
            lines += _caret(3 * (caret - begin), note, width)
    return lines


def _row(
    data: bytes, begin: int, end: int, cuts: Sequence[int], frame_end: int, ascii_only: bool
) -> list[str]:
    letters, numbers, below = "", "", ""
    bar, line, corner = ("|", "-", "+") if ascii_only else ("│", "─", "┘")
    for position in range(begin, end):
        byte = data[position]
        mark = bar if position in cuts else "‖" if position == frame_end else " "
        if ascii_only and position == frame_end:
            mark = "!"
        letters += f"{mark}{_letter(byte)} "
        numbers += f"{mark}{byte:02x}"
    lines = [letters.rstrip(), numbers.rstrip()]
    if begin == 0 and len(data) >= LENGTH_FIELD_SIZE and data[:LENGTH_FIELD_SIZE].isdigit():
        field = " " + line * (3 * LENGTH_FIELD_SIZE - 2) + corner
        below = f"{field} length field"
        lines.append(below)
    return lines


def _letter(byte: int) -> str:
    return chr(byte) if 0x20 < byte < 0x7F else "_" if byte == 0x20 else "."


def _caret(column: int, note: str, width: int) -> list[str]:
    pointer = " " * (column + 1) + "^^"
    if len(pointer) + 1 + len(note) <= width:
        return [f"{pointer} {note}".rstrip()]
    return [pointer, *textwrap.wrap(note, width, initial_indent=" ", subsequent_indent="   ")]
