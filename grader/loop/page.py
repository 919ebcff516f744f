"""What the student's loop shows: the map, what changed, one failure, one line of keys."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from rich.console import Console
from rich.text import Text

from grader import exercise
from grader.declaration import Check
from grader.jail.submission import Submission
from grader.loop import places
from grader.loop.changes import Changes
from grader.loop.places import SyntaxFault
from grader.report import terminal
from grader.report.causes import cause_of
from grader.result import Outcome, Result
from grader.visible import visible_line

LINES_OF_CHANGES = 5  # of each kind; a save may change a hundred checks
DIM = "bright_black"


def show_map(checks: Iterable[Check], results: Mapping[str, Result], console: Console) -> None:
    """Print one line for each stage: its points so far and a mark for each check."""
    stages: dict[str, list[Check]] = {stage.name: [] for stage in exercise.STAGES}
    for check in checks:
        stages[check.stage].append(check)
    for name, members in stages.items():
        known = [results[check.name] for check in members if check.name in results]
        points = f"{sum(r.score for r in known):g}/{sum(c.points for c in members):g}"
        marks = [
            terminal.mark(results[check.name].outcome, console)
            if check.name in results
            else ("-", DIM)
            for check in members
        ]
        style = "green" if len(known) == len(members) and all(map(_passed, known)) else ""
        say(Text.assemble((f"{name:11}", style), f"{points:>8}  ", *marks), console)


def _passed(result: Result) -> bool:
    return result.outcome is Outcome.PASSED


def show_changes(changes: Changes, console: Console) -> None:
    """Print what was gained and what was lost since the last save."""
    if changes.gained:
        _show_titles(f"+{changes.points_gained:g} points:", changes.gained, "green", console)
    for ago, lost in changes.lost_by_time():
        _show_titles(f"This passed {ago}:", lost, "red", console)
    if changes.otherwise:
        _show_titles("Not passed yet, but in another way:", changes.otherwise, "yellow", console)
    elif not changes.gained and not changes.lost:
        say(Text("The verdicts are those of the last save.", style=DIM), console)


def _show_titles(heading: str, results: list[Result], style: str, console: Console) -> None:
    say(Text(heading, style=f"bold {style}"), console)
    for result in results[:LINES_OF_CHANGES]:
        mark = terminal.mark(result.outcome, console)
        say(Text.assemble("  ", mark, f" {result.check.title}"), console, indent=4)
    if len(results) > LINES_OF_CHANGES:
        say(Text(f"  and {len(results) - LINES_OF_CHANGES} more", style=DIM), console)


def show_failure(result: Result, submission: Submission, console: Console) -> None:
    """Print one failure in full, and the line to go to."""
    terminal.show_in_full(result, console, cause_of(result))
    place = places.of_result(result, submission)
    if place:
        console.print()
        say(Text.assemble("  Go to ", (str(place), "bold")), console, indent=4)


def show_syntax_fault(fault: SyntaxFault, console: Console) -> None:
    """Print where Python gave up reading a file, with a caret below it."""
    where = f"{fault.file}, line {fault.line}" if fault.line else fault.file
    console.print()
    say(Text.assemble(("Python cannot read ", "bold red"), (where, "bold")), console)
    if fault.source.strip():
        shift = len(fault.source) - len(fault.source.lstrip())
        source = visible_line(fault.source.strip())
        column = fault.column - 1 - shift
        begin = max(0, column - console.width // 2) if len(source) > console.width - 8 else 0
        console.print(Text(f"    {source[begin : begin + console.width - 8]}"), soft_wrap=True)
        if fault.column and 0 <= column - begin <= console.width - 8:
            console.print(Text(" " * (4 + column - begin) + "^", style="red"), soft_wrap=True)
    say(f"  SyntaxError: {visible_line(fault.message)}", console, indent=4)
    console.print()
    say(
        "Nothing can be run before that is put right. The fault may be in the line before.", console
    )


def show_diff(lines: list[str], console: Console) -> None:
    """Print a unified diff, in colours where there are any."""
    for line in lines:
        style = {"+": "green", "-": "red", "@": "cyan"}.get(line[:1], "")
        if line.startswith(("+++", "---")):
            style = "bold"
        console.print(Text(visible_line(line.replace("\t", "    ")), style=style), soft_wrap=True)


def command(words: str, folder: Path, default: Path) -> str:
    """Return what to type for a command about this folder."""
    where = "" if folder.resolve() == default.resolve() else f" {folder}"
    return f"python lab.py {words}{where}"


def say(text: str | Text, console: Console, indent: int = 0) -> None:
    """Print a sentence, wrapped between words; what goes on is indented."""
    line = Text(text) if isinstance(text, str) else text
    head, *rest = line.wrap(console, max(20, console.width - indent)) or [Text("")]
    head.rstrip()
    console.print(head, soft_wrap=True)
    for part in rest:
        part.rstrip()
        part.pad_left(indent)
        console.print(part, soft_wrap=True)
