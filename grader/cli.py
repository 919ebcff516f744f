"""The commands: one function each, no logic. `python lab.py COMMAND` and `pynetlab COMMAND`."""

from __future__ import annotations

import argparse
import io
import os
import re
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from grader import __version__
from grader.loop import commands as loop

if TYPE_CHECKING:
    from grader.result import Grading

PASSED, NOT_PASSED, WRONG_USAGE, GRADER_FAILED, INTERRUPTED = 0, 1, 2, 3, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    for stream in (sys.stdout, sys.stderr):  # a terminal that lacks a character gets its escape
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given[:1] == ["test"]:  # everything after it is pytest's own
        return test(given[1:])
    options = build_parser().parse_args(given)
    command: Callable[[argparse.Namespace], int] = options.command
    return command(options) if command is grade else _told_in_words(command, options)


def _told_in_words(
    command: Callable[[argparse.Namespace], int], options: argparse.Namespace
) -> int:
    """Run a command; what went wrong is told in one line, without a traceback."""
    from grader import grading
    from grader.jail.submission import NotASubmission
    from grader.loop.kit import NotInTheKit
    from grader.selection import UnknownCheck

    try:
        return command(options)
    except (NotASubmission, NotInTheKit, UnknownCheck, grading.WrongUsage) as error:
        return _complain(str(error), WRONG_USAGE)
    except KeyboardInterrupt:
        return _complain("Interrupted.", INTERRUPTED)
    except BrokenPipeError:  # whoever read the output wants no more of it
        sys.stdout = None
        return PASSED
    except Exception as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return _complain("The kit itself failed, and your files are not to blame.", GRADER_FAILED)


def grade(options: argparse.Namespace) -> int:
    """Grade a folder, and report in the ways that were asked for."""
    from rich.console import Console

    from grader import grading
    from grader.jail.submission import NotASubmission
    from grader.jail.tiers import Unavailable
    from grader.report import junit, results_json, terminal

    stdout_is_taken = options.json == "-"
    console = Console(stderr=stdout_is_taken, highlight=False, soft_wrap=False)
    try:
        with terminal.ProgressBar(console) as bar:
            result = grading.grade(
                Path(options.submission) if options.submission else _default_submission(),
                stage=options.stage,
                only=options.only,
                tier=options.jail,
                keep_segments=bool(options.pcap),
                plan=bar.plan,
                progress=bar.advance,
            )
    except (NotASubmission, grading.WrongUsage) as error:
        return _complain(str(error), WRONG_USAGE)
    except Unavailable as error:
        reason = f"Tier {options.jail} cannot be had here: {error}. `lab.py doctor` says more."
        return _complain(reason, GRADER_FAILED)
    except KeyboardInterrupt:
        return _complain("Interrupted: there is no score.", INTERRUPTED)
    except Exception as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        message = "The grader itself failed, and the submission is not to blame: no score."
        return _complain(message, GRADER_FAILED)
    if not stdout_is_taken:
        terminal.show(result, console, all_failures=options.all)
    try:
        if stdout_is_taken:
            sys.stdout.write(results_json.render(result))
        elif options.json:
            Path(options.json).write_text(results_json.render(result), encoding="utf-8")
        if options.html:
            from grader.report import html

            Path(options.html).write_text(html.render(result), encoding="utf-8")
        if options.pcap:
            _write_captures(result, Path(options.pcap))
        if options.junit:
            Path(options.junit).write_text(junit.render(result), encoding="utf-8")
    except OSError as error:
        return _complain(f"The report cannot be written: {error}.", WRONG_USAGE)
    return NOT_PASSED if result.unsolved else PASSED


def doctor(options: argparse.Namespace) -> int:
    """Say what isolation this machine offers to a grading, and how to get more."""
    from rich.console import Console

    from grader.jail import doctor
    from grader.report import examination

    return examination.show(doctor.layers(), doctor.tiers_here(), Console(highlight=False))


def replay(options: argparse.Namespace) -> int:
    """Play a check's clients against a server that the person has started."""
    from grader import exercise
    from grader.replay import NotPlayable
    from grader.replay import replay as play

    def ask(prompt: str) -> str:
        try:
            return input(prompt)
        except EOFError:  # nobody is there to press Enter
            print()
            return "1000000"

    try:
        port = options.port or exercise.PORT
        went_well = play(options.check, port, ask, lambda line: print(line, flush=True))
    except NotPlayable as error:
        return _complain(str(error), WRONG_USAGE)
    except KeyboardInterrupt:
        print()
        return INTERRUPTED
    return PASSED if went_well else NOT_PASSED


def _write_captures(grading: Grading, folder: Path) -> None:
    from grader.report import capture

    folder.mkdir(parents=True, exist_ok=True)
    offset = time.time() - time.monotonic()
    for result in grading.results:
        if result.segments:
            name = f"{result.check.stage}-{result.check.name}.pcapng"
            (folder / name).write_bytes(capture.render(result, offset))


