"""The kit's own files: the reference, the untouched skeleton, and what an instructor has set."""

from __future__ import annotations

import os
import re
from pathlib import Path

from grader import exercise, release

# The one place where an instructor decides whether `show` shows the reference for a stage that is
# passed in full. False: it never does.
SHOW_REFERENCE = True

MARKER = re.compile(r"^ *### (?:BEGIN|END) SOLUTION.*\n", re.MULTILINE)
FILES = (*exercise.SUBMISSION_FILES, *exercise.GIVEN_FILES)


class NotInTheKit(Exception):
    """Something is asked of the kit that it has not; the text says what, in one line."""


def root() -> Path:
    """Return the folder of the checkout, as the door has told it."""
    return Path(os.environ.get("PYNETLAB_ROOT", "."))


def solution() -> Path:
    """Return the folder of the reference. Raises NotInTheKit where it was taken out."""
    folder = root() / "solution"
    if not all((folder / name).is_file() for name in FILES):
        raise NotInTheKit(
            "This needs the reference in the folder solution/, which this copy of the kit lacks."
        )
    return folder


def untouched(name: str) -> str:
    """Return a file of the skeleton as it was handed out. Raises NotInTheKit."""
    folder = solution()
    if name in exercise.GIVEN_FILES:
        return (folder / name).read_text(encoding="utf-8")
    if name not in exercise.SUBMISSION_FILES:
        raise NotInTheKit(f"{name} is no file of the skeleton; those are {', '.join(FILES)}.")
    return release.skeleton_files(folder)[name]


def reference(name: str) -> str:
    """Return a program of the reference, without the marks of its regions. Raises NotInTheKit."""
    return MARKER.sub("", (solution() / name).read_text(encoding="utf-8"))


def todos() -> list[release.Todo]:
    """Return the TODOs of the skeleton; none where the reference was taken out of the kit."""
    try:
        return release.todos(solution())
    except NotInTheKit:
        return []
