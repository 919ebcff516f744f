"""Hints in three steps: what to look at, where, and what it nearly is."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from grader import hints
from grader.declaration import Check
from grader.jail.submission import Submission
from grader.loop import places, progress
from grader.loop.page import DIM, say
from grader.visible import visible


def steps(check: Check, submission: Submission) -> list[str]:
    """Return the three hints of a check; the second says where in this submission to look."""
    further = hints.of(check.name)
    place = places.of_check(check.name, submission)
    where = f"{visible(str(place))}. " if place else ""
    return [check.hint, f"{where}{further.closer}", further.nearly]


def show(check: Check, read: int, submission: Submission, console: Console) -> None:
    """Print the hints that were read so far, the last one so that it stands out."""
    say(Text(check.title, style="bold"), console)
    say(Text(f"  {check.name}, stage {check.stage}", style=DIM), console, indent=2)
    console.print()
    for number, words in enumerate(steps(check, submission)[:read], 1):
        style = "" if number == read else DIM
        label = f"Hint {number} of {progress.HINTS}: "
        say(Text(label + words, style=style), console, indent=4)
    console.print()
