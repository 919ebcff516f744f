"""What a save has changed: checks that pass now, and checks that passed before."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import groupby

from grader.result import Grading, Outcome, Result

LINE = re.compile(r"line \d+")
MINUTE, HOUR, DAY = 60, 3600, 86400  # seconds


@dataclass
class Changes:
    """The difference between two gradings of one submission."""

    gained: list[Result] = field(default_factory=list)  # pass now, and did not before
    lost: list[tuple[Result, str]] = field(default_factory=list)  # and how long ago they passed
    otherwise: list[Result] = field(default_factory=list)  # fail as before, in another way

    @property
    def points_gained(self) -> float:
        return sum(result.score for result in self.gained)

    def lost_by_time(self) -> list[tuple[str, list[Result]]]:
        """Return what was lost, those together that passed at the same time."""
        return [
            (ago, [result for result, _ in lost])
            for ago, lost in groupby(self.lost, lambda pair: pair[1])
        ]


def between(before: Grading, after: Grading, passed: Mapping[str, float]) -> Changes:
    """Return what changed; `passed` says when each check last passed, in seconds of time.time().

    Lost checks that failed themselves come before those that only were not run.
    """
    old = {result.check.name: result for result in before.results}
    changes = Changes()
    for result in after.results:
        was = old.get(result.check.name)
        passed_before = was is not None and was.outcome is Outcome.PASSED
        if result.outcome is Outcome.PASSED:
            if not passed_before:
                changes.gained.append(result)
        elif passed_before:
            when = passed.get(result.check.name, time.time())
            changes.lost.append((result, ago(time.time() - when)))
        elif was is not None and _fails_otherwise(was, result):
            changes.otherwise.append(result)
    changes.lost.sort(key=lambda pair: pair[0].outcome is Outcome.BLOCKED)
    return changes


def _fails_otherwise(was: Result, now: Result) -> bool:
    """Tell whether a check fails that was not written before, or failed with other words."""
    if now.outcome is not Outcome.FAILED or was.outcome is Outcome.BLOCKED:
        return False
    # A line that is only further down the file is the same line.
    return LINE.sub("", was.text) != LINE.sub("", now.text)


def ago(seconds: float) -> str:
    """Return a span of time as a person would say it.

    >>> ago(5), ago(70), ago(3 * 3600)
    ('just now', 'a minute ago', '3 hours ago')
    """
    if seconds < 50:
        return "just now" if seconds < 10 else "less than a minute ago"
    for size, one, many in ((MINUTE, "a minute", "minutes"), (HOUR, "an hour", "hours")):
        count = round(seconds / size)
        if count < (60 if size == MINUTE else 24):
            return f"{one} ago" if count <= 1 else f"{count} {many} ago"
    count = max(1, round(seconds / DAY))
    return "a day ago" if count == 1 else f"{count} days ago"
