"""A submission as it was when grading began: its files in memory, and what is odd about them."""

from __future__ import annotations

import stat
import sys
from dataclasses import dataclass, field
from pathlib import Path

from grader import exercise
from grader.visible import visible_line

MAX_FILE = 1024 * 1024  # bytes
MAX_FILES = 200
MAX_DEPTH = 8  # folders in folders
MAX_ALL_FILES = 8 * 1024 * 1024  # bytes
SKIPPED_FOLDERS = {"__pycache__", "node_modules", "venv", "env", "build", "dist", "notebooks"}
IGNORED_FILES = {
    "conftest.py": "belongs to pytest; the exercise does not need it, and it was ignored",
    "__init__.py": "makes a folder a package; the exercise does not need it, and it was ignored",
    "sitecustomize.py": "changes how Python starts; it was ignored",
    "usercustomize.py": "changes how Python starts; it was ignored",
}
# Sources, and data that a program may read. No compiled code, and nothing that Python obeys unseen.
KINDS = {".py", ".txt", ".md", ".json", ".csv", ".toml", ".ini", ".cfg", ".yaml", ".yml", ""}


class NotASubmission(Exception):
    """There is nothing to grade; the text says why in one line."""


@dataclass(frozen=True)
class Submission:
    """The files to grade, by their path in the folder (with forward slashes)."""

    name: str  # as it was given on the command line
    files: dict[str, bytes]
    notes: list[str] = field(default_factory=list)  # one line each, for the report

    def write_to(self, folder: Path) -> None:
        """Write a fresh copy of the submission into an empty folder."""
        for name, content in self.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


def read_submission(folder: Path) -> Submission:
    """Read what is to be graded. Raises NotASubmission if there is nothing to grade."""
    if not folder.exists():
        raise NotASubmission(f"There is no folder {folder}.")
    if not folder.is_dir():
        raise NotASubmission(f"{folder} is a file; give the folder that holds your programs.")
    submission = Submission(str(folder), {})
    _read_folder(folder, folder, submission)
    if not any(name in submission.files for name in exercise.SUBMISSION_FILES):
        wanted = " nor ".join(exercise.SUBMISSION_FILES)
        raise NotASubmission(f"{folder} is not a submission: it holds neither {wanted}.")
    for name in exercise.SUBMISSION_FILES:
        if name not in submission.files:
            submission.notes.append(f"{name} is missing.")
    for name in submission.files:
        if warning := _hides_standard_module(name):
            submission.notes.append(warning)
    return submission


def _read_folder(folder: Path, top: Path, submission: Submission) -> None:
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        if folder != top:
            raise
        raise NotASubmission(f"{folder} cannot be read: {error.strerror}.") from None
    for path in entries:
        if path.name.startswith(".") or path.name in SKIPPED_FOLDERS:
            continue
        try:
            _read(path, top, submission)
        except OSError as error:
            seen = visible_line(path.relative_to(top).as_posix())
            submission.notes.append(f"{seen} cannot be read: {error.strerror}.")


def _read(path: Path, top: Path, submission: Submission) -> None:
    """Take in one file or folder, or note why not. Raises OSError if it cannot be read."""
    name = path.relative_to(top).as_posix()
    kind = path.lstat().st_mode
    reason = ""
    if stat.S_ISLNK(kind):
        reason = "is a symbolic link and was left out"
    elif stat.S_ISDIR(kind):
        if name.count("/") >= MAX_DEPTH:
            reason = f"lies more than {MAX_DEPTH} folders deep and was left out"
        elif not (path / "pyvenv.cfg").exists():
            _read_folder(path, top, submission)
    elif not stat.S_ISREG(kind):
        reason = "is not a regular file and was left out"
    elif path.name in IGNORED_FILES:
        reason = IGNORED_FILES[path.name]
    elif path.suffix.lower() not in KINDS:
        reason = "is no kind of file that a chat needs; it was left out"
    elif path.stat().st_size > MAX_FILE:
        reason = "is larger than 1 MiB and was left out"
    else:
        submission.files[name] = path.read_bytes()
    if reason:
        submission.notes.append(f"{visible_line(name)} {reason}.")
    if len(submission.files) > MAX_FILES or len(submission.notes) > MAX_FILES:
        raise NotASubmission(f"{top} holds more than {MAX_FILES} files; is it the right folder?")
    if sum(map(len, submission.files.values())) > MAX_ALL_FILES:
        raise NotASubmission(f"{top} holds more than 8 MiB; is it the right folder?")


def _hides_standard_module(name: str) -> str | None:
    """Return a warning if Python would import this file in place of a standard module."""
    module = name.removesuffix(".py").removesuffix("/__init__")
    if not name.endswith(".py") or "/" in module or module not in sys.stdlib_module_names:
        return None
    return (
        f"{name} has the name of a standard module: Python imports it wherever a program beside "
        f"it says `import {module}`. Rename it."
    )
