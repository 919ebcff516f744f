"""Home, what `python lab.py` alone shows: where am I, what is next, and three commands."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.text import Text

from grader import exercise
from grader.jail.submission import Submission
from grader.loop import kit, page, places
from grader.loop.page import DIM, say
from grader.result import Grading, Outcome, Result


def show(grading: Grading, submission: Submission, default: Path, console: Console) -> None:
    """Print the map, the next step and the commands that matter now."""
    folder = Path(submission.name)
    console.print()
    say(Text.assemble("PyNetLab  ", (str(folder), "bold")), console)
    for note in submission.notes:
        say(Text(f"Note: {note}", style="yellow"), console)
    console.print()
    results = {result.check.name: result for result in grading.results}
    page.show_map([result.check for result in grading.results], results, console)
    open_todos = places.open_todos(submission)
    todos = f"; TODOs to fill in: {open_todos}" if open_todos else ""
    say(Text(f"Score: {grading.score:g} of {grading.max_score:g}{todos}", style="bold"), console)
    console.print()
    _show_next(first_failure(grading), submission, console)
    console.print()
    rows = [(page.command(words, folder, default), does) for words, does in _commands(grading)]
    width = max(len(typed) for typed, _ in rows)
    fits = max(2 + width + 2 + len(does) for _, does in rows) <= console.width
    for typed, does in rows:
        if fits:
            say(Text.assemble("  ", (f"{typed:{width}}", "bold"), f"  {does}"), console)
        else:
            say(Text(f"  {typed}", style="bold"), console)
            say(f"      {does}", console, indent=6)


def first_failure(grading: Grading) -> Result | None:
    """Return the first check that failed or is not written yet; None if there is none."""
    for result in grading.results:
        if result.outcome in (Outcome.FAILED, Outcome.TODO):
            return result
    return None


def _show_next(result: Result | None, submission: Submission, console: Console) -> None:
    fault = places.syntax_fault(submission)
    if fault:
        page.show_syntax_fault(fault, console)
        return
    if result is None:
        say(Text("Every check passes.", style="bold green"), console)
        return
    verb = "write" if result.outcome is Outcome.TODO else "mend"
    say(Text.assemble(f"Next, {verb}: ", (result.check.title, "bold")), console, indent=2)
    place = places.of_result(result, submission)
    if place:
        say(Text.assemble("  in ", (str(place), "bold")), console, indent=5)
    say(Text(f"  {result.check.name}, stage {result.check.stage}", style=DIM), console, indent=2)


def _commands(grading: Grading) -> list[tuple[str, str]]:
    """Return three commands, each with what it does."""
    passed = {result.check.name for result in grading.with_outcome(Outcome.PASSED)}
    full = [stage.name for stage in exercise.STAGES if _is_full(stage.name, grading)]
    if not grading.unsolved:
        found = [
            ("run server", "your server, for everybody on this machine"),
            ("run client", "your client, in another terminal"),
        ]
    else:
        found = [
            ("watch", "grades at every save, and shows what changed"),
            ("hint", "what to look at, in three steps"),
        ]
    if full and kit.SHOW_REFERENCE:
        found.append((f"show {full[-1]}", "the reference for a stage that you have passed"))
    elif "server_answers" in passed:
        found.append(("run server", "your server, to try by hand"))
    else:
        found.append(("grade --all", "every failure in full"))
    return found


def _is_full(stage: str, grading: Grading) -> bool:
    return all(r.outcome is Outcome.PASSED for r in grading.results if r.check.stage == stage)
