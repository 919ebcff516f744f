"""The reports: what a person, Gradescope and a JUnit reader get to see of one grading."""

from __future__ import annotations

import json
import re
from io import StringIO
from pathlib import Path
from xml.etree import ElementTree

import pytest
from rich.console import Console

from grader.declaration import Check
from grader.report import junit, results_json, terminal
from grader.result import Grading, Outcome, Result
from tests.running import ROOT, SOLUTION, run_grader

HOSTILE = '<b>&"\x1b[31m\x00]]></failure>'


def made_up(**results: Outcome) -> Grading:
    """Return a grading with these checks and outcomes, two points each."""
    found = [
        Result(
            Check(name, f"Title of {name}.", "names", 2, None, f"hint of {name}"),
            outcome,
            "" if outcome is Outcome.PASSED else f"text of {name} {HOSTILE}",
            "first" if outcome is Outcome.BLOCKED else "",
            0.25,
        )
        for name, outcome in results.items()
    ]
    return Grading("folder", "plain", ["a note"], found, 1.5)


MIXED = made_up(
    good=Outcome.PASSED,
    first=Outcome.FAILED,
    second=Outcome.FAILED,
    third=Outcome.TODO,
    fourth=Outcome.BLOCKED,
)


# results.json


def test_results_json_of_a_whole_run(tmp_path: Path) -> None:
    run = run_grader(SOLUTION, "--json", tmp_path / "results.json")
    document = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    assert run.returncode == 0
    assert document["score"] == 100
    assert sum(test["max_score"] for test in document["tests"]) == 100
    assert document["extra_data"]["sandbox"].split(",")[0] in ("strong", "medium", "plain")
    numbers = [test["number"] for test in document["tests"]]
    assert numbers == [str(n) for n in range(1, len(numbers) + 1)]
    stages = [test["tags"][0] for test in document["tests"]]
    order = ["protocol", "names", "messages", "lifecycle", "framing", "client", "robustness"]
    assert stages == sorted(stages, key=order.index)
    assert set(stages) == set(order)


def test_results_json_has_what_gradescope_reads() -> None:
    document = json.loads(results_json.render(MIXED))
    assert set(document) == {
        *("score", "execution_time", "output", "visibility", "tests", "extra_data")
    }
    assert (document["score"], document["execution_time"]) == (2, 1.5)
    assert document["extra_data"] == {
        "submission": "folder",
        "sandbox": "plain",
        "notes": ["a note"],
    }
    assert document["tests"][4] == {
        "name": "Title of fourth.",
        "number": "5",
        "score": 0,
        "max_score": 2,
        "status": "failed",
        "output": f"text of fourth {HOSTILE}",
        "tags": ["names"],
        "visibility": "visible",
        "extra_data": {"check": "fourth", "outcome": "blocked", "blocked_by": "first"},
    }
    assert [test["extra_data"]["outcome"] for test in document["tests"]] == [
        *("passed", "failed", "failed", "todo", "blocked")
    ]


def test_json_to_stdout_is_nothing_else() -> None:
    run = run_grader(ROOT / "skeleton", "--stage", "protocol", "--json", "-")
    assert run.returncode == 1
    assert json.loads(run.stdout)["score"] == 0


def test_report_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    run = run_grader(SOLUTION, "--only", "server_answers", "--json", tmp_path / "no" / "where")
    assert run.returncode == 2
    assert "cannot be written" in run.stderr
    assert run.stderr.count("\n") == 1


# JUnit


def test_junit_of_a_mixed_run() -> None:
    root = ElementTree.fromstring(junit.render(MIXED))
    (suite,) = root.findall("testsuite")
    counts = {name: suite.get(name) for name in ("name", "tests", "failures", "skipped", "errors")}
    assert counts == {
        **{"name": "names", "tests": "5", "failures": "3", "skipped": "1", "errors": "0"}
    }
    cases = {case.get("name"): case for case in suite.findall("testcase")}
    assert [*cases["good"]] == []
    assert [child.tag for child in cases["fourth"]] == ["skipped"]
    failure = cases["first"].find("failure")
    assert failure is not None
    assert failure.get("message") == "Title of first. (failed)"
    assert 'text of first <b>&"\ufffd[31m\ufffd]]></failure>' in str(failure.text)
    assert "hint of first" in str(failure.text)


def test_junit_is_written_to_a_file(tmp_path: Path) -> None:
    run_grader(SOLUTION, "--stage", "names", "--junit", tmp_path / "junit.xml")
    root = ElementTree.parse(tmp_path / "junit.xml").getroot()
    assert root.findall("testsuite/testcase") != []
    assert root.findall("testsuite/testcase/*") == []


# The terminal


def shown(grading: Grading, width: int = 80, *, everything: bool = False, **console: bool) -> str:
    out = StringIO()
    terminal.show(grading, Console(file=out, width=width, **console), all_failures=everything)
    return out.getvalue()


def test_first_failure_is_shown_in_full_and_one_line_for_each_other() -> None:
    text = shown(MIXED)
    assert "Title of first." in text
    assert "text of first" in text
    assert "What to look at: hint of first" in text
    assert "Title of second." in text
    assert "text of second" not in text
    assert "Title of third." in text
    assert "1 check for want of first" in text
    assert "Score: 2 of 10" in text
    assert "Note: a note" in text
    assert re.search(r"names +2/10  ✓✗✗○·", text)


def test_all_shows_every_failure_in_full() -> None:
    text = shown(MIXED, everything=True)
    for name in ("first", "second", "third"):
        assert f"text of {name}" in text


def test_full_marks_show_no_failure() -> None:
    text = shown(made_up(good=Outcome.PASSED))
    assert "Title" not in text
    assert "Score: 2 of 2" in text


@pytest.mark.parametrize("width", [40, 60, 80, 200])
def test_lines_keep_to_the_width(width: int) -> None:
    grading = made_up(first=Outcome.FAILED)
    object.__setattr__(grading.results[0], "text", "   1  alice     > " + "word " * 60)
    assert max(map(len, shown(grading, width).splitlines())) <= width


def test_terminal_without_unicode_gets_plain_marks() -> None:
    class Latin(StringIO):
        encoding = "ascii"

    out = Latin()
    terminal.show(MIXED, Console(file=out, width=80))
    assert re.search(r"names +2/10  \+xxo\.", out.getvalue())


def test_no_colour_where_it_is_not_wanted() -> None:
    run = run_grader(ROOT / "skeleton")
    assert "\x1b" not in run.stdout + run.stderr
    assert run.stderr == ""
    run = run_grader(ROOT / "skeleton", "--stage", "protocol", NO_COLOR="1", FORCE_COLOR="")
    assert "\x1b" not in run.stdout
