"""results.json, as Gradescope reads it, with `extra_data` for other people's tools.

Source: Gradescope's documentation, "Autograder Specifications", Output Format.
"""

from __future__ import annotations

import json
from typing import Any

from grader.report.causes import causes_in
from grader.report.explanation import as_text
from grader.report.misconceptions import Cause
from grader.result import Grading, Outcome, Result


def render(grading: Grading) -> str:
    """Return the grading as the text of results.json."""
    causes = causes_in(grading)
    document = {
        "score": grading.score,
        "execution_time": round(grading.seconds, 3),
        "output": _overview(grading),
        "visibility": "visible",
        "tests": [
            _test(number, result, causes.get(result.check.name))
            for number, result in enumerate(grading.results, 1)
        ],
        "extra_data": {
            "submission": grading.submission,
            "sandbox": grading.sandbox,
            "notes": grading.notes,
        },
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _overview(grading: Grading) -> str:
    passed = len(grading.with_outcome(Outcome.PASSED))
    lines = [f"{passed} of {len(grading.results)} checks passed."]
    lines.append(f"Isolation of the submission: {grading.sandbox}.")
    return "\n".join(lines + grading.notes)


def _test(number: int, result: Result, cause: Cause | None) -> dict[str, Any]:
    check = result.check
    extra = {"check": check.name, "outcome": result.outcome.value}
    if result.blocked_by:
        extra["blocked_by"] = result.blocked_by
    if cause:
        extra["cause"] = cause.id
    return {
        "name": check.title,
        "number": str(number),
        "score": result.score,
        "max_score": check.points,
        "status": "passed" if result.outcome is Outcome.PASSED else "failed",
        "output": as_text(result, cause),
        "tags": [check.stage],
        "visibility": "visible",
        "extra_data": extra,
    }
