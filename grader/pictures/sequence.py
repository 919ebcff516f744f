"""The sequence diagram: who said what to whom, frame by frame, downwards in time."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from grader.exercise import LENGTH_FIELD_SIZE
from grader.pictures.ruler import BROKEN, FIELD, Span, spans
from grader.pictures.svg import (
    Picture,
    arrow,
    box,
    bytes_width,
    cross,
    label_width,
    line,
    picture,
    shortened,
    words,
)

STEP = 46.0  # pixels from one arrow to the next
CHIP = 21.0  # height of a message
LONGEST = 46  # letters of one payload that are shown
NUMBERS = 26.0  # pixels for the steps' numbers at the left
PADDING = 5
STYLES = {FIELD: "field", BROKEN: "bad dashed"}


class Step(NamedTuple):
    """One step. Without a target it is an event at one lifeline: it connects, closes, waits.

    What goes from one to the other is text, which is drawn as its frame, or bytes, which are drawn
    as they are; an event's text is drawn as words. A failed step may say what was expected instead:
    text or bytes again, or None where nothing can be said.
    """

    source: str
    target: str | None
    content: str | bytes
    failed: bool = False
    expected: str | bytes | None = None
    note: str = ""  # a few words behind the message
    is_framed: bool = True  # False: no frames, so there is no length field to set off


class Chip(NamedTuple):
    """A stretch of a message: length field, payload, or what is neither."""

    style: str
    text: str


def sequence(
    lifelines: Sequence[str],
    steps: Sequence[Step],
    *,
    title: str = "Sequence diagram",
    numbers: Sequence[str] = (),
) -> Picture:
    """Draw a conversation: one lifeline for each of `lifelines`, one row for each step.

    Of a message, the length field is set off from its payload. A failed step is drawn thick, with a
    cross; what was expected instead stands below it, as a dashed arrow that says "expected".
    Every source and target must be one of the lifelines. `numbers` are those of the steps, where
    they are not 1, 2, 3.
    """
    numbers = numbers or [str(number) for number, _ in enumerate(steps, 1)]
    drawn_as = _chips_of_all(steps)
    at = _places(lifelines, steps, drawn_as)
    parts: list[str] = []
    rights = [at[name] + label_width(name) / 2 + 12 for name in lifelines]
    y = 74.0
    for number, step, content in zip(numbers, steps, drawn_as, strict=True):
        parts.append(words(0, y + 4, number, "small"))
        if step.target is None:
            drawn, right = _event(step, at, y)
        else:
            drawn, right = _message(step, at, y, content)
        parts.append(drawn)
        rights.append(right)
        y += STEP
        if step.failed and step.expected is not None:
            drawn, right = _expected(step, at, y)
            parts.append(drawn)
            rights.append(right)
            y += STEP
    bottom = y - STEP + 18
    down = [line(at[name], 26, at[name], bottom, "rule dashed") for name in lifelines]
    heads = [_head(name, at[name]) for name in lifelines]
    told = " ".join(f"{n}. {_told(step)}." for n, step in zip(numbers, steps, strict=True))
    return picture(max(rights), bottom, title, told, *down, *parts, *heads)


def chips(content: str | bytes) -> list[Chip]:
    """Return the stretches of what is sent: of text, of the frame that carries it.

    >>> [chip.text for chip in chips("HELLO")]
    ['0005', 'HELLO']
    """
    if isinstance(content, str):
        size = f"{len(content.encode(errors='replace')):0{LENGTH_FIELD_SIZE}d}"
        return [Chip("field", size), *([Chip("box", content)] if content else [])]
    return [
        Chip(STYLES.get(s.kind, "box"), _text(content[s.begin : s.end]))
        for s in _to_the_end(spans(content), len(content))
    ]


def _text(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode(errors="backslashreplace")


def _chips_of_all(steps: Sequence[Step]) -> list[list[Chip]]:
    """Return every step's stretches; a frame in pieces is read on from piece to piece."""
    unfinished: dict[tuple[str, str], bytes] = {}
    found: list[list[Chip]] = []
    for step in steps:
        if not step.is_framed:
            text = step.content if isinstance(step.content, str) else _text(step.content)
            found.append([Chip("box", text)])
            continue
        if step.target is None or isinstance(step.content, str):
            found.append(chips(step.content))
            continue
        way = (step.source, step.target)
        before = unfinished.pop(way, b"")
        stream = before + step.content
        read_as = spans(stream)
        found.append(
            [
                Chip(STYLES.get(s.kind, "box"), _text(stream[max(s.begin, len(before)) : s.end]))
                for s in _to_the_end(read_as, len(stream))
                if s.end > len(before)
            ]
        )
        begins = [s.begin for s in read_as if s.kind == FIELD]
        if begins and _is_cut_off(stream[begins[-1] :]):
            unfinished[way] = stream[begins[-1] :]
    return found


def _is_cut_off(data: bytes) -> bool:
    """Tell whether data, which begins with a good length field, is less than a whole frame."""
    field = data[:LENGTH_FIELD_SIZE]
    return len(field) < LENGTH_FIELD_SIZE or len(data) < LENGTH_FIELD_SIZE + int(field)


