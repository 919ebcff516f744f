"""Makes the students' skeleton from the reference solution, which is the single source of both.

A region between `### BEGIN SOLUTION` and `### END SOLUTION` (the convention of nbgrader and otter)
becomes a numbered TODO; the words behind BEGIN SOLUTION become the TODO's words:

    ### BEGIN SOLUTION Which bytes?         # TODO 3: Which bytes?
    return text.encode()              ->    raise NotImplementedError("TODO 3")
    ### END SOLUTION

The solution is read as text; it is never imported.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import NamedTuple

from grader import exercise
from grader.declaration import Check

GIVEN = ("# Fill in the numbered TODOs. README.md beside this file says what each of them is for.",)
REGION = re.compile(
    r"^(?P<indent> *)### BEGIN SOLUTION (?P<words>[^\n]+)\n.*?^(?P=indent)### END SOLUTION\n",
    re.DOTALL | re.MULTILINE,
)
DEFINED = re.compile(r"^( *)(?:class|def) (\w+)", re.MULTILINE)


class Todo(NamedTuple):
    """One gap in the skeleton."""

    number: int
    file: str
    function: str
    words: str


class BadRegion(Exception):
    """The solution's regions are not well formed."""


def write_skeleton(solution: Path, skeleton: Path) -> list[Path]:
    """Write the skeleton's programs, and the tables in its README; return what was written."""
    from grader.checks import declared_checks  # here, so that the checks stay a leaf

    programs = skeleton_files(solution)
    written = []
    given = {name: (solution / name).read_text(encoding="utf-8") for name in exercise.GIVEN_FILES}
    for name, text in {**programs, **given}.items():
        (skeleton / name).write_text(text, encoding="utf-8")
        written.append(skeleton / name)
    readme = skeleton / "README.md"
    tables = {"stages": stage_table(declared_checks()), "todos": todo_table(todos(solution))}
    text = with_tables(readme.read_text(encoding="utf-8"), tables)
    readme.write_text(text, encoding="utf-8")
    return [*written, readme]


def skeleton_files(solution: Path) -> dict[str, str]:
    """Return name -> text of each program of the skeleton; TODOs are numbered through all."""
    numbers = count(1)
    return {
        name: without_solutions((solution / name).read_text(encoding="utf-8"), numbers)
        for name in exercise.SUBMISSION_FILES
    }


def without_solutions(source: str, numbers: Iterator[int]) -> str:
    """Return a program with a numbered TODO in place of each solution. Raises BadRegion."""

    def gap(region: re.Match[str]) -> str:
        number, indent = next(numbers), region["indent"]
        return (
            f"{indent}# TODO {number}: {region['words']}\n"
            f'{indent}raise NotImplementedError("TODO {number}")\n'
        )

    text = REGION.sub(gap, source)
    if " SOLUTION" in text:
        line = text[: text.index(" SOLUTION")].count("\n") + 1
        raise BadRegion(f"a BEGIN or END SOLUTION without its partner, or without words: {line}")
    return "\n".join((*GIVEN, "", text))


def todos(solution: Path) -> list[Todo]:
    """Return the TODOs of the skeleton, in order."""
    found: list[Todo] = []
    for name in exercise.SUBMISSION_FILES:
        source = (solution / name).read_text(encoding="utf-8")
        for region in REGION.finditer(source):
            function = _enclosing(source[: region.start()])
            found.append(Todo(len(found) + 1, name, function, region["words"]))
    return found


def _enclosing(source: str) -> str:
    """Return the name of the function at the end of a piece of source, with its class."""
    defined = DEFINED.findall(source)
    indent, name = defined[-1]
    owners = [owner for outer, owner in defined if len(outer) < len(indent)]
    return f"{owners[-1]}.{name}" if owners else str(name)


def todo_table(gaps: list[Todo]) -> str:
    """Return the Markdown table of the TODOs."""
    rows = [f"| {gap.number} | `{gap.file}` | `{gap.function}` | {gap.words} |" for gap in gaps]
    return "\n".join(["| TODO | file | function | think of |", "|---|---|---|---|", *rows])


def stage_table(checks: list[Check]) -> str:
    """Return the Markdown table of the stages, with their checks and points."""
    rows = []
    for stage in exercise.STAGES:
        points = [check.points for check in checks if check.stage == stage.name]
        rows.append(f"| `{stage.name}` | {stage.title} | {len(points)} | {sum(points):g} |")
    total = f"| | together | {len(checks)} | {sum(check.points for check in checks):g} |"
    return "\n".join(
        ["| stage | what it is about | checks | points |", "|---|---|---|---|", *rows, total]
    )


def with_tables(text: str, tables: dict[str, str]) -> str:
    """Return a document whose marked places hold these tables: <!-- NAME --> ... <!-- end -->."""
    for name, table in tables.items():
        place = re.search(rf"<!-- {name} -->\n(.*?)<!-- end -->", text, re.DOTALL)
        if not place:
            raise BadRegion(f"the document has no place for the table {name!r}")
        text = f"{text[: place.start(1)]}{table}\n{text[place.end(1) :]}"
    return text
