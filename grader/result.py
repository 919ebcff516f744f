"""The one flat record of a grading run. Every report is a rendering of it; none of them grades."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from grader.conversation import Account, Segment
from grader.declaration import Check


class Outcome(str, Enum):
    """What became of a check."""

    PASSED = "passed"
    FAILED = "failed"
    TODO = "todo"  # the submission has not written that part yet
    BLOCKED = "blocked"  # not run, because a check that it needs did not pass


@dataclass(frozen=True)
class Result:
    """One check of one run."""

    check: Check
    outcome: Outcome
    text: str = ""  # what was wrong, in a few lines; "" where it passed
    blocked_by: str = ""  # the check that did not pass, where this one is blocked
    seconds: float = 0.0
    account: Account | None = None  # what led to it, where it failed
    segments: tuple[Segment, ...] = ()  # the conversation on the wire, where that was asked for

    @property
    def score(self) -> float:
        return self.check.points if self.outcome is Outcome.PASSED else 0


@dataclass(frozen=True)
class Grading:
    """A whole run."""

    submission: str
    sandbox: str  # the isolation that was in force
    notes: list[str]  # what is odd about the submission, one line each
    results: list[Result]
    seconds: float

    @property
    def score(self) -> float:
        return sum(result.score for result in self.results)

    @property
    def max_score(self) -> float:
        return sum(result.check.points for result in self.results)

    def with_outcome(self, *outcomes: Outcome) -> list[Result]:
        return [result for result in self.results if result.outcome in outcomes]

    @property
    def unsolved(self) -> list[Result]:
        return [result for result in self.results if result.outcome is not Outcome.PASSED]
