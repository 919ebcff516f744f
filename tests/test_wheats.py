"""Every wheat, a correct program of another make, scores full marks."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.running import SOLUTION, grade

WHEATS = sorted(path for path in Path(__file__).with_name("wheats").iterdir() if path.is_dir())
RIGHT = [SOLUTION, *WHEATS]


@pytest.mark.parametrize("folder", RIGHT, ids=lambda path: path.name)
def test_right_program_scores_100(folder: Path) -> None:
    document = grade(folder)
    lost = [test for test in document["tests"] if test["status"] != "passed"]
    assert [test["output"] for test in lost] == []
    assert document["score"] == 100


def test_there_are_wheats() -> None:
    assert len(WHEATS) >= 4
