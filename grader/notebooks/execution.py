"""Runs notebooks in a kernel, and keeps of their outputs what is the same in every run."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import nbformat
from nbclient import NotebookClient

CELL_LIMIT = 60  # seconds for one cell: the last resort


def executed(notebook: Any, folder: Path, *, may_fail: bool) -> Any:
    """Run all cells in `folder` and return the notebook with its outputs, cleaned.

    Where a cell may fail, its error is an output and the next cells run as well.
    """
    with _kernel_of_this_python():
        client = NotebookClient(
            notebook,
            timeout=CELL_LIMIT,
            kernel_name="python3",
            allow_errors=may_fail,
            coalesce_streams=True,
            resources={"metadata": {"path": str(folder)}},
            extra_arguments=["--HistoryManager.enabled=False", "--log-level=ERROR"],
        )
        client.execute()
    return cleaned(notebook)


@contextmanager
def _kernel_of_this_python() -> Iterator[None]:
    """Let the kernel be this environment's own, whatever the user has installed elsewhere."""
    before = dict(os.environ)
    with TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        os.environ.update(
            JUPYTER_PREFER_ENV_PATH="1", IPYTHONDIR=scratch, PYDEVD_DISABLE_FILE_VALIDATION="1"
        )
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)


def cleaned(notebook: Any) -> Any:
    """Return the notebook without counts, times and whatever else differs between two runs."""
    for cell in notebook.cells:
        cell.metadata = {}
        if cell.cell_type != "code":
            continue
        cell.execution_count = None
        for output in cell.outputs:
            if "execution_count" in output:
                output.execution_count = None
            if "metadata" in output:
                output.metadata = {}
    notebook.metadata = {
        "kernelspec": notebook.metadata["kernelspec"],
        "language_info": {"name": "python"},
    }
    return notebook


def failures(notebook: Any) -> dict[str, str]:
    """Return the id of each cell that failed, and the name of its exception."""
    return {
        cell.id: output.ename
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if output.output_type == "error"
    }


def with_recorded_outputs(students: Any, instructors: Any) -> Any:
    """Return the students' edition with the outputs of the other where nothing is written yet.

    A cell that fails because something of the student's is missing shows what it will show one day.
    """
    recorded = {cell.id: cell.outputs for cell in instructors.cells if cell.cell_type == "code"}
    unsolved = failures(students)
    for cell in students.cells:
        if cell.id in unsolved:
            cell.outputs = recorded[cell.id]
    return students


def text_of(notebook: Any) -> str:
    """Return the notebook as the text of its file."""
    return str(nbformat.writes(notebook, version=4)) + "\n"
