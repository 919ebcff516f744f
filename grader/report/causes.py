"""placeholder"""

from __future__ import annotations

from dataclasses import dataclass

from grader.result import Result


@dataclass(frozen=True)
class Cause:
    id: str
    name: str
    look: str
    notebook: str


def cause_of(result: Result) -> Cause | None:
    return None
