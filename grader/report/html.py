"""The report as one HTML file: no network, light and dark, read from disk or printed.

What strangers wrote passes through the template's escaping, and what is unprintable in it is made
visible first. The page allows one script, its own, by its hash.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import jinja2
from markupsafe import Markup

from grader import exercise
from grader.conversation import DOES, SENDS, SENDS_BYTES, Account, Call, Ruler, Step
from grader.pictures import Picture, frame_ruler, sequence
from grader.pictures import Step as Arrow
from grader.report.causes import causes_in, causes_of
from grader.report.explanation import (
    calls_title,
    lane_of,
    lifeline_of,
    lifelines,
    printed_at,
    telling_calls,
    told_meanwhile,
    told_threads,
)
from grader.report.misconceptions import Cause
from grader.report.story import Scene, comes, scenes, words
from grader.result import Grading, Outcome, Result
from grader.visible import visible, visible_line

PAGE = Path(__file__).with_name("page")
STEPS = 120  # that are listed in words, the ones nearest to the failure
CALLS = 24
MARKS = {"passed": "✓", "failed": "✗", "todo": "○", "blocked": "·"}
PYTHON = {"recv(n)", "recv", "send", "select", "accept", "b''", "input()", "get_msg"}
WORDS = {"failed": "failed", "todo": "not written yet", "blocked": "not run", "passed": "passed"}


def render(grading: Grading) -> str:
    """Return the grading as the text of an HTML page."""
    loader = jinja2.FileSystemLoader(PAGE)
    environment = jinja2.Environment(
        loader=loader, autoescape=True, undefined=jinja2.StrictUndefined
    )
    environment.filters["seen"] = lambda value: visible_line(str(value))
    environment.filters["seen_lines"] = lambda value: visible(str(value))
    script = _read("page.js")
    return environment.get_template("page.html.j2").render(
        grading=grading,
        stages=[*_stages(grading)],
        passed=len(grading.with_outcome(Outcome.PASSED)),
        causes=causes_of(grading),
        outcomes=[
            (name, words, len(grading.with_outcome(Outcome(name)))) for name, words in WORDS.items()
        ],
        words_for=WORDS,
        explanations=_explanations(grading),
        mark=lambda result: MARKS[result.outcome.value],
        points=lambda number: f"{number:g}",
        sentence=_sentence,
        style=Markup(_read("page.css")),
        script=Markup(script),
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
    )


def _sentence(text: str) -> str:
    """Return the text with a capital letter, unless it begins with a word of Python."""
    return text if text.split()[0] in PYTHON else text[:1].upper() + text[1:]


def _read(name: str) -> str:
    return (PAGE / name).read_text(encoding="utf-8")


@dataclass
class Stage:
    """One row of the overview."""

    name: str
    title: str
    results: list[Result]

    @property
    def score(self) -> float:
        return sum(result.score for result in self.results)

    @property
    def points(self) -> float:
        return sum(result.check.points for result in self.results)


def _stages(grading: Grading) -> Iterator[Stage]:
    for stage in exercise.STAGES:
        results = [result for result in grading.results if result.check.stage == stage.name]
        if results:
            yield Stage(stage.name, stage.title, results)


class ListedStep(NamedTuple):
    """One step in words."""

    number: int
    who: str
    verb: str
    text: str
    printed: str
    is_wrong: bool


@dataclass
class Explanation:
    """What stands inside one check."""

    is_first: bool = False  # the first failure: it is unfolded
    cause: Cause | None = None
    text: str = ""
    where: str = ""
    diagram: Picture | None = None
    rulers: list[tuple[str, Picture]] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    calls_title: str = ""
    other_calls: list[Call] = field(default_factory=list)  # where none of them tells more
    printed: str = ""
    screen: str = ""
    steps: list[ListedStep] = field(default_factory=list)


def _explanations(grading: Grading) -> dict[str, Explanation]:
    found: dict[str, Explanation] = {}
    causes = causes_in(grading)
    first = next((r for r in grading.unsolved if r.outcome is not Outcome.BLOCKED), None)
    for result in grading.results:
        cause = causes.get(result.check.name)
        told = Explanation(is_first=result is first, cause=cause, text=result.text)
        if result.account:
            told.text = "\n".join([result.text, *told_meanwhile(result.account)])
            _explain(told, result.account)
        found[result.check.name] = told
    return found


def _explain(told: Explanation, account: Account) -> None:
    if account.is_stuck:
        told.where = "\n".join(line.strip() for line in told_threads(account))
    if account.steps:
        told.diagram = _diagram(account)
        told.steps = [*_listed(account)]
    told.rulers = [(ruler.title, _ruler(ruler)) for ruler in account.rulers]
    if telling := telling_calls(account):
        told.calls, told.calls_title = telling, calls_title(account)
    else:
        told.other_calls = [*account.calls[-CALLS:]]
    told.printed = account.printed.strip()
    if account.screen is not None:
        told.screen = "\n".join(account.screen) or "(nothing)"


# The conversation


def _diagram(account: Account) -> Picture:
    shown = scenes(account)
    names, program = lifelines(account, shown), lifeline_of(account)
    arrows: list[Arrow] = []
    numbers: list[str] = []
    for scene in shown:
        if scene.step:
            for line in printed_at(account, scene.step):
                arrows.append(Arrow(program, None, line))
                numbers.append("")
        arrows.append(_arrow(scene, account, names))
        numbers.append(str(scene.number) if scene.number else "")
    expectation = account.expectation
    if expectation and not expectation.has_come:
        who = lane_of(expectation.who, names)
        came = Arrow(program, None, f"came: {_bare(expectation.came)}", failed=True)
        arrows += [
            came._replace(content=f"{who} should get: {_bare(expectation.wanted)}"),
            came,
        ]
        numbers += ["", ""]
    return sequence(names, arrows, title="What happened", numbers=numbers)


def _arrow(scene: Scene, account: Account, names: list[str]) -> Arrow:
    program, step = lifeline_of(account), scene.step
    if step is None:
        return Arrow(names[0], None, scene.text)
    who = lane_of(step.who, names)
    source, target = (program, who) if comes(step) else (who, program)
    if step.kind == DOES:
        return Arrow(source, None, scene.text)
    content: str | bytes = step.data if step.kind == SENDS_BYTES else step.text
    if not scene.is_wrong or not account.expectation:
        return Arrow(source, target, content)
    return Arrow(
        source, target, content, failed=True, expected=_expected(account.expectation.wanted)
    )


def _expected(wanted: str) -> str | None:
    """Return the one message that was expected, where it can be drawn as such, in full."""
    text = wanted.removesuffix(" (the names in any order)")
    is_whole = text.count("`") == 2 and text[0] == text[-1] == "`" and " bytes) ..." not in text
    return _bare(text) if is_whole else None


def _bare(text: str) -> str:
    return text.replace("`", "")


def _listed(account: Account) -> Iterator[ListedStep]:
    expectation = account.expectation
    failed = expectation.after if expectation else account.total
    for number, step in enumerate(account.steps, account.first):
        if abs(failed - number) <= STEPS // 2:
            is_wrong = bool(expectation and expectation.has_come and number == failed)
            yield ListedStep(number, step.who, _verb(step), words(step), step.printed, is_wrong)


def _verb(step: Step) -> str:
    return {DOES: "", SENDS: "sends", SENDS_BYTES: "sends"}.get(step.kind, "gets")


def _ruler(ruler: Ruler) -> Picture:
    ends = [*ruler.cuts, len(ruler.data)]
    sizes = [end - begin for begin, end in zip([0, *ruler.cuts], ends, strict=True)]
    return frame_ruler(
        ruler.data,
        sends=sizes if ruler.cuts else (),
        caret=ruler.caret if 0 <= ruler.caret < len(ruler.data) else None,
        note=ruler.note,
        title=ruler.title,
    )
