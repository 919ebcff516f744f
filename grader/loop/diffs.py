"""Differences: what a student changed, and how the reference solves what they have solved."""

from __future__ import annotations

import difflib

from grader import exercise, hints
from grader.jail.submission import Submission
from grader.loop import kit, places
from grader.release import Todo


def against_untouched(submission: Submission, name: str) -> list[str]:
    """Return a unified diff from the untouched skeleton to the submission's file; [] if equal.

    Raises NotInTheKit.
    """
    theirs = places.text_of(submission, name) if name in submission.files else ""
    return unified(kit.untouched(name), theirs, f"{name} (untouched)", f"{name} (yours)")


def unified(before: str, after: str, name_before: str, name_after: str) -> list[str]:
    """Return the lines of a unified diff, without line ends."""
    return list(
        difflib.unified_diff(
            before.splitlines(), after.splitlines(), name_before, name_after, lineterm=""
        )
    )


def todos_of_stage(stage: str) -> list[Todo]:
    """Return the TODOs that belong to a stage: those that are finished when it is passed.

    A function that checks of several stages are about belongs to the last of them, so that the
    reference of one stage gives nothing of a later one away. Raises NotInTheKit.
    """
    gaps = kit.todos()
    kit.solution()
    belongs = {
        function: name
        for one in exercise.STAGES
        for function, name in ((f, one.name) for f in hints.functions_of(one.name))
    }
    return [gap for gap in gaps if belongs.get(gap.function) == stage]


def against_reference(submission: Submission, gap: Todo) -> list[str]:
    """Return a diff from the student's function to the reference's; [] if they are the same."""
    theirs = _function(places.text_of(submission, gap.file), gap.function)
    ours = _function(kit.reference(gap.file), gap.function)
    mine = f"{gap.file}: {gap.function} (yours)"
    return unified(theirs, ours, mine, f"{gap.file}: {gap.function} (the reference)")


def _function(source: str, name: str) -> str:
    span = places.function_lines(source, name)
    return "\n".join(source.splitlines()[span[0] - 1 : span[1]]) if span else ""
