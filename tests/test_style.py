"""Formatting, lint, types, and the direction in which imports may go."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.running import ROOT

# What each part of the grader may import of it. A lower part never knows a higher one.
MAY_IMPORT = {
    "visible": set(),
    "exercise": set(),
    "conversation": set(),
    "declaration": set(),
    "pictures": {"pictures", "exercise", "visible"},
    "selection": {"exercise", "declaration"},
    "jail": {"jail", "exercise", "visible"},
    "harness": {"harness", "jail", "exercise", "visible", "conversation"},
    "checks": {"checks", "harness", "exercise", "declaration", "selection"},
    "result": {"declaration", "conversation"},
    "report": {
        *("report", "result", "declaration", "exercise", "visible", "conversation", "pictures"),
    },
    "plugin": {"harness", "jail", "declaration", "selection", "result", "conversation"},
    "replay": {"checks", "harness", "declaration", "exercise", "conversation"},
    "hints": {"hints", "exercise"},
    "loop": {
        *("loop", "grading", "jail", "checks", "hints", "declaration", "selection", "exercise"),
        *("result", "report", "release", "visible"),
    },
    "release": {"exercise", "declaration", "checks"},
    "lanes": set(),
    "notebooks": {"notebooks", "release", "exercise"},
    "grading": {"lanes", "plugin", "jail", "checks", "declaration", "selection", "result"},
}


@pytest.mark.parametrize(
    "command", [["ruff", "format", "--check"], ["ruff", "check"], ["mypy"]], ids=" ".join
)
def test_tool_has_no_complaint(command: list[str]) -> None:
    run = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout


def imported(path: Path) -> set[str]:
    """Return the parts of the grader, and other top-level folders, that a file imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module == "grader":
            names = [f"grader.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        for name in names:
            top, _, rest = name.partition(".")
            if top == "grader" and rest:
                found.add(rest.split(".")[0])
            elif top in ("solution", "skeleton", "tests"):
                found.add(top)
    return found


@pytest.mark.parametrize("part", MAY_IMPORT)
def test_imports_go_one_way(part: str) -> None:
    place = ROOT / "grader" / part
    files = [*place.rglob("*.py")] if place.is_dir() else [place.with_suffix(".py")]
    assert files
    for path in files:
        assert imported(path) <= MAY_IMPORT[part], path


def test_launcher_shares_nothing_with_the_grader() -> None:
    for path in (ROOT / "grader/jail/inside").glob("*.py"):
        nodes = [*ast.walk(ast.parse(path.read_text(encoding="utf-8")))]
        modules = {alias.name for n in nodes if isinstance(n, ast.Import) for alias in n.names}
        others = [n for n in nodes if isinstance(n, ast.ImportFrom) and n.level == 0]
        modules |= {n.module or "" for n in others}
        assert {name.split(".")[0] for name in modules} <= sys.stdlib_module_names, path


def test_nobody_waits_for_a_clock() -> None:
    for folder in ("grader/checks", "grader/harness", "grader/jail", "grader/loop"):
        for path in (ROOT / folder).rglob("*.py"):
            assert not re.search(r"\bsleep\(", path.read_text(encoding="utf-8")), path
