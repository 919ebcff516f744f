"""`watch`: grades at every save, shows what came of it, and obeys single keys.

All that can happen (a key, a save, a verdict of the grading process) arrives in one queue, and one
loop waits there. Nothing of the submission runs in this process.
"""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import time
from pathlib import Path
from typing import Any, NamedTuple

from rich.console import Console

from grader.jail.submission import NotASubmission, Submission, read_submission
from grader.loop import changes, places, progress
from grader.loop.keys import END, INTERRUPT, ending_tidily, reading
from grader.loop.picture import Picture, State
from grader.loop.run import Crew, Run, Worker
from grader.loop.saves import watching
from grader.result import Grading

REDRAW = 0.1  # seconds between two pictures of a run that goes on


class Event(NamedTuple):
    """Something that happened: a key, a possible save, a process that told something, a redraw."""

    kind: str
    what: Any = None
    worker: Worker | None = None


def watch(folder: Path, console: Console, poll: bool = False) -> int:
    """Grade the folder at every save until the person quits; return the exit status.

    Raises NotASubmission if there is nothing to grade at the start.
    """
    submission = read_submission(folder)
    events: queue.SimpleQueue[Event] = queue.SimpleQueue()  # may be filled in a signal handler
    with contextlib.ExitStack() as stack, contextlib.suppress(KeyboardInterrupt):
        stack.enter_context(ending_tidily())
        crew = stack.enter_context(Crew(lambda who, told: events.put(Event("told", told, who))))
        crew.make_ready()
        way = stack.enter_context(watching(folder, lambda: events.put(Event("save")), poll))
        stack.enter_context(
            reading(lambda key: events.put(Event("key", key)), lambda: events.put(Event("resumed")))
        )
        stack.callback(signal.signal, signal.SIGINT, signal.SIG_IGN)  # one Ctrl-C is enough
        watcher = Watcher(State(folder, way, submission), Picture(console), crew)
        watcher.begins()
        while watcher.goes_on:
            watcher.takes(_next(events))
            while watcher.goes_on and not events.empty():
                watcher.takes(events.get())
            watcher.draws()
    return 0


def _next(events: queue.SimpleQueue[Event]) -> Event:
    if os.name != "nt":
        return events.get()
    while True:  # there, Ctrl-C does not end a wait without a limit
        with contextlib.suppress(queue.Empty):
            return events.get(timeout=0.5)


class Watcher:
    """Decides what each event means: for the run, for what is remembered, for the picture."""

    def __init__(self, state: State, picture: Picture, crew: Crew) -> None:
        self.goes_on = True
        self._state, self._picture, self._crew = state, picture, crew
        self._memory = progress.load(state.folder)
        self._seen = ""  # digest of the files when they were last looked at
        self._run: Run | None = None
        self._changed = True  # the picture is not what the screen shows
        self._drawn_at = 0.0

    def begins(self) -> None:
        """Grade what is there at the start; what is remembered tells what has changed."""
        self._state.grading = self._memory.grading
        self._looks_at(self._state.submission)
        self.draws()

    def takes(self, event: Event) -> None:
        """Do what an event asks for."""
        if event.kind == "key":
            self._obeys(event.what)
        elif event.kind == "save":
            self._looks()
        elif event.kind == "resumed":
            self._changed = True
        elif event.worker is not None:
            self._hears(event.worker, event.what)

    def draws(self) -> None:
        """Bring the screen up to date; while a run goes on, not for every verdict."""
        now = time.monotonic()
        if self._run:
            is_first = len(self._run.results) <= 1
            if not self._picture.can_redraw or (not is_first and now - self._drawn_at < REDRAW):
                return  # what cannot be overwritten is shown once, at the end
        if self._changed:
            self._changed, self._drawn_at = False, now
            self._state.run = self._run.results if self._run else None
            self._picture.draw(self._state)

    # Saves

    def _looks(self) -> None:
        state = self._state
        try:
            submission = read_submission(state.folder)
        except NotASubmission as error:
            if state.trouble != str(error):
                self._stops()
                state.trouble, self._seen = str(error), ""
            return
        if progress.digest(submission) != self._seen:
            before, after = state.submission.files, submission.files
            names = {**before, **after}
            state.saved = [name for name in names if before.get(name) != after.get(name)]
            self._looks_at(submission)

    def _looks_at(self, submission: Submission) -> None:
        """Take in a new state of the files: grade it, or say where Python cannot read it."""
        state = self._state
        state.submission, self._seen = submission, progress.digest(submission)
        fault = places.syntax_fault(submission)
        if fault:
            self._stops()
            state.fault, state.trouble, state.view = fault, "", "failure"
            self._crew.make_ready()
        else:
            self._grades()

    def _grades(self) -> None:
        state = self._state
        state.view, state.shown, state.trouble, state.fault = "failure", 0, "", None
        self._run = self._crew.grade(state.folder)
        self._changed = True

    def _stops(self) -> None:
        self._crew.stop()
        self._run = None
        self._changed = True

    # Verdicts

    def _hears(self, worker: Worker, told: dict[str, Any]) -> None:
        if told["event"] == "ended":
            self._crew.forget(worker)
        run = self._run
        if run is None or not run.hears(worker, told):
            return
        self._changed = True
        if run.complaint:
            self._state.trouble = f"The grader itself failed: {run.complaint}"
            self._stops()
        elif run.grading:
            self._run = None
            self._concludes(run.grading)

    def _concludes(self, grading: Grading) -> None:
        self._looks()
        if self._run or self._state.fault or self._state.trouble:
            return  # saved in the last moment; these verdicts may be of either state
        before = self._state.grading
        passed = self._memory.passed
        self._state.changes = changes.between(before, grading, passed) if before else None
        self._state.grading = grading
        self._memory.hints = progress.load(self._state.folder).hints  # of another terminal, too
        self._memory.remember(self._state.submission, grading)
        progress.save(self._state.folder, self._memory)
        self._crew.make_ready()

    # Keys

    def _obeys(self, key: str) -> None:
        state = self._state
        action = key.lower()
        if key in (INTERRUPT, END) or action == "q":
            self.goes_on = False
        elif action == "r":
            self._looks()
            if not self._run and not state.trouble:
                self._grades()
        elif action == "d":
            self._shows("diff")
        elif self._run or state.fault or not state.failures():
            return  # the others are about a failure, and there is none
        elif action == "h":
            self._memory.hints = progress.load(state.folder).hints
            self._memory.next_hint(state.failures()[state.shown].check.name)
            progress.save(state.folder, self._memory)
            state.hints = self._memory.hints
            self._shows("hints")
        elif action == "a":
            self._shows("all")
        elif action == "n":
            state.shown = (state.shown + 1) % len(state.failures())
            self._shows("failure")

    def _shows(self, view: str) -> None:
        self._state.view, self._changed = view, True
