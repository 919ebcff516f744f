"""The table for grader/README.md: which attacks gain something, and in which tier.

python -m tests.attacks.table
"""

from __future__ import annotations

from tests.attacks import ATTACKS
from tests.attacks.attack import TIERS, Attack


def attacks_table() -> str:
    """Return the table in Markdown, a line for each attack that gets through somewhere."""
    lines = ["| attack | what it gains | strong | medium | plain |", "|---|---|---|---|---|"]
    lines += [_line(attack) for attack in ATTACKS if attack.gets_through]
    return "\n".join(lines) + "\n"


def _line(attack: Attack) -> str:
    cells = ["**gets through**" if tier in attack.gets_through else "stopped" for tier in TIERS]
    return f"| `{attack.name}` | {attack.gains} | {' | '.join(cells)} |"


if __name__ == "__main__":
    print(attacks_table(), end="")
