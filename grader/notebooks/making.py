"""Makes both editions of every notebook, executed, with the tables that lead to them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from grader import release
from grader.notebooks import editions, tables
from grader.notebooks.execution import executed, text_of, with_recorded_outputs


def write_notebooks(root: Path) -> list[Path]:
    """Write solution/notebooks/*.ipynb and notebooks/; return what was written."""
    sources, target = root / "solution" / "notebooks", root / "notebooks"
    written = []
    for name in editions.GIVEN:
        (target / name).write_bytes((sources / name).read_bytes())
        written.append(target / name)
    for source in editions.source_files(sources):
        for folder, notebook in zip((sources, target), both_editions(source, root), strict=True):
            path = (folder / source.name).with_suffix(".ipynb")
            path.write_text(text_of(notebook), encoding="utf-8", newline="\n")
            written.append(path)
    for document, made in tables.documents(root).items():
        text = release.with_tables(document.read_text(encoding="utf-8"), made)
        document.write_text(text, encoding="utf-8")
        written.append(document)
    return written


def both_editions(source: Path, root: Path) -> tuple[Any, Any]:
    """Return the instructor's edition and the students', executed."""
    text, gaps = source.read_text(encoding="utf-8"), release.todos(root / "solution")
    instructors = executed(
        editions.edition(text, gaps, for_students=False), source.parent, may_fail=False
    )
    students = executed(
        editions.edition(text, gaps, for_students=True), root / "notebooks", may_fail=True
    )
    return instructors, with_recorded_outputs(students, instructors)
