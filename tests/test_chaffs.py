"""Every chaff is caught by the check it names, and its author is told the words it names.

What the terminal shows of each is pinned in tests/reports/, so that a change in the words is seen
in review. `python lab.py test tests/test_chaffs.py --record` writes these files anew.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.chaffs import CHAFFS
from tests.chaffs.causes import CAUSES
from tests.chaffs.chaff import Chaff
from tests.pinned import check_pinned
from tests.running import SOLUTION, grade, outcomes, output_of
from tests.warm import run_warm_grader


@pytest.mark.parametrize("chaff", CHAFFS, ids=lambda chaff: chaff.name)
def test_chaff_is_caught(chaff: Chaff, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    folder, results = tmp_path / "submission", tmp_path / "results.json"
    folder.mkdir()
    chaff.write_to(folder)

    def run() -> str:
        asked = (folder, "--only", chaff.caught_by, "--json", results)
        printed = run_warm_grader(tmp_path / "printed", *asked, COLUMNS="100")
        document = json.loads(results.read_text(encoding="utf-8"))
        assert outcomes(document) == {chaff.caught_by: "failed"}
        output = output_of(document, chaff.caught_by)
        assert [word for word in chaff.told if word not in output] == [], output
        (test,) = document["tests"]
        assert test["extra_data"].get("cause", "") == CAUSES.get(chaff.name, ""), output
        return printed

    check_pinned(chaff.name, run, record=request.config.getoption("--record"))


def test_every_check_has_a_chaff() -> None:
    checks = set(outcomes(grade(SOLUTION)))
    caught = {chaff.caught_by for chaff in CHAFFS}
    assert checks - caught == set()


def test_chaffs_have_names_of_their_own() -> None:
    names = [chaff.name for chaff in CHAFFS]
    assert len(names) == len(set(names))
    assert len(names) >= 50
    assert set(CAUSES) <= set(names)