def _to_the_end(read_as: list[Span], length: int) -> list[Span]:
    """Return the spans, and one more for the bytes that nobody can read after a broken field."""
    end = read_as[-1].end if read_as else 0
    return read_as if end == length else [*read_as, Span(end, length, "", "")]


def _places(
    lifelines: Sequence[str], steps: Sequence[Step], drawn_as: Sequence[Sequence[Chip]]
) -> dict[str, float]:
    """Return where each lifeline stands, far enough apart for what goes between them."""
    order = {name: number for number, name in enumerate(lifelines)}
    sizes = [label_width(name) for name in lifelines]
    gaps = [max(120.0, (a + b) / 2 + 34) for a, b in pairwise(sizes)]
    for step, content in zip(steps, drawn_as, strict=True):
        if step.target is None:
            continue
        low, high = sorted((order[step.source], order[step.target]))
        wanted = _width(content) + 56
        if step.failed and step.expected is not None:
            wanted = max(wanted, _width(chips(step.expected)) + label_width("expected: ") + 56)
        for gap in range(low, high):
            gaps[gap] += max(0.0, wanted - sum(gaps[low:high])) / (high - gap)
    at: dict[str, float] = {}
    x = NUMBERS + max([sizes[0] / 2 + 12, *(_half(s) for s in steps if s.source == lifelines[0])])
    for number, name in enumerate(lifelines):
        at[name] = x
        x += gaps[number] if number < len(gaps) else 0
    return at


def _half(step: Step) -> float:
    """Return half the width of an event's words, 0 for a message."""
    return label_width(_event_text(step), 12) / 2 + 10 if step.target is None else 0.0


def _event_text(step: Step) -> str:
    text = step.content if isinstance(step.content, str) else _text(step.content)
    return shortened(text, LONGEST)


def _width(content: Sequence[Chip]) -> float:
    return sum(bytes_width(shortened(c.text, LONGEST)) + 2 * PADDING for c in content)


def _head(name: str, x: float) -> str:
    width = label_width(name) + 22
    return box(x - width / 2, 0.5, width, 26, "faint", 5) + words(x, 18, name, "strong", "middle")


def _event(step: Step, at: dict[str, float], y: float) -> tuple[str, float]:
    x, half = at[step.source], _half(step)
    style = "bad" if step.failed else "box"
    drawn = box(x - half, y - 12, 2 * half, 22, style, 11)
    drawn += words(x, y + 4, _event_text(step), "", "middle")
    if step.failed:
        drawn += cross(x + half + 10, y - 1)
    return drawn, x + half + 18


def _message(
    step: Step, at: dict[str, float], y: float, content: Sequence[Chip]
) -> tuple[str, float]:
    assert step.target is not None
    x1, x2 = at[step.source], at[step.target]
    drawn = arrow(x1, x2, y, "wrong" if step.failed else "firm")
    drawn += _chips_at((x1 + x2) / 2, y - CHIP - 5, content)
    right = max(x1, x2)
    if step.failed:
        drawn += cross((x1 + x2) / 2, y)
    if step.note:
        style = "bad-ink" if step.failed else "small"
        drawn += words(right + 10, y + 4, step.note, style)
        right += label_width(step.note) + 12
    return drawn, right


def _expected(step: Step, at: dict[str, float], y: float) -> tuple[str, float]:
    assert step.expected is not None
    x1, x2 = at[step.source], at[step.target or step.source]
    if step.target is None:
        text = step.expected if isinstance(step.expected, str) else _text(step.expected)
        text = f"expected: {shortened(text, LONGEST)}"
        return words(x1 + 14, y + 4, text, "good-ink"), x1 + 14 + label_width(text)
    drawn = arrow(x1, x2, y, "right dashed")
    content = chips(step.expected)
    half = (_width(content) + label_width("expected: ")) / 2
    middle, top = (x1 + x2) / 2, y - CHIP - 5
    drawn += words(middle - half, top + 15, "expected:", "good-ink strong")
    drawn += _chips_at(middle + half - _width(content) / 2, top, content)
    return drawn, max(x1, x2)


def _chips_at(middle: float, y: float, content: Sequence[Chip]) -> str:
    """Return the stretches of a message side by side, around the middle."""
    x = middle - _width(content) / 2
    drawn = ""
    for chip in content:
        text = shortened(chip.text, LONGEST)
        width = bytes_width(text) + 2 * PADDING
        drawn += box(x, y, width, CHIP, chip.style, 2)
        drawn += words(x + width / 2, y + 15, text, "bytes", "middle")
        x += width
    return drawn


def _told(step: Step) -> str:
    if step.target is None:
        said = f"{step.source}: {_event_text(step)}"
    else:
        said = f"{step.source} to {step.target}: {_event_text(step)}"
    if step.note:
        said += f" ({step.note})"
    if step.failed:
        said += ", which is wrong"
        if step.expected is not None:
            wanted = step.expected if isinstance(step.expected, str) else _text(step.expected)
            said += f"; expected: {shortened(wanted, LONGEST)}"
    return said
