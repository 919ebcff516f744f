"""Causes: every one has a signature that a chaff shows, and none gives an answer away."""

from __future__ import annotations

import json
import re

import pytest

from grader.report.causes import causes_in, causes_of
from grader.report.misconceptions import MISCONCEPTIONS
from grader.result import Grading, Outcome, Result
from tests.chaffs.causes import CAUSES
from tests.running import ROOT
from tests.test_reports import MIXED, made_up

WORDS_OF_AN_ANSWER = re.compile(r"\b(write|type|add|insert|replace|use|call|set|put)\b [a-z_]+\(")


def test_there_are_thirty_and_each_is_shown_by_a_chaff() -> None:
    ids = [cause.id for cause in MISCONCEPTIONS]
    assert len(ids) >= 30
    assert len(ids) == len(set(ids))
    assert set(CAUSES.values()) == set(ids)


def test_checks_that_signatures_name_exist() -> None:
    from grader.checks import declared_checks

    known = {check.name for check in declared_checks()}
    for cause in MISCONCEPTIONS:
        for sign in cause.signs:
            assert {*sign.checks.split(), *sign.unless.split()} <= known, cause.id


def test_words_tell_what_to_look_at_and_no_answer() -> None:
    for cause in MISCONCEPTIONS:
        assert cause.look.endswith((".", "?")), cause.id
        assert cause.name.endswith("."), cause.id
        assert not WORDS_OF_AN_ANSWER.search(f"{cause.name} {cause.look}"), cause.id
        assert "!" not in cause.name + cause.look


def test_sections_that_are_named_exist() -> None:
    headings = {}
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        texts = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
        found = re.findall(r"^## (.*)$", "\n".join(texts), re.MULTILINE)
        headings |= {f"{path.name}, section {heading}": path for heading in found}
    if not headings:
        pytest.skip("there are no notebooks here")
    for cause in MISCONCEPTIONS:
        assert cause.notebook in headings, cause.id


def test_failure_without_a_signature_has_no_cause() -> None:
    assert causes_in(MIXED) == {}


def failed(name: str, text: str) -> Result:
    (result,) = made_up(**{name: Outcome.FAILED}).results
    object.__setattr__(result, "text", text)
    return result


def test_cause_is_told_once_with_all_that_show_it() -> None:
    words = "The program stopped with ValueError: file descriptor cannot be a negative integer (-1)"
    results = [failed("one", words), failed("two", "else"), failed("three", words)]
    ((cause, shown_by),) = causes_of(Grading("folder", "plain", [], results, 1.0))
    assert cause.id == "closed_socket_in_a_list"
    assert [result.check.name for result in shown_by] == ["one", "three"]


def test_cause_gives_way_to_an_earlier_reason() -> None:
    words = "alice should get: ...\nalice got:        the server closed the connection"
    alone = [failed("empty_message_is_an_error", words)]
    both = [failed("unknown_command_is_an_error", ""), *alone]
    assert [*causes_in(Grading("", "", [], alone, 1.0))] == ["empty_message_is_an_error"]
    assert causes_in(Grading("", "", [], both, 1.0)) == {}
