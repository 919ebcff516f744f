"""`show`: the reference for a stage, once the submission passes it in full."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.text import Text

from grader import selection
from grader.checks import declared_checks
from grader.jail.submission import read_submission
from grader.loop import diffs, kit, page
from grader.loop.page import say
from grader.result import Grading

SHOWN, NOT_YET = 0, 1


def show(
    folder: Path, stage: str, console: Console, grade: Callable[[Path, str, Console], Grading]
) -> int:
    """Grade the stage now, and print the reference's functions for it as a diff if it is passed.

    What is remembered of earlier gradings does not count: the student could have written that.
    Raises UnknownCheck, NotASubmission, NotInTheKit.
    """
    selection.asked_for(declared_checks(), stage)
    if not kit.SHOW_REFERENCE:
        raise kit.NotInTheKit("In this copy of the kit the reference is not shown.")
    gaps = diffs.todos_of_stage(stage)
    submission = read_submission(folder)
    missing = grade(folder, stage, console).unsolved
    if missing:
        checks = "1 check" if len(missing) == 1 else f"{len(missing)} checks"
        say(f"Not yet: {checks} of the stage {stage} still to pass. The next one is:", console)
        say(Text(f"  {missing[0].check.title}", style="bold"), console, indent=2)
        return NOT_YET
    say(
        "From your version (-) to the reference (+). Other ways are as right as this one: what "
        "counts is what the checks see.",
        console,
    )
    for gap in gaps:
        lines = diffs.against_reference(submission, gap)
        console.print()
        if lines:
            page.show_diff(lines, console)
        else:
            say(f"{gap.function}: the same as in the reference.", console)
    return SHOWN
