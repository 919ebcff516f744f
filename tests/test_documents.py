"""What the documents show and count is true."""

from __future__ import annotations

import re
from pathlib import Path

from grader import cli
from grader.checks import declared_checks
from tests.chaffs import CHAFFS
from tests.running import ROOT, run_grader

README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_failure_in_the_readme_is_what_the_grader_says(tmp_path: Path) -> None:
    (chaff,) = [chaff for chaff in CHAFFS if chaff.name == "length_counts_characters"]
    chaff.write_to(tmp_path)
    report = run_grader(tmp_path, "--only", "every_language_arrives", COLUMNS="80").stdout
    said = [line.rstrip() for line in report.splitlines()]
    (shown,) = re.findall(r"<!-- failure -->\n```\n(.*?)```\n<!-- end -->", README, re.DOTALL)
    assert [line for line in shown.splitlines() if line.rstrip() not in said] == [], report


def test_commands_of_the_readme_exist() -> None:
    commands = set(re.findall(r"python lab\.py ([a-z]+)", README))
    parser_help = cli.build_parser().format_help()
    assert {"grade", "test", "tidy"} <= commands
    assert [command for command in commands if f" {command} " not in parser_help] == []


def test_changelog_counts_the_checks() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"{len(declared_checks())} checks in seven stages" in changelog


def test_nothing_refers_to_what_is_not_here() -> None:
    for path in ROOT.rglob("*.md"):
        if ".venv" in path.parts:
            continue
        for link in re.findall(r"\]\(([^)#]+)\)", path.read_text(encoding="utf-8")):
            if not link.startswith("http"):
                assert (path.parent / link).exists(), f"{path}: {link}"
