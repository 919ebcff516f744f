"""Every chaff is caught by the check it names, and its author is told the words it names."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaffs import CHAFFS
from tests.chaffs.chaff import Chaff
from tests.running import SOLUTION, grade, outcomes, output_of


@pytest.mark.parametrize("chaff", CHAFFS, ids=lambda chaff: chaff.name)
def test_chaff_is_caught(chaff: Chaff, tmp_path: Path) -> None:
    chaff.write_to(tmp_path)
    document = grade(tmp_path, "--only", chaff.caught_by)
    assert outcomes(document) == {chaff.caught_by: "failed"}
    output = output_of(document, chaff.caught_by)
    assert [word for word in chaff.told if word not in output] == [], output


def test_every_check_has_a_chaff() -> None:
    checks = set(outcomes(grade(SOLUTION)))
    caught = {chaff.caught_by for chaff in CHAFFS}
    assert checks - caught == set()


def test_chaffs_have_names_of_their_own() -> None:
    names = [chaff.name for chaff in CHAFFS]
    assert len(names) == len(set(names))
    assert len(names) >= 50
