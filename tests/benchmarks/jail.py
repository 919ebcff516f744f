"""What the jail costs, and how long attacks on it take (as root on Linux)."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

from tests.attacks import ATTACKS, SAME_IN_EVERY_TIER
from tests.attacks.field import Field

ROOT = Path(__file__).parents[2]


def cost(pairs: int) -> None:
    """Grade the reference in tier strong and in tier plain, in turns."""
    both = [(_seconds("strong"), _seconds("plain")) for _ in range(pairs)]
    strong, plain = map(statistics.median, zip(*both, strict=True))
    more = 1000 * statistics.median(strong - plain for strong, plain in both)
    print(f"strong {strong:.2f} s, plain {plain:.2f} s (medians); {more:.0f} ms more in each pair")


def _seconds(tier: str) -> float:
    command = [sys.executable, "-m", "grader", "grade", str(ROOT / "solution"), "--jail", tier]
    started = time.perf_counter()
    subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - started


def attacks() -> None:
    """Try every attack once in each of its tiers, with the usual limits."""
    every: list[tuple[float, int, str]] = []
    for attack in ATTACKS:
        one_is_enough = any(attack in kind.ATTACKS for kind in SAME_IN_EVERY_TIER)
        for tier in ("strong",) if one_is_enough else attack.tiers:
            with Field() as field:
                tried = field.grade(attack, tier=tier, patient=True)
            every.append((tried.seconds, tried.peak, f"{attack.name} in tier {tier}"))
    for seconds, _, what in sorted(every, reverse=True)[:5]:
        print(f"{seconds:5.1f} s   {what}")
    peak, what = max((peak, what) for _, peak, what in every)
    print(f"the grader itself took {peak / 1e6:.0f} MB at the most: {what}")
