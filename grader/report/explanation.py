"""One failure put into words and pictures of text: for the terminal, results.json and JUnit.

A section is a title and its lines. Reports that can do more than text (HTML) draw the same account
in their own way.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from grader.conversation import (
    DOES,
    GETS_UNASKED,
    SENDS,
    SENDS_BYTES,
    Account,
    Call,
    Place,
    Ruler,
    Step,
    Thread,
)
from grader.pictures.terminal_ruler import draw_ruler
from grader.pictures.terminal_sequence import Row, draw_sequence
from grader.report.misconceptions import Cause
from grader.report.story import Scene, comes, framed, scenes, shortened
from grader.result import Outcome, Result
from grader.visible import visible_line

LIFELINES = 4  # at the most; others share one
LANE, WORDS = 11, 38  # columns: of a lifeline, and for what stands beside them
OTHERS = "others"
CALLS = 6  # the last ones
PRINTED_LINES = 3  # for each step
LAST_LINES = 12  # of what was printed after the last step


class Style(NamedTuple):
    """How a report draws."""

    width: int = 92
    ascii_only: bool = False
    diagram: bool = False  # lifelines; without, a list of numbered steps
    notebooks: str = "notebooks/"  # what a link to a notebook begins with


class Section(NamedTuple):
    """A part of the explanation. The title stands above it, "" for none; lines are not wrapped."""

    title: str
    lines: list[str]


def explain(result: Result, cause: Cause | None, style: Style) -> list[Section]:
    """Return what a person is told about a failure, the cause first if it is known."""
    sections: list[Section] = []
    if cause:
        sections.append(Section("", told_cause(cause, style)))
    if result.text:
        meanwhile = told_meanwhile(result.account) if result.account else []
        sections.append(Section("", [*result.text.splitlines(), *meanwhile]))
    if result.account:
        sections += _account(result.account, style)
    if result.outcome is Outcome.FAILED:
        sections.append(Section("", [f"What to look at: {result.check.hint}"]))
    return sections


def as_text(result: Result, cause: Cause | None) -> str:
    """Return the whole explanation as one text."""
    parts = []
    for section in explain(result, cause, Style()):
        title = [section.title] if section.title else []
        parts.append("\n".join(title + section.lines))
    return "\n\n".join(parts)


def told_cause(cause: Cause, style: Style) -> list[str]:
    return [
        f"Probably: {cause.name}",
        f"  Look: {cause.look}",
        f"  Read: {style.notebooks}{cause.notebook}",
    ]


def told_meanwhile(account: Account) -> list[str]:
    """Return what somebody else got, where an answer did not come; it may be that very answer."""
    if not account.expectation or account.expectation.has_come:
        return []
    steps = account.steps[account.expectation.after - account.first + 1 :]
    others = [step for step in steps if step.kind == GETS_UNASKED]
    if len(others) != 1 or others[0].who == account.expectation.who:
        return []
    return [f"Meanwhile {others[0].who} got: `{shortened(others[0].text)}`"]


def _account(account: Account, style: Style) -> Iterator[Section]:
    if account.is_stuck and account.threads:
        yield Section(f"Where {account.program} is:", [*told_threads(account)])
    if account.steps:
        yield Section("What happened:", _story(account, style))
    for ruler in account.rulers:
        yield Section(f"{ruler.title}:", _ruler(ruler, style))
    if calls := telling_calls(account):
        yield Section(calls_title(account), [*_calls(calls)])
    if account.printed.strip():
        title = f"What {account.program} printed" + (" after that" if account.steps else "")
        lines = account.printed.strip().splitlines()[-LAST_LINES:]
        yield Section(f"{title}:", [f"      {visible_line(line)[:200]}" for line in lines])
    if account.screen is not None:
        bar = "|" if style.ascii_only else "│"
        rows = account.screen or ("(nothing)",)
        yield Section("The screen:", [f"      {bar} {visible_line(row)}" for row in rows])


# The conversation


def lifeline_of(account: Account) -> str:
    """Return the name of the program in a diagram."""
    return account.program.removesuffix(".py").removeprefix("chat_")


def _story(account: Account, style: Style) -> list[str]:
    shown = scenes(account)
    return _diagram(account, shown, style) if style.diagram else _list(account, shown, style)


def _list(account: Account, shown: list[Scene], style: Style) -> list[str]:
    lines: list[str] = []
    for scene in shown:
        step = scene.step
        if step is None:
            lines.append(f"      {scene.text}")
            continue
        lines += [f"      {text}" for text in printed_at(account, step)]
        sign = {SENDS: "> ", SENDS_BYTES: "> ", DOES: "  "}.get(step.kind, "< ")
        mark = "   <- not what was expected" if scene.is_wrong else ""
        lines.append(f"{scene.number:4}  {step.who:9} {sign}{scene.text}{mark}")
    return lines


def _diagram(account: Account, shown: list[Scene], style: Style) -> list[str]:
    program = lifeline_of(account)
    names = lifelines(account, shown, max(2, min(LIFELINES, (style.width - WORDS) // LANE)))
    bar = "|" if style.ascii_only else "│"
    rows: list[Row] = []
    before: Step | None = None
    for scene in shown:
        step = scene.step
        if step is None:
            rows.append(Row(None, None, scene.text))
            continue
        rows += [Row(program, None, text) for text in printed_at(account, step)]
        who = lane_of(step.who, names)
        text = framed(step, bar)
        if who == OTHERS:
            text = f"{step.who}: {text}"
        if before and step.kind == SENDS and step.segment == before.segment:
            text += "   (in the same piece)"
        source, target = (program, who) if comes(step) else (who, program)
        rows.append(Row(source, target, text, scene.number, scene.is_wrong))
        before = step
        if scene.is_wrong and account.expectation:
            rows.append(_expected(account, names, style))
    if account.expectation and not account.expectation.has_come:
        row = _expected(account, names, style)
        came = f"came:     {account.expectation.came.replace('`', '')}"
        rows += [row, row._replace(source=None, text=came, failed=False)]
    return draw_sequence(names, rows, width=style.width - 2, ascii_only=style.ascii_only)


def _expected(account: Account, names: list[str], style: Style) -> Row:
    assert account.expectation is not None
    who = lane_of(account.expectation.who, names)
    wanted = f"expected: {account.expectation.wanted.replace('`', '')}"
    return Row(
        lifeline_of(account), who, wanted, failed=not account.expectation.has_come, dashed=True
    )


def lifelines(account: Account, shown: list[Scene], most: int = LIFELINES) -> list[str]:
    """Return the names of a diagram's lifelines, the program last, or in the middle.

    Beside the program there are `most` of them; the last one is shared by those left over.
    """
    program = lifeline_of(account)
    names = list(dict.fromkeys(scene.step.who for scene in shown if scene.step))
    if account.expectation and account.expectation.who not in names:
        names.append(account.expectation.who)
    if "(server)" in names:  # the client's side: the person before it, the server behind it
        people = [name for name in names if name != "(server)"]
        return [*map(_bare, people), program, "server"]
    if len(names) > most:
        wanted = account.expectation.who if account.expectation else names[-1]
        kept = [*dict.fromkeys([*names[: most - 2], wanted])][-(most - 1) :]
        names = [*kept, OTHERS]
    return [*map(_bare, names), program]


def lane_of(who: str, names: list[str]) -> str:
    """Return the lifeline of somebody: their own, or the one that others share."""
    return _bare(who) if _bare(who) in names else OTHERS


def _bare(name: str) -> str:
    return name.strip("()")


def printed_at(account: Account, step: Step) -> list[str]:
    """Return what the program printed before a step, as lines of a story."""
    lines = step.printed.strip().splitlines()
    shown = [f"({lifeline_of(account)} prints) {visible_line(line)[:100]}" for line in lines]
    if len(shown) > PRINTED_LINES:
        left_out = len(shown) - PRINTED_LINES + 1
        shown = [*shown[: PRINTED_LINES - 1], f"... {left_out} more lines printed ..."]
    return shown


# Bytes


def _ruler(ruler: Ruler, style: Style) -> list[str]:
    lines = draw_ruler(
        ruler.data,
        cuts=ruler.cuts,
        frame_end=ruler.frame_end,
        caret=ruler.caret,
        note=ruler.note,
        width=style.width - 8,
        ascii_only=style.ascii_only,
    )
    if 0 <= ruler.frame_end < len(ruler.data):
        sign = "!" if style.ascii_only else "‖"
        lines.append(f" {sign} is where the length field says that the message ends")
    if ruler.cuts:
        sign = "|" if style.ascii_only else "│"
        lines.append(f" {sign} is where one piece ends and the next one begins")
    return [f"    {line}" for line in lines]


# The student's code


def told_threads(account: Account) -> Iterator[str]:
    """Return in lines where each thread of the program is, and what it waits for."""
    for thread in telling_threads(account):
        *callers, innermost = thread.places
        yield f"    {_place(innermost)}"
        for caller in reversed(callers[-1:]):
            yield f"    called from {_place(caller)}"
        if words := waits_for(thread, account):
            yield f"    {words}"


def telling_threads(account: Account) -> tuple[Thread, ...]:
    """Return the threads that may hold the others up: those that wait in send, if there are any.

    A thread that waits in recv for its own client does no harm where each client has one.
    """
    sending = [t for t in account.threads if t.waits_in and t.waits_in.name.startswith("send")]
    return tuple(sending) or account.threads


def waits_for(thread: Thread, account: Account) -> str:
    """Return what a thread waits for, in words, "" if that is not known."""
    call = thread.waits_in
    if call is None or spinning_calls(account):
        return ""
    whom = call.who.strip("()") or "somebody"
    others = ""
    if account.program.endswith("server.py") and len(account.threads) == 1:
        others = " Nobody else is served meanwhile."
    if call.name.startswith("recv"):
        return f"It waits in {call.name} for bytes from {whom} that have not been sent.{others}"
    return f"It waits in {call.name} until {whom} reads what was sent before.{others}"


def _place(place: Place) -> str:
    return f"{place.file}, line {place.line}, in {place.function}:  {place.source}"


def telling_calls(account: Account) -> list[Call]:
    """Return the last calls of recv and send that say something about the failure."""
    subject = account.expectation.who if account.expectation else ""
    threads = telling_threads(account)
    waits = {thread.waits_in.who for thread in threads if thread.waits_in}
    if spins := spinning_calls(account):
        return spins
    if account.is_stuck and waits:
        whose = waits
    elif account.program.startswith("chat_protocol") or _came_in_pieces(account, subject):
        whose = {subject}
    else:
        return []
    calls = [call for call in account.calls if call.who in whose and call.name != "select"]
    pending = [t.waits_in for t in threads if t.waits_in and t.waits_in.who in whose]
    return [*calls[-CALLS:], *pending]


def spinning_calls(account: Account) -> list[Call]:
    """Return the calls that a loop of the program makes again and again, to no effect."""
    calls = [call for call in account.calls if call.is_in_vain]
    different = {(call.name, call.result, call.place): call for call in calls}
    return [*different.values()][-CALLS:]


def _came_in_pieces(account: Account, subject: str) -> bool:
    sends = [s for s in account.steps if s.who == subject and s.kind in (SENDS, SENDS_BYTES)]
    if not sends:
        return False
    last = sends[-1]
    glued = [step for step in sends if step.segment == last.segment]
    return last.kind == SENDS_BYTES or len(glued) > 1


def calls_title(account: Account) -> str:
    """Return what stands above the calls that say something about the failure."""
    if spinning_calls(account):
        return f"What {account.program} does again and again:"
    if account.program.startswith("chat_protocol"):
        return f"What the calls in {account.program} returned:"
    whose = {call.who.strip("()") for call in telling_calls(account)}
    return f"What the last calls on {' and '.join(sorted(whose))}'s connection returned:"


def _calls(calls: list[Call]) -> Iterator[str]:
    for call, same in groupby(calls):
        asked = f"{call.name}({call.size if call.size >= 0 else ''})"
        data = f"  {call.data[:24]!r}" + ("..." if len(call.data) > 24 else "") if call.data else ""
        where = f"{call.place.file}, line {call.place.line}" if call.place else ""
        result = call.result or "waits"
        if call.is_in_vain:
            result += ", many times"
        elif (times := len([*same])) > 1:
            result += f", {times} times"
        yield f"    {asked:12} {result:12}{data:22}  {where}".rstrip()
