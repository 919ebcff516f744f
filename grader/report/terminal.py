"""The report in the terminal: progress while it runs, then stages, failures and the score."""

from __future__ import annotations

from rich.console import Console
from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

from grader import exercise
from grader.declaration import Check
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
            *columns, console=console, transient=True, disable=not console.is_terminal
        )
        self._task = self._progress.add_task("setting up", total=None)

    def __enter__(self) -> ProgressBar:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def plan(self, checks: list[Check]) -> None:
        self._progress.update(self._task, total=len(checks))

    def advance(self, result: Result) -> None:
        self._progress.update(self._task, advance=1, description=result.check.stage)


def show(grading: Grading, console: Console, *, all_failures: bool = False) -> None:
    """Print the report: the first failure in full and one line for each other one, or all."""
    console.print()
    for note in grading.notes:
        console.print(Text(f"Note: {note}", style="yellow"))
    if grading.notes:
        console.print()
    console.print(_stages(grading, console))
    unsolved = grading.unsolved
    in_full = [r for r in unsolved if r.outcome is not Outcome.BLOCKED]
    for result in in_full if all_failures else in_full[:1]:
        _show_in_full(result, console)
    others = [] if all_failures else in_full[1:]
    if others:
        _show_lines("Also not passed (--all shows each in full):", others, console)
    _show_blocked(unsolved, console)
    _show_score(grading, console)


def _stages(grading: Grading, console: Console) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column()
    for stage in exercise.STAGES:
        results = [result for result in grading.results if result.check.stage == stage.name]
        if results:
            points = f"{sum(r.score for r in results)}/{sum(r.check.points for r in results)}"
            marks = Text.assemble(*(_mark(result.outcome, console) for result in results))
            table.add_row(stage.name, points, marks)
    return table


def _mark(outcome: Outcome, console: Console) -> tuple[str, str]:
    mark, style = MARKS[outcome]
    return (mark if _can_show(mark, console) else PLAIN_MARKS[outcome]), style


def _can_show(mark: str, console: Console) -> bool:
    try:
        mark.encode(console.encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _show_in_full(result: Result, console: Console) -> None:
    check = result.check
    mark, style = _mark(result.outcome, console)
    head = Text.assemble((f"{mark} ", style), (check.title, "bold"))
    head.append(f"  ({check.stage}, {check.name})", style="bright_black")
    console.print()
    console.print(head)
    console.print(Padding(Text(result.text), (0, 0, 0, 2)))
    if result.outcome is Outcome.FAILED:
        console.print()
        hint = Text.assemble(("What to look at: ", "bold"), check.hint)
        console.print(Padding(hint, (0, 0, 0, 2)))


def _show_lines(title: str, results: list[Result], console: Console) -> None:
    console.print()
    console.print(title)
    for result in results:
        mark, style = _mark(result.outcome, console)
        console.print(Text.assemble((f"  {mark} ", style), result.check.title))


def _show_blocked(unsolved: list[Result], console: Console) -> None:
    blockers: dict[str, int] = {}
    for result in unsolved:
        if result.outcome is Outcome.BLOCKED:
            blockers[result.blocked_by] = blockers.get(result.blocked_by, 0) + 1
    titles = {result.check.name: result.check.title for result in unsolved}
    if blockers:
        console.print()
    for name, count in blockers.items():
        waits = "1 more check waits" if count == 1 else f"{count} more checks wait"
        console.print(Text(f"{waits} for: {titles.get(name, name)}", style="bright_black"))


def _show_score(grading: Grading, console: Console) -> None:
    console.print()
    style = "bold green" if not grading.unsolved else "bold"
    console.print(Text(f"Score: {grading.score} of {grading.max_score}", style=style))
    facts = f"{grading.seconds:.1f} s; isolation of the submission: {grading.sandbox}"
    console.print(Text(facts, style="bright_black"))
