"""The tables that lead to the notebooks' sections, made from the notebooks' own sources."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from grader import exercise, release
from grader.notebooks.editions import HEADING, NUMBER, cells, source_files

KILLED = re.compile(r"^> \*\*(M\d+)\*\* (.+)$", re.MULTILINE)
BEGINS = re.compile(r"^> Stage `(\w+)` begins here\.", re.MULTILINE)


class Section(NamedTuple):
    """One section of a notebook, and what its text says about itself."""

    notebook: str  # the file's name, without its ending
    heading: str
    text: str

    @property
    def anchor(self) -> str:
        """The place in the notebook's file, as JupyterLab and the web's viewers know it."""
        return f"{self.notebook}.ipynb#{self.heading.replace(' ', '-')}"


def sections(root: Path) -> list[Section]:
    """Return all sections of all notebooks, in order."""
    found: list[Section] = []
    for path in source_files(root / "solution" / "notebooks"):
        for cell in cells(path.read_text(encoding="utf-8")):
            if cell.kind != "markdown":
                continue
            if heading := HEADING.search(cell.text):
                found.append(Section(path.stem, heading[1], cell.text))
            else:
                found[-1] = found[-1]._replace(text=found[-1].text + "\n\n" + cell.text)
    return found


def documents(root: Path) -> dict[Path, dict[str, str]]:
    """Return each document that has such tables, with the tables by the name of their place."""
    found = sections(root)
    todos = release.todos(root / "solution")
    return {
        root / "notebooks" / "README.md": {
            "misconceptions": misconceptions(found),
            "prepared": prepared(found, todos),
        },
        root / "README.md": {"reading": reading(found, "notebooks/")},
        root / "skeleton" / "README.md": {"reading": reading(found, "../notebooks/")},
    }


def misconceptions(found: list[Section]) -> str:
    """Return the table of what is often believed, and the experiment that shows otherwise."""
    rows = {
        int(number[1:]): f"| {number} | {belief} | [{s.heading}]({s.anchor}) |"
        for s in found
        for number, belief in KILLED.findall(s.text)
    }
    return "\n".join(
        ["| | what is often believed | experiment |", "|---|---|---|"]
        + [rows[number] for number in sorted(rows)]
    )


def prepared(found: list[Section], todos: list[release.Todo]) -> str:
    """Return the table of the TODOs, and the section that ends at each of them."""
    rows = []
    for todo in todos:
        (place,) = [s for s in found if todo.function in ends_at(s)]
        rows.append(f"| {todo.number} | `{todo.function}` | [{place.heading}]({place.anchor}) |")
    return "\n".join(["| TODO | function | prepared in |", "|---|---|---|", *rows])


def ends_at(section: Section) -> set[str]:
    """Return the functions whose TODO a section ends at."""
    paragraphs = [text for text in section.text.split("\n\n") if text.startswith("**Now you:**")]
    return {name for text in paragraphs for name in NUMBER.findall(text)}


def reading(found: list[Section], folder: str) -> str:
    """Return the table of the stages, and where to read before each."""
    begins = {stage: s for s in found for stage in BEGINS.findall(s.text)}
    rows = [
        f"| `{stage.name}` | `{s.notebook}`, [{s.heading}]({folder}{s.anchor}) |"
        for stage in exercise.STAGES
        if (s := begins[stage.name])
    ]
    return "\n".join(["| stage | read before it |", "|---|---|", *rows])
