"""What the kit remembers of a submission, in one small file in its folder: .pynetlab.json.

It serves for showing: the map without grading again, what changed since, how many hints were
read. No verdict is ever taken from it, the grader does not see it (its name begins with a dot),
and a file that is missing, damaged or made up does no harm. It may be deleted at any time.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grader.checks import declared_checks
from grader.jail.submission import Submission
from grader.result import Grading, Outcome, Result
from grader.visible import visible

NAME = ".pynetlab.json"
VERSION = 1
MAX_FILE = 512 * 1024  # bytes; a larger one is not ours
MAX_TEXT = 4000  # characters of one failure's text
ABOUT = "What PyNetLab remembers of this folder. You may delete it. No score is taken from it."
HINTS = 3


@dataclass
class Progress:
    """What is remembered of one folder."""

    state: str = ""  # digest of the files when they were graded in full, "" if never
    grading: Grading | None = None  # what came of it
    passed: dict[str, float] = field(default_factory=dict)  # check -> when it last passed
    hints: dict[str, int] = field(default_factory=dict)  # check -> how many of its hints were read

    def remember(self, submission: Submission, grading: Grading) -> None:
        """Take in a grading of the whole submission as it is now."""
        self.state, self.grading = digest(submission), grading
        now = time.time()
        for result in grading.with_outcome(Outcome.PASSED):
            self.passed[result.check.name] = now

    def grading_of(self, submission: Submission) -> Grading | None:
        """Return what is remembered of these very files; None if they have changed since."""
        return self.grading if self.state == digest(submission) else None

    def next_hint(self, check: str) -> int:
        """Count one more hint for a check; return which one it is, from 1, at the most HINTS."""
        self.hints[check] = min(self.hints.get(check, 0) + 1, HINTS)
        return self.hints[check]


def digest(submission: Submission) -> str:
    """Return a fingerprint of the submission's files."""
    state = hashlib.sha256()
    for name, content in sorted(submission.files.items()):
        state.update(f"{name}\0{len(content)}\0".encode("utf-8", "surrogateescape") + content)
    return state.hexdigest()


def load(folder: Path) -> Progress:
    """Return what is remembered of a folder; nothing, if the file is missing or damaged."""
    path = folder / NAME
    try:
        if not path.is_file() or path.stat().st_size > MAX_FILE:
            return Progress()
        return _read(json.loads(path.read_text(encoding="utf-8")), str(folder))
    except (OSError, ArithmeticError, LookupError, RecursionError):
        return Progress()
    except (ValueError, TypeError, AttributeError):
        return Progress()


def save(folder: Path, progress: Progress) -> bool:
    """Write the file; tell whether that worked. A folder that is not writable has no memory."""
    path = folder / NAME
    new = path.with_name(f"{NAME}.{os.getpid()}.new")
    try:
        new.write_text(json.dumps(_written(progress)) + "\n", encoding="utf-8")
        new.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            new.unlink()
        return False
    return True


def _written(progress: Progress) -> dict[str, Any]:
    document: dict[str, Any] = {
        "about": ABOUT,
        "version": VERSION,
        "hints": progress.hints,
        "passed": {name: round(when) for name, when in progress.passed.items()},
    }
    if progress.grading:
        grading = progress.grading
        document["state"] = progress.state
        document["seconds"] = round(grading.seconds, 3)
        document["sandbox"] = grading.sandbox
        document["results"] = [
            [result.check.name, result.outcome.value, result.text[:MAX_TEXT], result.blocked_by]
            for result in grading.results
        ]
    return document


def _read(document: Any, folder: str) -> Progress:
    if document["version"] != VERSION:
        return Progress()
    checks = {check.name: check for check in declared_checks()}
    progress = Progress(
        hints={
            name: max(0, min(int(count), HINTS))
            for name, count in document["hints"].items()
            if name in checks
        },
        passed={name: float(when) for name, when in document["passed"].items() if name in checks},
    )
    if "results" in document:
        results = [
            Result(checks[name], Outcome(outcome), visible(str(text)), visible(str(blocked_by)))
            for name, outcome, text, blocked_by in document["results"]
        ]
        if [result.check.name for result in results] == list(checks):  # of this very grader
            progress.state = str(document["state"])
            sandbox = visible(str(document["sandbox"]))
            seconds = float(document["seconds"])
            progress.grading = Grading(folder, sandbox, [], results, seconds)
    return progress
