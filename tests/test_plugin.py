"""Checks under pytest: needs, outcomes, faults of the grader; and pytest by hand."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from grader import selection
from grader.checks import declared_checks
from grader.declaration import Check, check
from tests.running import ROOT, SOLUTION, grade, outcomes, run_grader

FAULTY_CHECK = '''
from grader.declaration import check

@check(points=1, hint="none")
def grader_is_at_fault(server):
    """A check with a mistake in it."""
    raise RuntimeError("a mistake of the instructor")
'''


def made_up(name: str, needs: str | None = None, stage: str = "names") -> Check:
    return Check(name, "Title.", stage, 1, needs, "hint")


# Declarations


def test_points_sum_to_100() -> None:
    assert sum(check.points for check in declared_checks()) == 100


def test_every_check_has_a_title_and_a_hint() -> None:
    for declared in declared_checks():
        assert declared.title.endswith("."), declared.name
        assert len(declared.title) <= 100, declared.name
        assert declared.hint[-1] in ".?", declared.name


def test_declaration_takes_its_facts_from_the_function() -> None:
    @check(points=3, needs="other", hint="Look.")
    def something_holds() -> None:
        """It holds.

        And more.
        """

    declared = something_holds.declared
    assert (declared.name, declared.title) == ("something_holds", "It holds.")
    assert (declared.points, declared.needs, declared.stage) == (3, "other", "test_plugin")


def test_check_without_docstring_is_refused() -> None:
    with pytest.raises(ValueError, match="no docstring"):

        @check(points=1, hint="Look.")
        def nameless() -> None: ...


# Order and selection


def test_stages_come_in_their_order() -> None:
    late, early = made_up("late", stage="robustness"), made_up("early", stage="protocol")
    assert selection.in_order([late, early]) == [early, late]


@pytest.mark.parametrize(
    ("checks", "words"),
    [
        ([made_up("a", "b")], "no such check"),
        ([made_up("a", "b"), made_up("b")], "comes after"),
        ([made_up("a"), made_up("a")], "same name"),
        ([made_up("a", stage="cooking")], "no stage"),
    ],
)
def test_contradictions_are_refused(checks: list[Check], words: str) -> None:
    with pytest.raises(selection.BadDeclaration, match=words):
        selection.in_order(checks)


def test_one_check_comes_with_what_it_needs() -> None:
    a, b, c, d = made_up("a"), made_up("b", "a"), made_up("c", "b"), made_up("d")
    assert selection.with_needs([c], [a, b, c, d]) == [a, b, c]


def test_stage_reports_only_itself() -> None:
    document = grade(SOLUTION, "--stage", "framing")
    assert {test["tags"][0] for test in document["tests"]} == {"framing"}
    assert document["score"] == sum(test["max_score"] for test in document["tests"]) == 13


# Outcomes


def test_blocked_names_the_check_at_the_root(tmp_path: Path) -> None:
    (tmp_path / "chat_server.py").write_text("")
    document = grade(tmp_path, "--stage", "robustness")
    blockers = {test["extra_data"]["blocked_by"] for test in document["tests"]}
    assert blockers == {"server_answers"}
    assert set(outcomes(document).values()) == {"blocked"}


def test_fault_of_the_grader_costs_no_points_but_the_run(tmp_path: Path) -> None:
    package = tmp_path / "grader"
    subprocess.run(["cp", "-r", str(ROOT / "grader"), str(package)], check=True)
    names = package / "checks" / "names.py"
    names.write_text(names.read_text(encoding="utf-8") + FAULTY_CHECK, encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-m", "grader", "grade", str(SOLUTION), "--json", "-"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 3
    assert run.stdout == ""
    assert "a mistake of the instructor" in run.stderr
    assert "no score" in run.stderr.splitlines()[-1]


# pytest by hand


def by_hand(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "grader.plugin", "grader/checks", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )


def test_checks_run_under_pytest_by_hand() -> None:
    run = by_hand("--submission", "solution", "-k", "name_is_accepted or duplicate", "-vv")
    assert run.returncode == 0, run.stdout
    assert "duplicate_name_is_refused PASSED" in run.stdout
    assert "2 passed" in run.stdout


def test_failure_under_pytest_is_the_harness_words() -> None:
    run = by_hand("--submission", "skeleton", "-k", "message_is_framed or can_be_imported")
    assert run.returncode == 1
    assert "TODO 1: this part is not written yet." in run.stdout
    assert "Traceback" not in run.stdout


def test_wrong_folder_under_pytest_is_told() -> None:
    run = by_hand("--submission", "nowhere")
    assert run.returncode == 4
    assert "There is no folder nowhere." in run.stderr


def test_grading_is_not_disturbed_by_settings_of_pytest() -> None:
    run = run_grader(SOLUTION, "--stage", "names", PYTEST_ADDOPTS="--collect-only -k nothing")
    assert run.returncode == 0
    assert "Score: 14 of 14" in run.stdout
