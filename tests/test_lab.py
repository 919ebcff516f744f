"""The door: a fresh checkout sets itself up, and says in one line what is in the way."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.running import OUTER_LIMIT, ROOT

BASE_PYTHON = getattr(sys, "_base_executable", sys.executable)
LEFT_OUT = shutil.ignore_patterns(".venv", ".git", "__pycache__", ".*_cache")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the kit as a stranger would clone it: without .venv."""
    copy = tmp_path / "PyNetLab"
    shutil.copytree(ROOT, copy, ignore=LEFT_OUT)
    return copy


def open_door(checkout: Path, *arguments: str, **environment: str) -> subprocess.Popen[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    kept.pop("PYNETLAB_ROOT", None)
    return subprocess.Popen(
        [BASE_PYTHON, "lab.py", *arguments],
        cwd=checkout,
        env={**kept, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def test_four_first_calls_at_once_set_up_once_and_all_grade(checkout: Path) -> None:
    doors = [open_door(checkout, "grade", "solution") for _ in range(4)]
    said = [door.communicate(timeout=OUTER_LIMIT) for door in doors]
    assert [door.returncode for door in doors] == [0, 0, 0, 0], said
    assert all("Score: 100 of 100" in stdout for stdout, _ in said)
    assert sum("Setting up PyNetLab" in stderr for _, stderr in said) == 1
    later = open_door(checkout, "grade", "skeleton", "--stage", "protocol")
    stdout, stderr = later.communicate(timeout=OUTER_LIMIT)
    assert later.returncode == 1
    assert stderr == ""
    assert "TODO 1: this part is not written yet." in stdout


def test_no_network_is_said_in_one_line(checkout: Path, tmp_path: Path) -> None:
    offline = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(tmp_path), "PIP_CONFIG_FILE": os.devnull}
    door = open_door(checkout, "grade", "solution", **offline)
    stdout, stderr = door.communicate(timeout=OUTER_LIMIT)
    assert door.returncode == 3
    assert stdout == ""
    *progress, complaint = stderr.splitlines()
    assert "It needs the network" in complaint
    assert all("network" not in line for line in progress)
    assert not (checkout / ".venv").exists()


def test_missing_ensurepip_is_said_in_one_line(checkout: Path, tmp_path: Path) -> None:
    (tmp_path / "ensurepip.py").write_text("raise ImportError('left out by the distributor')\n")
    door = open_door(checkout, "grade", "solution", PYTHONPATH=str(tmp_path))
    _, stderr = door.communicate(timeout=OUTER_LIMIT)
    assert door.returncode == 3
    assert "sudo apt install python3-venv" in stderr.splitlines()[-1]
    assert not (checkout / ".venv").exists()


def test_half_made_environment_is_made_anew(checkout: Path) -> None:
    (checkout / ".venv").mkdir()
    (checkout / ".venv" / "pynetlab.txt").write_text("unfinished\n")
    (checkout / ".venv" / "rest-of-a-killed-run").write_text("")
    door = open_door(checkout, "grade", "nowhere")
    _, stderr = door.communicate(timeout=OUTER_LIMIT)
    assert door.returncode == 2
    assert stderr.splitlines()[-1] == "There is no folder nowhere."
    assert not (checkout / ".venv" / "rest-of-a-killed-run").exists()


def test_old_python_is_told_in_one_line() -> None:
    pretend = "import sys, runpy; sys.version_info = (3, 9, 18, 'final', 0); "
    run = subprocess.run(
        [BASE_PYTHON, "-c", pretend + "runpy.run_path('lab.py', run_name='__main__')"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 3
    assert run.stderr == ""
    assert run.stdout == (
        "PyNetLab needs Python 3.10 or newer; this is 3.9. See python.org/downloads.\n"
    )


def test_old_python_can_read_the_door() -> None:
    tree = ast.parse((ROOT / "lab.py").read_text(encoding="utf-8"), feature_version=(3, 4))
    newer = (ast.JoinedStr, ast.AnnAssign, ast.NamedExpr, ast.AsyncFunctionDef)
    assert [node for node in ast.walk(tree) if isinstance(node, newer)] == []
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    assert [function.name for function in functions if function.returns] == []
