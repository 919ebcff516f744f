"""Runs the grader as a user does: in a process of its own, read through what it prints."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
SOLUTION = ROOT / "solution"
OUTER_LIMIT = 120  # seconds: no grading run may take longer, whatever is graded


def run_grader(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `python lab.py grade ARGUMENTS` (without the door) and return what came of it."""
    return subprocess.run(
        [sys.executable, "-m", "grader", "grade", *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=OUTER_LIMIT,
    )


def run_lab(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `python lab.py ARGUMENTS` (without the door) and return what came of it."""
    return subprocess.run(
        [sys.executable, "-m", "grader", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=OUTER_LIMIT,
    )


def grade(folder: Path, *arguments: str, **environment: str) -> dict[str, Any]:
    """Grade a folder and return its results.json."""
    run = run_grader(folder, "--json", "-", *arguments, **environment)
    assert run.returncode in (0, 1), run.stderr
    document: dict[str, Any] = json.loads(run.stdout)
    return document


def outcomes(document: dict[str, Any]) -> dict[str, str]:
    """Return check -> outcome."""
    return {
        test["extra_data"]["check"]: test["extra_data"]["outcome"] for test in document["tests"]
    }


def output_of(document: dict[str, Any], check: str) -> str:
    """Return what the student is told about one check."""
    (test,) = [test for test in document["tests"] if test["extra_data"]["check"] == check]
    return str(test["output"])
