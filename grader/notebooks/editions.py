"""Makes the two editions of a notebook from its one source.

A source is a Python file in percent format: `# %%` begins a code cell, `# %% [markdown]` a cell of
text. The instructor's edition is the source as it is. In the students' edition

    ### BEGIN SOLUTION words ... ### END SOLUTION     becomes a NotImplementedError and the words
    guess = "b"  # a, b or c                          becomes guess = None  # a, b or c
    PROGRAMS = ".."                                   becomes PROGRAMS = "../skeleton"

In both, {{name}} in a text becomes the number of the skeleton's TODO for that function, so that no
number is typed by hand.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, NamedTuple

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from grader.release import REGION, BadRegion, Todo

MARK = re.compile(r"^# %%(?P<kind> \[markdown\])?[^\n]*\n", re.MULTILINE)
HEADING = re.compile(r"^#{1,2} (.+)$", re.MULTILINE)
GUESS = re.compile(r"^guess = [^#\n]*?(?P<comment>  #[^\n]*)?$", re.MULTILINE)
PROGRAMS = re.compile(r"^PROGRAMS = [^#\n]*?(?P<comment>  #[^\n]*)?$", re.MULTILINE)
NUMBER = re.compile(r"\{\{([\w.]+)\}\}")
GIVEN = ("loopback.py", "answers.py", "conversation.py")  # modules that the cells import


class Cell(NamedTuple):
    """One cell of a source."""

    id: str  # from its section and its place there: it changes only when these do
    kind: str  # "markdown" or "code"
    text: str


def source_files(folder: Path) -> list[Path]:
    """Return the notebooks' sources, in their order."""
    return sorted(folder.glob("[0-9][0-9]_*.py"))


def cells(source: str) -> list[Cell]:
    """Take a source apart. What stands before the first mark is the file's own comment."""
    marks = list(MARK.finditer(source))
    ends = [*(mark.start() for mark in marks[1:]), len(source)]
    found: list[Cell] = []
    section, place = "top", 0
    for mark, end in zip(marks, ends, strict=True):
        text = source[mark.end() : end].strip("\n")
        kind = "markdown" if mark["kind"] else "code"
        if kind == "markdown":
            text = "\n".join(_uncommented(line) for line in text.splitlines())
            if heading := HEADING.search(text):
                section, place = _slug(heading[1]), 0
        place += 1
        found.append(Cell(f"{section}-{place}", kind, text))
    return found


def _uncommented(line: str) -> str:
    if line not in ("#", "") and not line.startswith("# "):
        raise BadRegion(f"a line of text does not begin with '# ': {line}")
    return line[2:]


def _slug(heading: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", heading.lower()).strip("-")[:50]


def edition(source: str, todos: list[Todo], *, for_students: bool) -> Any:
    """Return one edition as a notebook without outputs. Raises BadRegion."""
    numbers = {todo.function: todo.number for todo in todos}
    made = []
    for cell in cells(source):
        text = NUMBER.sub(lambda name: str(numbers[name[1]]), cell.text)
        if cell.kind == "markdown":
            made.append(new_markdown_cell(text, id=cell.id))
        else:
            text = students_cell(text) if for_students else text
            made.append(new_code_cell(text, id=cell.id))
    notebook = new_notebook(cells=made, metadata=_METADATA)
    nbformat.validate(notebook)
    return notebook


_METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def students_cell(text: str) -> str:
    """Return a code cell without its answers."""
    text = REGION.sub(
        lambda region: (
            f"{region['indent']}# Your turn: {region['words']}\n"
            f'{region["indent"]}raise NotImplementedError("your turn")\n'
        ),
        text + "\n",
    ).rstrip("\n")
    if " SOLUTION" in text:
        raise BadRegion(f"a region of a notebook is not well formed: {text}")
    text = GUESS.sub(lambda found: f"guess = None{found['comment'] or ''}", text)
    return PROGRAMS.sub('PROGRAMS = "../skeleton"  # your own programs', text)
