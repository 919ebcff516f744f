"""Bytes to be laid out one by one, with what is wrong with them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from grader.conversation import Ruler
from grader.exercise import LENGTH_FIELD_SIZE, BadFrame

BYTES_SHOWN = 48  # of a ruler; a part around the offending byte is cut out of more


def ruler_of_bad_frame(title: str, error: BadFrame) -> Ruler:
    """Return the bytes of what should have been a frame, a caret under the one that spoils it."""
    field, payload = error.data[:LENGTH_FIELD_SIZE], error.data[LENGTH_FIELD_SIZE:]
    if error.at < LENGTH_FIELD_SIZE:
        note = "no length field can begin or go on like this"
        if field.isdigit():
            note = "no message is as long as this length field says"
        return Ruler(title, error.data[:BYTES_SHOWN], (), error.at, note)
    length = int(field)
    end = LENGTH_FIELD_SIZE + length
    note = "here a character begins that the payload does not hold whole"
    if len(payload) > length:
        note += f": the length field says {length}, and more came behind it"
    first = max(error.at - BYTES_SHOWN // 2, 0) if error.at >= BYTES_SHOWN else 0
    if first:
        title = f"{title}, from its byte {first} on"
    part = error.data[first : first + BYTES_SHOWN]
    return Ruler(title, part, caret=error.at - first, note=note, frame_end=end - first)


def ruler_of_pieces(title: str, pieces: Sequence[bytes]) -> Ruler:
    """Return a stream, with a mark wherever one piece ends and the next one begins."""
    cuts = tuple(accumulate(len(piece) for piece in pieces if piece))[:-1]
    data = b"".join(pieces)[:BYTES_SHOWN]
    return Ruler(title, data, tuple(cut for cut in cuts if cut < len(data)))


def ruler_of_difference(title: str, came: bytes, wanted: bytes) -> Ruler | None:
    """Return what came, a caret under the first byte that differs from what was wanted."""
    if came == wanted:
        return None
    same = next(
        (n for n, (a, b) in enumerate(zip(came, wanted, strict=False)) if a != b),
        min(len(came), len(wanted)),
    )
    if same >= len(came):
        note = f"here it ends; the next byte should be {wanted[same : same + 1]!r}"
    elif same >= len(wanted):
        note = "from here on it is too much"
    else:
        note = f"should be {wanted[same : same + 1]!r}"
    first = max(same - BYTES_SHOWN // 2, 0) if same >= BYTES_SHOWN else 0
    return Ruler(title, came[first : first + BYTES_SHOWN], caret=same - first, note=note)