def test(pytest_arguments: Sequence[str]) -> int:
    """Run the kit's own tests."""
    root = _checkout("the tests")
    if root is None:
        return WRONG_USAGE
    import pytest

    os.chdir(root)
    os.environ["PYTHONPATH"] = str(root)
    spread = (
        []
        if any(argument.startswith("-n") for argument in pytest_arguments)
        else [f"-n{2 * (os.cpu_count() or 1)}", "--dist=loadgroup"]  # half of them wait
    )
    return int(pytest.main([*spread, *pytest_arguments]))


def release(options: argparse.Namespace) -> int:
    """Write what is generated from the solution: the skeleton, and the notebooks."""
    from grader import release
    from grader.notebooks.making import write_notebooks

    root = _checkout("the solution")
    if root is None:
        return WRONG_USAGE
    for path in release.write_skeleton(root / "solution", root / "skeleton"):
        print(f"wrote {path.relative_to(root)}")
    for path in write_notebooks(root):
        print(f"wrote {path.relative_to(root)}")
    return PASSED


def notebook(options: argparse.Namespace) -> int:
    """Open a notebook in JupyterLab."""
    from grader.notebooks import opening

    root = _checkout("the notebooks")
    if root is None:
        return WRONG_USAGE
    try:
        path = opening.find(options.name, root / "notebooks")
    except opening.NoSuchNotebook as error:
        return _complain(str(error), WRONG_USAGE)
    if not opening.is_installed():
        return _complain("JupyterLab is missing: python lab.py notebook installs it.", WRONG_USAGE)
    return opening.open_in_jupyter(path, browser=opening.has_browser())


def tidy(options: argparse.Namespace) -> int:
    """Format, lint and type-check the whole kit."""
    import subprocess

    root = _checkout("the kit's sources")
    if root is None:
        return WRONG_USAGE
    steps = (["ruff", "format"], ["ruff", "check", "--fix"], ["mypy"])
    statuses = [subprocess.call([sys.executable, "-m", *step], cwd=root) for step in steps]
    return max(statuses)


def _checkout(what: str) -> Path | None:
    """Return the folder of the checkout; complain and return None where there is none."""
    for folder in (Path(os.environ.get("PYNETLAB_ROOT", ".")), Path.cwd()):
        if (folder / "lab.py").exists() and (folder / "tests").is_dir():
            return folder.resolve()
    _complain(f"This needs {what}: call it in a checkout of PyNetLab.", WRONG_USAGE)
    return None


def _default_submission() -> Path:
    root = os.environ.get("PYNETLAB_ROOT")
    return Path(root, "skeleton") if root else Path("skeleton")


def _complain(message: str, status: int) -> int:
    print(message, file=sys.stderr)
    return status


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        wrong = re.match(r"argument (\S+): invalid choice: '(.*?)' \(choose from (.*)\)", message)
        if wrong:
            from grader.selection import nearest

            place, word, listed = wrong.groups()
            known = re.findall(r"[\w-]+", listed)
            what = "no command" if place == "COMMAND" else "nothing like"
            _complain(f"There is {what} {word!r}.{nearest(word, known)} See --help.", WRONG_USAGE)
            raise SystemExit(WRONG_USAGE)
        _complain(f"{message[:1].upper()}{message[1:]}. See --help.", WRONG_USAGE)
        raise SystemExit(WRONG_USAGE)


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of all commands and their options."""
    parser = _Parser(prog="lab.py", description="PyNetLab: learn sockets by writing a chat.")
    parser.add_argument("--version", action="version", version=f"PyNetLab {__version__}")
    parser.set_defaults(command=loop.home)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")

    command = commands.add_parser("grade", help="grade a folder (default: skeleton/)")
    command.add_argument("submission", nargs="?", metavar="SUBMISSION")
    command.add_argument("--stage", default="", metavar="NAME", help="one stage only")
    command.add_argument("--only", default="", metavar="CHECK", help="one check only")
    command.add_argument(
        "--jail",
        default="",
        choices=("strong", "medium", "plain"),
        help="the isolation that must be had (default: the strongest that works here)",
    )
    command.add_argument("--all", action="store_true", help="show every failure in full")
    command.add_argument("--json", metavar="FILE", help="write results.json ('-': to stdout)")
    command.add_argument("--pcap", metavar="DIR", help="write conversations for Wireshark")
    command.add_argument("--html", metavar="FILE", help="write one HTML page")
    command.add_argument("--junit", metavar="FILE", help="write JUnit XML")
    command.set_defaults(command=grade)

    command = commands.add_parser("doctor", help="say how well submissions are isolated here")
    command.set_defaults(command=doctor)

    command = commands.add_parser("replay", help="play a check against your own running server")
    command.add_argument("check", metavar="CHECK")
    command.add_argument("--port", type=int, metavar="PORT", help="of the server (default: 5555)")
    command.set_defaults(command=replay)

    loop.add_to(commands)

    commands.add_parser("test", help="run the kit's own tests (arguments go to pytest)")

    command = commands.add_parser(
        "release", help="generate skeleton/ and notebooks/ from solution/"
    )
    command.set_defaults(command=release)

    command = commands.add_parser("notebook", help="open the notebooks in JupyterLab")
    command.add_argument("name", nargs="?", default="", metavar="NAME", help="01, select, ...")
    command.set_defaults(command=notebook)

    command = commands.add_parser("tidy", help="format, lint and type-check the kit")
    command.set_defaults(command=tidy)
    return parser
