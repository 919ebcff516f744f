"""The commands of the student's loop: one function each, no logic."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # imported where it is used: `--help` should not wait for it
    from rich.console import Console

    from grader.jail.submission import Submission
    from grader.loop.progress import Progress
    from grader.result import Grading

PASSED, NOT_PASSED, WRONG_USAGE = 0, 1, 2


def home(options: argparse.Namespace) -> int:
    """Show where the student is, what is next, and three commands."""
    from grader.loop import home

    console = _console()
    submission, _, grading = _state(_folder(options), console)
    home.show(grading, submission, _default(), console)
    return PASSED


def watch(options: argparse.Namespace) -> int:
    """Grade at every save, until the person quits."""
    from grader.loop import watch

    return watch.watch(_folder(options), _console(), poll=options.poll)


def hint(options: argparse.Namespace) -> int:
    """Show the next hint of a check: of the first failure, if none is named."""
    from grader import selection
    from grader.checks import declared_checks
    from grader.jail.submission import read_submission
    from grader.loop import hinting, progress
    from grader.loop.home import first_failure

    console, folder = _console(), _folder(options)
    if options.check:
        (check,) = selection.asked_for(declared_checks(), only=options.check)
        submission, memory = read_submission(folder), progress.load(folder)
    else:
        submission, memory, grading = _state(folder, console)
        failure = first_failure(grading)
        if failure is None:
            console.print("Every check passes; there is nothing to hint at.")
            return PASSED
        check = failure.check
    read = memory.next_hint(check.name)
    progress.save(folder, memory)
    console.print()
    hinting.show(check, read, submission, console)
    return PASSED


def reset(options: argparse.Namespace) -> int:
    """Put a file of the skeleton back, and keep a copy of what was there."""
    from grader.loop.reset import reset

    print(reset(options.file, _default()))
    return PASSED


def diff(options: argparse.Namespace) -> int:
    """Show what the student has changed, against the untouched skeleton."""
    from grader.jail.submission import read_submission
    from grader.loop import diffs, kit, page

    console = _console()
    submission = read_submission(_folder(options))
    lines = [
        line
        for name in kit.FILES
        if name in submission.files
        for line in diffs.against_untouched(submission, name)
    ]
    page.show_diff(lines, console)
    if not lines:
        console.print("Nothing is changed: all files are as they were handed out.")
    return PASSED


def show(options: argparse.Namespace) -> int:
    """Show how the reference solves a stage that the submission passes in full, graded now."""
    from grader.loop import showing

    return showing.show(_folder(options), options.stage, _console(), _graded)


def run(options: argparse.Namespace) -> int:
    """Start the server or the client; with the other one from the reference if that is wanted."""
    from grader.jail.submission import NotASubmission
    from grader.loop import kit, programs

    folder = _folder(options)
    program = folder / programs.PROGRAMS[options.program]
    if not program.is_file():
        raise NotASubmission(f"There is no {program}.")
    if not options.with_solution:
        return programs.run_alone(options.program, folder)
    theirs = kit.solution()
    pair = (folder, theirs) if options.program == "server" else (theirs, folder)
    return programs.run_pair(*pair, print)


def add_to(commands: Any) -> None:
    """Declare the commands of this file."""

    def add(
        name: str, function: Callable[[argparse.Namespace], int], help: str
    ) -> argparse.ArgumentParser:
        command: argparse.ArgumentParser = commands.add_parser(name, help=help)
        command.set_defaults(command=function)
        return command

    command = add("watch", watch, "grade at every save, and show what changed")
    _add_submission(command)
    command.add_argument("--poll", action="store_true", help="look for saves, wait for no events")
    command = add("hint", hint, "a hint, in three steps (default: for the first failure)")
    command.add_argument("check", nargs="?", default="", metavar="CHECK")
    command.add_argument("--submission", default="", metavar="FOLDER", help="default: skeleton/")
    command = add("diff", diff, "what you have changed")
    _add_submission(command)
    command = add("reset", reset, "put a file of the skeleton back; keeps a copy of yours")
    command.add_argument("file", metavar="FILE")
    command = add("show", show, "the reference for a stage that you have passed in full")
    command.add_argument("stage", metavar="STAGE")
    _add_submission(command)
    command = add("run", run, "start your server or your client")
    command.add_argument("program", choices=("server", "client"), metavar="server|client")
    _add_submission(command)
    command.add_argument(
        "--with",
        dest="with_solution",
        choices=("solution",),
        help="start the other program as well, from the reference",
    )


def _add_submission(command: argparse.ArgumentParser) -> None:
    command.add_argument("submission", nargs="?", default="", metavar="SUBMISSION")


def _default() -> Path:
    from grader.loop import kit

    folder = kit.root() / "skeleton"
    try:
        return folder.relative_to(Path.cwd())
    except ValueError:
        return folder


def _folder(options: argparse.Namespace) -> Path:
    given = getattr(options, "submission", "")
    return Path(given) if given else _default()


def _console() -> Console:
    from rich.console import Console

    return Console(highlight=False, soft_wrap=False)


def _state(folder: Path, console: Console) -> tuple[Submission, Progress, Grading]:
    """Return what is in the folder and how it is graded: remembered, or else graded now."""
    from grader.jail.submission import read_submission
    from grader.loop import progress

    submission, memory = read_submission(folder), progress.load(folder)
    grading = memory.grading_of(submission)
    if grading is None:
        grading = _graded(folder, "", console)
        memory.remember(submission, grading)
        progress.save(folder, memory)
    return submission, memory, grading


def _graded(folder: Path, stage: str, console: Console) -> Grading:
    from grader import grading
    from grader.report import terminal

    with terminal.ProgressBar(console) as bar:
        return grading.grade(folder, stage=stage, plan=bar.plan, progress=bar.advance)
