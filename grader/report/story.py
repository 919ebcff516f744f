"""Which steps of a conversation a report shows, and in which words."""

from __future__ import annotations

from typing import NamedTuple

from grader.conversation import (
    DOES,
    GETS,
    GETS_UNASKED,
    SENDS,
    SENDS_BYTES,
    Account,
    Step,
)
from grader.exercise import frame
from grader.visible import visible_line

BEFORE, AFTER = 14, 4  # steps that are shown, up to the failure and behind it
SAME = 3  # steps of one kind in a row that are shown before the others are counted only
TEXT = 90  # characters of a payload; the middle of a longer one is left out
PIECE = 60  # bytes of a piece


class Scene(NamedTuple):
    """One step as it is shown, or, with the number 0, how many were left out."""

    number: int
    step: Step | None
    text: str  # what a student could type; of an omission, what was left out
    is_wrong: bool = False  # the message that came in place of another


def scenes(account: Account) -> list[Scene]:
    """Return the part of the conversation that a person should look at, in order."""
    steps = account.steps
    expectation = account.expectation
    failed = min(expectation.after if expectation else len(steps), len(steps))
    wrong = failed if expectation and expectation.has_come else 0
    told = _runs_cut([*enumerate(steps, 1)], wrong)
    before = [scene for scene in told if not scene.number or scene.number <= failed]
    after = [scene for scene in told if scene.number > failed]
    cut = before[-BEFORE:]
    if cut and len(cut) < len(before):
        first = next(scene.number for scene in cut if scene.number)
        cut = [Scene(0, None, _count(first - 1, "before")), *cut[cut[0].number == 0 :]]
    if len(after) > AFTER:
        left_out = len(steps) - after[AFTER - 1].number
        after = [*after[:AFTER], Scene(0, None, _count(left_out, "more came"))]
    return cut + after


def _count(number: int, what: str) -> str:
    return f"... {number} step{'s' if number != 1 else ''} {what} ..."


def _runs_cut(numbered: list[tuple[int, Step]], wrong: int) -> list[Scene]:
    """Return the steps as scenes; of many that are alike in a row, the first and the last."""
    found: list[Scene] = []
    position = 0
    while position < len(numbered):
        run = position
        alike = _kind(numbered[position][1])
        while run < len(numbered) and _kind(numbered[run][1]) == alike:
            run += 1
        part = [
            Scene(number, step, words(step), number == wrong)
            for number, step in numbered[position:run]
        ]
        if len(part) > SAME + 1:
            left_out = Scene(0, None, f"... {len(part) - 2} more like this ...")
            part = [part[0], left_out, part[-1]]
        found += part
        position = run
    return found


def _kind(step: Step) -> tuple[object, ...]:
    """Return what two steps have in common if one of them says enough about both."""
    if step.kind == SENDS_BYTES:
        return (step.who, step.kind, len(step.data) > PIECE or step.segment)
    return (step.who, step.kind, step.text if step.kind == DOES else step.text.split(" ")[0])


def words(step: Step) -> str:
    """Return a step in the words that a student could type."""
    if step.kind == SENDS_BYTES:
        cut = step.data[:PIECE]
        more = "" if len(cut) == len(step.data) else f"... ({len(step.data)} bytes)"
        return f"the bytes {cut!r}{more}"
    text = shortened(step.text)
    return f"{text}   (not asked for)" if step.kind == GETS_UNASKED else text


def framed(step: Step, bar: str) -> str:
    """Return a step's words with the length field of a message set off before them."""
    if step.kind not in (SENDS, GETS, GETS_UNASKED):
        return words(step)
    field = frame(step.text.encode("utf-8", "replace"))[:4].decode()
    return f"{field}{bar}{words(step) if step.text else ''}"


def shortened(text: str) -> str:
    """Return a text as one line that can be looked at safely, the middle of a long one cut."""
    line = visible_line(text if len(text) <= 4 * TEXT else text[: 2 * TEXT] + text[-2 * TEXT :])
    if not line:
        return "(empty)"
    if len(line) <= TEXT:
        return line
    half = TEXT // 2 - 8
    return (
        f"{line[:half]} ... ({len(text.encode('utf-8', 'replace'))} bytes) ... {line[-half // 2 :]}"
    )
