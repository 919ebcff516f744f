"""Hostile submissions gain nothing, in every tier that can be had here, beyond what is declared."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.attacks import ATTACKS, KINDS, SAME_IN_EVERY_TIER, killing
from tests.attacks.attack import ROOT, SOLUTION, TIERS, Attack
from tests.attacks.field import CONTAINER, NOBODY, PACKAGES, Field, Tried, acting_characters
from tests.attacks.table import attacks_table
from tests.running import output_of, run_grader

MOST_MEMORY = 150 * 1000 * 1000  # bytes of one process of the grader

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the tiers are those of Linux")
is_root = hasattr(os, "geteuid") and os.geteuid() == 0
as_root = pytest.mark.skipif(not is_root, reason="needs root, whose files are to be protected")


@pytest.fixture
def field() -> Iterator[Field]:
    with Field() as field:
        yield field


@pytest.fixture(scope="session")
def tiers() -> dict[str, str]:
    """Why each tier cannot be had here; "" where it can."""
    runs = {t: run_grader(SOLUTION, "--jail", t, "--only", "server_answers") for t in TIERS}
    return {tier: run.stderr.strip() for tier, run in runs.items()}


def python_for(user: int) -> str:
    """Return a Python that another user can run, and the kit with it; skip where there is none."""
    trial = "import grader.cli, pytest, rich, pyte, psutil; grader.__file__"
    for python in (sys.executable, shutil.which("python3", path="/usr/bin:/usr/local/bin")):
        if python is None:
            continue
        try:
            run = subprocess.run(
                [python, "-c", trial],
                cwd="/",
                env={"PYTHONPATH": f"{ROOT}{os.pathsep}{PACKAGES}"},
                user=user,
                group=user,
                extra_groups=[],
                capture_output=True,
            )
        except PermissionError:
            continue
        if run.returncode == 0:
            return python
    pytest.skip("another user can run no Python here that finds the kit")


def judge(attack: Attack, tried: Tried, *, gets_through: bool = False) -> None:
    """Hold what became of an attack against what it declares."""
    assert tried.peak < MOST_MEMORY
    assert bool(tried.gained) == gets_through, "\n".join(tried.gained) or "a declared gap is closed"
    if gets_through:
        return
    assert acting_characters(tried) == []
    outcomes = {test["extra_data"]["outcome"] for test in tried.document["tests"]}
    if attack.outcome == "any but passed":
        assert "passed" not in outcomes
    else:
        assert outcomes == {attack.outcome}, tried.reports["terminal"]


def judge_words(attack: Attack, tried: Tried) -> None:
    told = output_of(tried.document, attack.check) if attack.check else ""
    assert [words for words in attack.told if words not in told] == [], told


@as_root
@pytest.mark.parametrize(
    ("attack", "tier"),
    [
        pytest.param(attack, tier, id=f"{attack.name}-{tier}")
        for kind in KINDS
        for attack in kind.ATTACKS
        for tier in (attack.tiers if kind not in SAME_IN_EVERY_TIER else ("strong",))
    ],
)
def test_attack_on_root(attack: Attack, tier: str, field: Field, tiers: dict[str, str]) -> None:
    if tiers[tier]:
        pytest.skip(tiers[tier])
    tried = field.grade(attack, tier=tier)
    judge(attack, tried, gets_through=tier in attack.gets_through)
    if tier == "strong":
        judge_words(attack, tried)


@pytest.mark.parametrize(
    ("attack", "tier"),
    [
        pytest.param(attack, tier, id=f"{attack.name}-{tier}")
        for attack in ATTACKS
        if attack.as_user
        for tier in (("strong", "medium") if attack in killing.ATTACKS else ("medium",))
    ],
)
def test_attack_on_an_ordinary_user(attack: Attack, tier: str, field: Field) -> None:
    user, python = (NOBODY, python_for(NOBODY)) if is_root else (None, sys.executable)
    tried = field.grade(attack, python, tier=tier, user=user)
    if tried.status == 3 and "cannot be had" in tried.reports["errors"]:
        pytest.skip(tried.reports["errors"].strip())
    judge(attack, tried)


@as_root
@pytest.mark.skipif(os.uname().machine != "x86_64", reason="the numbers of system calls are its")
@pytest.mark.parametrize("attack", [a for a in ATTACKS if a.contained], ids=lambda a: a.name)
def test_attack_in_a_container(attack: Attack, field: Field) -> None:
    python = python_for(NOBODY)  # in a container it does not lie in a home folder
    tried = field.grade(attack, python, str(CONTAINER), python)
    judge(attack, tried)
    assert tried.document["extra_data"]["sandbox"] == "medium, own ports"


def test_attacks_are_many_and_have_names_of_their_own() -> None:
    names = [attack.name for attack in ATTACKS]
    assert len(names) == len(set(names)) >= 40
    assert all(kind.ATTACKS and kind.__doc__ for kind in KINDS)


def test_readme_says_which_attacks_get_through() -> None:
    readme = (ROOT / "grader" / "README.md").read_text(encoding="utf-8")
    shown = readme.partition("<!-- attacks -->\n")[2].partition("<!-- end -->")[0]
    assert shown == attacks_table()
    assert f"In `tests/attacks/` are {len(ATTACKS)} hostile submissions" in readme


def test_field_sees_what_is_gained(field: Field, tmp_path: Path) -> None:
    (attack,) = [attack for attack in ATTACKS if attack.name == "writes_outside"]
    (field.outside / "x").touch()
    tried = field.grade(attack, tier="plain" if not is_root else "medium")
    assert any("left behind" in gain for gain in tried.gained)
