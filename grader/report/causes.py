"""Which misconception is behind a failure, if its signature is seen; see misconceptions.py.

A signature is what the check, the words of the failure and the program's last calls have in common
for everybody who has that misconception. It names no cause where others would look the same.
"""

from __future__ import annotations

import re

from grader.conversation import SENDS, SENDS_BYTES, Account, Call
from grader.report.misconceptions import MISCONCEPTIONS, Cause, Sign
from grader.result import Outcome, Result

MANY = 20  # times a call came to the same: a loop that does something in vain


def cause_of(result: Result) -> Cause | None:
    """Return the misconception that a failure shows, None if it may be any."""
    if result.outcome is not Outcome.FAILED:
        return None
    for cause in MISCONCEPTIONS:
        if any(_is_seen(sign, result) for sign in cause.signs):
            return cause
    return None


def causes_of(results: list[Result]) -> list[tuple[Cause, list[Result]]]:
    """Return every misconception that is seen, with the failures that show it, the first first."""
    found: dict[str, tuple[Cause, list[Result]]] = {}
    for result in results:
        if cause := cause_of(result):
            found.setdefault(cause.id, (cause, []))[1].append(result)
    return [*found.values()]


def _is_seen(sign: Sign, result: Result) -> bool:
    account = result.account
    if sign.checks and result.check.name not in sign.checks.split():
        return False
    said = f"{result.text}\n{account.printed if account else ''}"
    if sign.says and not re.search(sign.says, said, re.DOTALL):
        return False
    if sign.says_not and re.search(sign.says_not, said, re.DOTALL):
        return False
    if not (sign.calls or sign.calls_not or sign.waits or sign.in_pieces is not None):
        return True
    return account is not None and _is_seen_inside(sign, account)


def _is_seen_inside(sign: Sign, account: Account) -> bool:
    calls = "\n".join(map(_line, account.calls))
    if sign.calls and not re.search(sign.calls, calls):
        return False
    if sign.calls_not and re.search(sign.calls_not, calls):
        return False
    if sign.in_pieces is not None and _in_pieces(account) is not sign.in_pieces:
        return False
    return not sign.waits or any(_hangs(sign, call, account) for call in _waiting(account))


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
    many = " many times" if call.times >= MANY else ""
    return f"{call.name}({call.size}) {call.result}{many}"
