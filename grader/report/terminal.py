"""The report in the terminal: progress while it runs, then stages, failures and the score."""

from __future__ import annotations

import textwrap
from collections import Counter

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.text import Text

from grader import exercise
from grader.declaration import Check
from grader.report.causes import causes_in
from grader.report.explanation import Style, explain
from grader.report.misconceptions import Cause
from grader.result import Grading, Outcome, Result

MARKS = {
    Outcome.PASSED: ("✓", "green"),
    Outcome.FAILED: ("✗", "red"),
    Outcome.TODO: ("○", "yellow"),
    Outcome.BLOCKED: ("·", "bright_black"),
}
PLAIN_MARKS = {Outcome.PASSED: "+", Outcome.FAILED: "x", Outcome.TODO: "o", Outcome.BLOCKED: "."}


class ProgressBar:
    """Shows how far a run has come, on a terminal; elsewhere it shows nothing."""

    def __init__(self, console: Console) -> None:
        columns = (TextColumn("{task.description:12}"), BarColumn(), MofNCompleteColumn())
        self._progress = Progress(
            *columns,
            console=console,
            transient=True,
            auto_refresh=False,  # no thread beside a grader that forks
            disable=not console.is_terminal,
        )
        self._task = self._progress.add_task("setting up", total=None)

    def __enter__(self) -> ProgressBar:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def plan(self, checks: list[Check]) -> None:
        self._progress.update(self._task, total=len(checks), refresh=True)

    def advance(self, result: Result) -> None:
        self._progress.update(self._task, advance=1, description=result.check.stage, refresh=True)


def show(grading: Grading, console: Console, *, all_failures: bool = False) -> None:
    """Print the report: the first failure in full and one line for each other one, or all."""
    console.print()
    for note in grading.notes:
        console.print(Text(f"Note: {note}", style="yellow"))
    if grading.notes:
        console.print()
    show_stages(grading, console)
    unsolved = grading.unsolved
    in_full = [r for r in unsolved if r.outcome is not Outcome.BLOCKED]
    causes = causes_in(grading)
    for result in in_full if all_failures else in_full[:1]:
        show_in_full(result, console, causes.get(result.check.name))
    others = [] if all_failures else in_full[1:]
    if others:
        _show_lines("Also not passed (--all shows each in full):", others, console)
    _show_blocked(unsolved, console)
    _show_score(grading, console)


def show_stages(grading: Grading, console: Console) -> None:
    for stage in exercise.STAGES:
        results = [result for result in grading.results if result.check.stage == stage.name]
        if results:
            points = f"{sum(r.score for r in results):g}/{sum(r.check.points for r in results):g}"
            marks = [mark(result.outcome, console) for result in results]
            console.print(Text.assemble(f"{stage.name:11}{points:>9}  ", *marks))


def mark(outcome: Outcome, console: Console) -> tuple[str, str]:
    mark, style = MARKS[outcome]
    return (mark if _has_marks(console) else PLAIN_MARKS[outcome]), style


def _has_marks(console: Console) -> bool:
    try:
        "".join(mark for mark, _ in MARKS.values()).encode(console.encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def show_in_full(result: Result, console: Console, cause: Cause | None = None) -> None:
    check = result.check
    sign, colour = mark(result.outcome, console)
    console.print()
    console.print(Text.assemble((f"{sign} ", colour), (check.title, "bold")))
    console.print(Text(f"  {check.name}, stage {check.stage}", style="bright_black"))
    style = Style(width=console.width, ascii_only=not _has_marks(console), diagram=True)
    for number, section in enumerate(explain(result, cause, style)):
        if number:
            console.print()
        for line in [section.title] * bool(section.title) + section.lines:
            _show_indented(line, console)


def _show_indented(line: str, console: Console) -> None:
    """Print one line of a failure; what does not fit goes on further in, below it."""
    inside = line[: len(line) - len(line.lstrip())] + "  "
    wrapped = textwrap.wrap(
        line,
        console.width,
        initial_indent="  ",
        subsequent_indent=inside + "    ",
        drop_whitespace=False,
        break_on_hyphens=False,
    )
    for part in wrapped or [""]:
        console.print(Text(part), soft_wrap=True)


def _show_lines(title: str, results: list[Result], console: Console) -> None:
    console.print()
    console.print(title)
    for result in results:
        sign, style = mark(result.outcome, console)
        console.print(Text.assemble((f"  {sign} ", style), result.check.title))


def _show_blocked(unsolved: list[Result], console: Console) -> None:
    blockers = Counter(r.blocked_by for r in unsolved if r.outcome is Outcome.BLOCKED)
    if blockers:
        console.print()
        console.print("Not run:")
    for name, count in blockers.items():
        checks = "1 check" if count == 1 else f"{count} checks"
        reason = f": {name}" if " " in name else f" for want of {name}"
        console.print(Text(f"{checks:>11}{reason}", style="bright_black"))


def _show_score(grading: Grading, console: Console) -> None:
    console.print()
    style = "bold green" if not grading.unsolved else "bold"
    console.print(Text(f"Score: {grading.score:g} of {grading.max_score:g}", style=style))
    facts = f"{grading.seconds:.1f} s; isolation of the submission: {grading.sandbox}"
    console.print(Text(facts, style="bright_black"))
