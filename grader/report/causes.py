"""Which misconception is behind a failure, if its signature is seen; see misconceptions.py.

A signature is what the check, the words of the failure and the program's last calls have in common
for everybody who has that misconception. It names no cause where others would look the same.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from grader.conversation import GETS_UNASKED, SENDS, SENDS_BYTES, Account, Call
from grader.report.misconceptions import MISCONCEPTIONS, Cause, Sign
from grader.result import Grading, Outcome, Result


def causes_in(grading: Grading) -> dict[str, Cause]:
    """Return, by the name of a check, the misconception that its failure shows, if any is seen."""
    lost = {result.check.name for result in grading.unsolved}
    found = {result.check.name: cause_of(result, lost) for result in grading.results}
    return {name: cause for name, cause in found.items() if cause}


def causes_of(grading: Grading) -> list[tuple[Cause, list[Result]]]:
    """Return every misconception that is seen, with the failures that show it, the first first."""
    found: dict[str, tuple[Cause, list[Result]]] = {}
    causes = causes_in(grading)
    for result in grading.results:
        if cause := causes.get(result.check.name):
            found.setdefault(cause.id, (cause, []))[1].append(result)
    return [*found.values()]


def cause_of(result: Result, lost: Collection[str] = ()) -> Cause | None:
    """Return the misconception that one failure shows, None if none is seen.

    `lost` are the checks that did not pass, where that is known: one of them may be the reason.
    """
    if result.outcome is not Outcome.FAILED:
        return None
    for cause in MISCONCEPTIONS:
        for sign in cause.signs:
            if not {*lost} & {*sign.unless.split()} and _is_seen(sign, result):
                return cause
    return None


def _is_seen(sign: Sign, result: Result) -> bool:
    account = result.account
    if sign.checks and result.check.name not in sign.checks.split():
        return False
    said = f"{result.text}\n{account.printed if account else ''}"
    if sign.says and not re.search(sign.says, said, re.DOTALL):
        return False
    if sign.says_not and re.search(sign.says_not, said, re.DOTALL):
        return False
    return _is_seen_inside(sign, account or Account(""))


def _is_seen_inside(sign: Sign, account: Account) -> bool:
    calls = "\n".join(map(_line, account.calls))
    steps = "\n".join(f"{step.who} {step.kind} {step.text}" for step in account.steps)
    lines = "\n".join(thread.places[-1].source for thread in account.threads if thread.places)
    for pattern, text in ((sign.calls, calls), (sign.steps, steps), (sign.code, lines)):
        if pattern and not re.search(pattern, text):
            return False
    if sign.calls_not and re.search(sign.calls_not, calls):
        return False
    if sign.in_pieces is not None and _in_pieces(account) is not sign.in_pieces:
        return False
    if sign.unasked is not None and _has_unasked(account) is not sign.unasked:
        return False
    return not sign.waits or any(_hangs(sign, call, account) for call in _waiting(account))


def _has_unasked(account: Account) -> bool:
    who = account.expectation.who if account.expectation else ""
    return any(step.kind == GETS_UNASKED and step.who == who for step in account.steps)


def _waiting(account: Account) -> list[Call]:
    return [thread.waits_in for thread in account.threads if thread.waits_in]


def _hangs(sign: Sign, call: Call, account: Account) -> bool:
    if not account.is_stuck or not call.name.startswith(sign.waits):
        return False
    expected = account.expectation
    return not sign.waits_for_another or bool(expected and call.who != expected.who)


def _in_pieces(account: Account) -> bool:
    expected = account.expectation
    sent = [
        step
        for step in account.steps
        if step.kind in (SENDS, SENDS_BYTES) and (not expected or step.who == expected.who)
    ]
    return bool(sent) and sent[-1].kind == SENDS_BYTES


def _line(call: Call) -> str:
    """Return one call as signatures know it: `recv(4) 3 bytes`, or `... many times` behind it."""
    many = " many times" if call.is_in_vain else ""
    return f"{call.name}({call.size}) {call.result}{many}"
