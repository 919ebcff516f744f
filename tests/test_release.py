"""The skeleton is what the solution says, and the handout's tables are what the code says."""

from __future__ import annotations

import ast
import re
from itertools import count
from pathlib import Path

import pytest

from grader import release
from grader.checks import declared_checks
from tests.running import ROOT, SOLUTION, grade, outcomes

SKELETON = ROOT / "skeleton"
PROGRAMS = ("chat_protocol.py", "chat_server.py", "chat_client.py")


def test_skeleton_is_generated_from_the_solution() -> None:
    for name, text in release.skeleton_files(SOLUTION).items():
        committed = (SKELETON / name).read_text(encoding="utf-8")
        assert committed == text, f"{name} is stale: python lab.py release"


def test_given_file_is_the_same_in_both() -> None:
    given = (SKELETON / "keyboard.py").read_text(encoding="utf-8")
    assert given == (SOLUTION / "keyboard.py").read_text(encoding="utf-8")


def test_tables_of_the_handout_are_those_of_the_code() -> None:
    handout = (SKELETON / "README.md").read_text(encoding="utf-8")
    tables = {
        "stages": release.stage_table(declared_checks()),
        "todos": release.todo_table(release.todos(SOLUTION)),
    }
    assert release.with_tables(handout, tables) == handout, "stale: python lab.py release"


def test_skeleton_gives_everything_but_the_solutions() -> None:
    for name in PROGRAMS:
        given = ast.parse((SKELETON / name).read_text(encoding="utf-8"))
        whole = ast.parse((SOLUTION / name).read_text(encoding="utf-8"))
        assert signatures(given) == signatures(whole)


def signatures(tree: ast.Module) -> list[tuple[str, str, str | None]]:
    found = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    return [(node.name, ast.unparse(node.args), ast.get_docstring(node)) for node in found]


def test_todos_are_numbered_without_gaps() -> None:
    text = "".join((SKELETON / name).read_text(encoding="utf-8") for name in PROGRAMS)
    words = re.findall(r"# TODO (\d+): \w+", text)
    raised = re.findall(r'raise NotImplementedError\("TODO (\d+)"\)', text)
    assert words == raised == [str(number) for number in range(1, len(words) + 1)]
    assert len(words) > 15


def test_region_becomes_a_todo() -> None:
    source = (
        "def double(n):\n    ### BEGIN SOLUTION Add it to itself.\n    return n + n\n"
        "    ### END SOLUTION\n\nx = 1\n"
    )
    text = release.without_solutions(source, count(7))
    assert text.splitlines()[2:] == [
        "def double(n):",
        "    # TODO 7: Add it to itself.",
        '    raise NotImplementedError("TODO 7")',
        "",
        "x = 1",
    ]


@pytest.mark.parametrize(
    "source",
    ["### BEGIN SOLUTION words\nx = 1\n", "x = 1\n### END SOLUTION\n", "### BEGIN SOLUTION\nx\n"],
)
def test_broken_region_is_refused(source: str) -> None:
    with pytest.raises(release.BadRegion):
        release.without_solutions(source, count(1))


def test_untouched_skeleton_scores_nothing_and_fails_nothing() -> None:
    document = grade(SKELETON)
    assert document["score"] == 0
    assert set(outcomes(document).values()) <= {"todo", "blocked", "passed"}
    passed = [name for name, outcome in outcomes(document).items() if outcome == "passed"]
    assert passed == ["protocol_can_be_imported"]


def fill(source: str, solution: str, numbers: set[int]) -> str:
    """Return the skeleton's text with some of its TODOs filled in from the solution."""
    gaps = re.compile(r'^ *# TODO (\d+):[^\n]*\n *raise NotImplementedError\("TODO \1"\)\n', re.M)
    bodies = {
        gap[1]: region[0]
        for gap, region in zip(
            gaps.finditer(source), release.REGION.finditer(solution), strict=True
        )
    }
    return gaps.sub(lambda gap: bodies[gap[1]] if int(gap[1]) in numbers else gap[0], source)


def score_with(folder: Path, *numbers: int) -> dict[str, str]:
    for name in PROGRAMS:
        given, whole = ((base / name).read_text("utf-8") for base in (SKELETON, SOLUTION))
        (folder / name).write_text(fill(given, whole, set(numbers)), encoding="utf-8")
    (folder / "keyboard.py").write_bytes((SOLUTION / "keyboard.py").read_bytes())
    document = grade(folder)
    return {name: outcome for name, outcome in outcomes(document).items() if outcome != "blocked"}


def test_one_todo_earns_points_without_the_others(tmp_path: Path) -> None:
    todo = {gap.function: gap.number for gap in release.todos(SOLUTION)}
    alone = {
        todo["create_msg"]: "overlong_message_is_refused",
        todo["parse_message"]: "spaces_are_kept_by_the_split",
        todo["is_valid_name"]: "invalid_names_are_told",
    }
    for number, check in alone.items():
        found = score_with(tmp_path, number)
        assert found[check] == "passed"
        assert "failed" not in found.values()


def test_commands_earn_points_one_by_one(tmp_path: Path) -> None:
    todo = {gap.function: gap.number for gap in release.todos(SOLUTION)}
    protocol = range(1, todo["is_valid_name"] + 1)
    loop = ["open_listener", "serve_turn", "accept_client", "receive", "send", "send_waiting"]
    base = [*protocol, *(todo[f"ChatServer.{name}"] for name in [*loop, "find"])]
    named = score_with(tmp_path, *base, todo["ChatServer.answer_name"])
    assert named["duplicate_name_is_refused"] == "passed"
    assert named["names_are_listed"] == "todo"
    assert named["message_is_delivered"] == "todo"
    assert "failed" not in named.values()
