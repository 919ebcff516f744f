"""The picture that `watch` shows: the map, what changed, a failure in full, the keys."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.text import Text

from grader.checks import declared_checks
from grader.jail.submission import Submission
from grader.loop import diffs, hinting, kit, page, places, progress
from grader.loop.changes import Changes
from grader.loop.keys import have_terminal
from grader.loop.page import DIM, say
from grader.loop.places import SyntaxFault
from grader.report import terminal
from grader.result import Grading, Outcome, Result

KEYS = {
    "h": "hint",
    "a": "all failures",
    "n": "next",
    "r": "run again",
    "d": "diff",
    "q": "quit",
}
KEYS_WITHOUT_FAILURE = "rdq"


@dataclass
class State:
    """What there is to be shown."""

    folder: Path
    way: str  # what is said of how saves are noticed; "" for the usual way
    submission: Submission
    saved: list[str] = field(default_factory=list)  # the files of the last save
    trouble: str = ""  # why there is nothing to grade now
    fault: SyntaxFault | None = None
    run: dict[str, Result] | None = None  # the verdicts so far, while a run goes on
    grading: Grading | None = None  # the last full one
    changes: Changes | None = None
    shown: int = 0  # which of the failures is shown
    view: str = "failure"  # or "all", "hints", "diff"
    hints: dict[str, int] = field(default_factory=dict)  # check -> how many were read

    def failures(self) -> list[Result]:
        """Return the checks that failed or are not written yet, in order."""
        unsolved = self.grading.unsolved if self.grading else []
        return [result for result in unsolved if result.outcome is not Outcome.BLOCKED]


class Picture:
    """Draws a State on the terminal, over the picture before; elsewhere one after the other."""

    def __init__(self, console: Console) -> None:
        self.can_redraw = console.is_terminal and not console.is_dumb_terminal
        self._console = console
        self._checks = declared_checks()

    def draw(self, state: State) -> None:
        """Bring the screen up to date."""
        console = self._console
        with console.capture() as captured:
            self._show(state)
        picture = captured.get()
        if not self.can_redraw:
            console.file.write(picture + "\n")
        elif console.legacy_windows:
            console.clear()
            console.file.write(picture)
        elif picture.count("\n") >= console.height:  # the end of it is what is read first
            console.file.write("\x1b[H\x1b[2J" + picture)
        else:  # line over line, so that nothing flickers
            lines = picture.rstrip("\n").split("\n")
            console.file.write("\x1b[H" + "".join(f"{line}\x1b[K\n" for line in lines) + "\x1b[J")
        console.file.flush()

    def _show(self, state: State) -> None:
        console = self._console
        self._show_head(state)
        results = state.run
        if results is None:
            graded = state.grading.results if state.grading else []
            results = {result.check.name: result for result in graded}
        page.show_map(self._checks, results, console)
        score = sum(result.score for result in results.values())
        points = sum(check.points for check in self._checks)
        say(Text(f"Score: {score:g} of {points:g}", style="bold"), console)
        if state.trouble:
            self._show_aside(Text(state.trouble, style="bold red"))
        elif state.view == "diff":
            self._show_diff(state)
        elif state.fault:
            self._show_aside(Text("The map is that of the last state that could be read."))
            page.show_syntax_fault(state.fault, console)
        elif state.run is not None:
            self._show_aside(Text(f"{len(results)} of {len(self._checks)} checks so far"))
            self._show_first_so_far(results)
        elif state.view == "hints":
            self._show_hints(state)
        elif state.view == "all":
            for result in state.failures():
                page.show_failure(result, state.submission, console)
        else:
            self._show_failure(state)
        self._show_keys(state)

    def _show_head(self, state: State) -> None:
        saved = ", ".join(state.saved[:3]) + (" and others" if len(state.saved) > 3 else "")
        if state.run is not None:
            what = f"grading after a save of {saved}" if saved else "grading"
        else:
            what = f"watching for saves; the last was {saved}" if saved else "watching for saves"
        say(Text.assemble((str(state.folder), "bold"), f": {what}"), self._console)
        if state.way:
            say(Text(state.way, style=DIM), self._console)
        for note in state.submission.notes:
            say(Text(f"Note: {note}", style="yellow"), self._console)
        self._console.print()

    def _show_aside(self, text: Text) -> None:
        self._console.print()
        say(Text.assemble(text, style=DIM), self._console)

    def _show_first_so_far(self, results: dict[str, Result]) -> None:
        failed = [r for r in results.values() if r.outcome in (Outcome.FAILED, Outcome.TODO)]
        first = min(failed, key=lambda r: self._checks.index(r.check), default=None)
        if first:
            self._console.print()
            line = Text.assemble(
                terminal.mark(first.outcome, self._console), " ", first.check.title
            )
            say(line, self._console, indent=2)

    def _show_failure(self, state: State) -> None:
        if state.changes and state.shown == 0:
            self._console.print()
            page.show_changes(state.changes, self._console)
        failures = state.failures()
        if not failures:
            self._console.print()
            say(Text("Every check passes.", style="bold green"), self._console)
            return
        page.show_failure(failures[state.shown], state.submission, self._console)
        if len(failures) > 1:
            position = f"{state.shown + 1} of {len(failures)} failures; n shows the next one."
            self._show_aside(Text(position))

    def _show_hints(self, state: State) -> None:
        check = state.failures()[state.shown].check
        read = state.hints.get(check.name, 1)
        self._console.print()
        hinting.show(check, read, state.submission, self._console)
        if read < progress.HINTS:
            say(Text("h shows the next hint.", style=DIM), self._console)

    def _show_diff(self, state: State) -> None:
        """Show what the student changed in the file saved last, or in that of the failure."""
        self._console.print()
        names = [name for name in state.saved if name in kit.FILES]
        failures = state.failures()
        place = places.of_result(failures[state.shown], state.submission) if failures else None
        if not names and place and place.file in kit.FILES:
            names = [place.file]
        try:
            for name in names or kit.FILES[:1]:
                lines = diffs.against_untouched(state.submission, name)
                if lines:
                    page.show_diff(lines, self._console)
                else:
                    say(f"{name} is as it was handed out.", self._console)
        except kit.NotInTheKit as error:
            say(str(error), self._console)

    def _show_keys(self, state: State) -> None:
        if have_terminal():
            about_failure = state.failures() and not state.fault
            words = [
                f"{key} {KEYS[key]}" for key in (KEYS if about_failure else KEYS_WITHOUT_FAILURE)
            ]
        else:
            words = ["Ctrl-C ends this"]
        self._console.print()
        say(Text("  ".join(words), style="bold"), self._console)
