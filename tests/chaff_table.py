"""The table of chaffs against checks: every chaff graded in full. See --chaff-table."""

from __future__ import annotations

import os
import tempfile
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from pathlib import Path
from typing import Any

from tests.chaffs import CHAFFS
from tests.chaffs.chaff import Chaff
from tests.running import SOLUTION, grade


def print_table(root: Path) -> int:
    """Print the table, one chaff a line, as it comes; return 1 if it has a gap, else 0."""
    checks = {test["extra_data"]["check"]: test["tags"][0] for test in grade(SOLUTION)["tests"]}
    print_heading(checks)
    caught: dict[str, int] = dict.fromkeys(checks, 0)
    gaps = 0
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for chaff, document in zip(CHAFFS, pool.map(grade_chaff, CHAFFS), strict=True):
            marks, failed = marks_of(document)
            for check in failed:
                caught[check] += 1
            is_caught = chaff.caught_by in failed
            gaps += not is_caught
            missed = "" if is_caught else "   NOT CAUGHT"
            print(f"{document['score']:5}  {marks}  {chaff.name}{missed}")
    print("\nHow many chaffs fail each check:")
    for check, count in caught.items():
        print(f"{count:5}  {check}{'' if count else '   PROVEN BY NOTHING'}")
        gaps += not count
    return 1 if gaps else 0


def print_heading(checks: dict[str, str]) -> None:
    print("x failed   . blocked   - passed   o todo; one column a check, in order\n")
    widths = [(stage, len([*group])) for stage, group in groupby(checks.values())]
    print(
        "score  " + "".join(f"{stage[: width - 1]:{width}}" for stage, width in widths) + " chaff"
    )


def grade_chaff(chaff: Chaff) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        chaff.write_to(Path(folder))
        return grade(Path(folder))


def marks_of(document: dict[str, Any]) -> tuple[str, list[str]]:
    """Return a mark for each check, in order, and the names of those that failed."""
    signs = {"passed": "-", "failed": "x", "todo": "o", "blocked": "."}
    facts = [test["extra_data"] for test in document["tests"]]
    marks = "".join(signs[fact["outcome"]] for fact in facts)
    return marks, [fact["check"] for fact in facts if fact["outcome"] == "failed"]
