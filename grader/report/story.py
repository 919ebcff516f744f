"""Which steps of a conversation a report shows, and in which words."""

from __future__ import annotations

from collections.abc import Callable
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
SAME = 3  # so many of one kind in a row are worth leaving out
BYSTANDERS = 3  # clients whose part was over before; so many are left out
TEXT = 90  # characters of a payload; the middle of a longer one is left out
PIECE = 60  # bytes of a piece
BY_THE_PROGRAM = ("(the server closed the connection)", "(the connection was reset)")


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
    failed = expectation.after if expectation else account.total
    wrong = failed if expectation and expectation.has_come else 0
    told = _without_bystanders(_runs_cut([*enumerate(steps, account.first)], wrong), account)
    behind = next((n for n, scene in enumerate(told) if scene.number > failed), len(told))
    if behind < len(told) and behind and not told[behind - 1].number:
        behind -= 1  # what was left out there came after it as well
    before, after = told[:behind], told[behind:]
    cut = before[-BEFORE:]
    if cut and (len(cut) < len(before) or account.first > 1):
        first = next(scene.number for scene in cut if scene.number)
        cut = [Scene(0, None, _count(first - 1, "before")), *cut[cut[0].number == 0 :]]
    if len(after) > AFTER:
        left_out = account.total - after[AFTER - 1].number
        after = [*after[:AFTER], Scene(0, None, _count(left_out, "more came"))]
    return cut + after


def _without_bystanders(told: list[Scene], account: Account) -> list[Scene]:
    """Return the scenes without those of clients that were done before the one that failed came.

    Only where there are several of these: a check that goes through many cases, each with a client
    of its own. One or two may be what the failure is about, and so may one with a similar name.
    """
    if not account.expectation:
        return told
    who = account.expectation.who
    begin = next((n for n, scene in enumerate(told) if scene.step and scene.step.who == who), 0)
    later = {scene.step.who for scene in told[begin:] if scene.step}
    before = {scene.step.who for scene in told[:begin] if scene.step}
    done = {name for name in before - later if not name.startswith("(")}  # not "(grader)"
    if len(done) >= BYSTANDERS:
        done = {name for name in done if not _is_like(name, who)}
    if len(done) < BYSTANDERS:
        return told
    theirs = [scene for scene in told[:begin] if scene.step and scene.step.who in done]
    gap = Scene(0, None, _count(len(theirs), f"with {len(done)} others"))
    kept = [scene for scene in told[:begin] if scene.step and scene not in theirs[1:]]
    return [*[gap if scene == theirs[0] else scene for scene in kept], *told[begin:]]


def _is_like(name: str, other: str) -> bool:
    """Tell whether a server may take one name for the other.

    >>> _is_like("alice", "Alice"), _is_like("al", "alice"), _is_like("bob", "alice")
    (True, True, False)
    """
    shorter, longer = sorted((name.casefold(), other.casefold()), key=len)
    return "-" not in name and longer.startswith(shorter)


def _count(number: int, what: str) -> str:
    return f"... {number} step{'s' if number != 1 else ''} {what} ..."


def _runs_cut(numbered: list[tuple[int, Step]], wrong: int) -> list[Scene]:
    """Return the steps as scenes; of many that are alike in a row, the first and the last."""
    told = [Scene(number, step, words(step), number == wrong) for number, step in numbered]
    return _repeats_cut(_repeats_cut(told, 1, _kind), 2, _exactly)


def _repeats_cut(
    told: list[Scene], period: int, alike: Callable[[Step], tuple[object, ...]]
) -> list[Scene]:
    """Leave out the middle of where `period` scenes come again and again."""
    found: list[Scene] = []
    position = 0
    while position < len(told):
        block = [scene.step and alike(scene.step) for scene in told[position : position + period]]
        end = position + period
        while all(block) and block == [
            scene.step and alike(scene.step) for scene in told[end : end + period]
        ]:
            end += period
        left_out = end - position - 2 * period
        if left_out < SAME * period:
            found.append(told[position])
            position += 1
            continue
        more = "more like this" if period == 1 else "more, the same"
        gap = Scene(0, None, f"... {left_out} {more} ...")
        found += [*told[position : position + period], gap, *told[end - period : end]]
        position = end
    return found


def _exactly(step: Step) -> tuple[object, ...]:
    return (step.who, step.kind, step.text, step.data)


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
    return f"{text}   (came as well)" if step.kind == GETS_UNASKED else text


def comes(step: Step) -> bool:
    """Tell whether it was the program that did this to the one the step is about."""
    return step.kind in (GETS, GETS_UNASKED) or step.text in BY_THE_PROGRAM


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
