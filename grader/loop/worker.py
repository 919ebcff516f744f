"""Grades in a process of its own, which is started beforehand and waits for its order.

    python -m grader.loop.worker

One line of JSON comes in (`folder`), and lines of JSON go out: `ready` at the start, then
`planned` (how many checks), a `result` for each check, and at the end `graded`, or `wrong`, or
`failed`. The account of a failure is pickled: both ends are the kit's own. SIGINT stops the run as
Ctrl-C stops `grade`, so that nothing is left which the submission started. Where no such signal can
be sent (Windows), the end of standard input does the same.
"""

from __future__ import annotations

import _thread
import base64
import json
import os
import pickle
import sys
import threading
from pathlib import Path
from typing import Any

from grader import grading
from grader.checks import declared_checks
from grader.declaration import Check
from grader.jail.submission import NotASubmission
from grader.result import Result

INTERRUPTED = 130


def main() -> int:
    # Whatever else prints in this process must not come between the lines.
    lines = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    declared_checks()  # imported now, so that the order finds them ready

    def tell(**event: Any) -> None:
        lines.write(json.dumps(event) + "\n")
        lines.flush()

    try:
        tell(event="ready")
        order = _read_order()
        if order:
            if os.name == "nt":
                threading.Thread(target=_interrupt_at_the_end_of_input, daemon=True).start()
            _grade(order["folder"], tell)
    except (KeyboardInterrupt, BrokenPipeError):
        return INTERRUPTED
    return 0


def _read_order() -> Any:
    received = b""
    while not received.endswith(b"\n"):
        data = os.read(0, 65536)
        if not data:
            return None
        received += data
    return json.loads(received)


def _grade(folder: str, tell: Any) -> None:
    def plan(checks: list[Check]) -> None:
        tell(event="planned", checks=len(checks))

    def progress(result: Result) -> None:
        tell(
            event="result",
            check=result.check.name,
            outcome=result.outcome.value,
            text=result.text,
            blocked_by=result.blocked_by,
            seconds=result.seconds,
            account=base64.b64encode(pickle.dumps(result.account)).decode(),
        )

    try:
        graded = grading.grade(Path(folder), plan=plan, progress=progress)
    except (NotASubmission, grading.WrongUsage) as error:
        tell(event="wrong", text=str(error))
    except Exception as error:
        tell(event="failed", text=f"{type(error).__name__}: {error}")
    else:
        tell(event="graded", sandbox=graded.sandbox, notes=graded.notes)


def _interrupt_at_the_end_of_input() -> None:
    while os.read(0, 1):
        continue
    _thread.interrupt_main()


if __name__ == "__main__":
    sys.exit(main())
