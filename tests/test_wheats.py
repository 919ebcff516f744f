"""Every wheat, a correct program of another make, scores full marks."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.running import SOLUTION, grade

WHEATS = sorted(path for path in Path(__file__).with_name("wheats").iterdir() if path.is_dir())
RIGHT = [SOLUTION, *WHEATS]


@pytest.mark.parametrize("folder", RIGHT, ids=lambda path: path.name)
def test_right_program_scores_100(folder: Path, tmp_path: Path) -> None:
    for base in (SOLUTION, folder):  # what a wheat does not make in its own way is the solution's
        for path in base.glob("*.py"):
            (tmp_path / path.name).write_bytes(path.read_bytes())
    document = grade(tmp_path)
    lost = [test for test in document["tests"] if test["status"] != "passed"]
    assert [test["output"] for test in lost] == []
    assert document["score"] == 100


def test_client_that_takes_up_keys_slowly_is_right(tmp_path: Path) -> None:
    """A long pasted line takes it longer than the grader waits for a client that does nothing."""
    for path in SOLUTION.glob("*.py"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    client = tmp_path / "chat_client.py"
    text = client.read_text(encoding="utf-8")
    taking = "            key = keyboard.getwch()\n"
    assert taking in text
    slowly = "            __import__('time').sleep(0.02)\n" + taking
    client.write_text(text.replace(taking, slowly), encoding="utf-8")
    document = grade(tmp_path, "--stage", "client", PYNETLAB_LAST_RESORT="2")
    assert [test["output"] for test in document["tests"] if test["status"] != "passed"] == []


def test_there_are_wheats() -> None:
    assert len(WHEATS) >= 4
    assert len([wheat for wheat in WHEATS if (wheat / "chat_client.py").exists()]) >= 2
