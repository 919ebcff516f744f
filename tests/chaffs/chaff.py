"""What a chaff is: a wrong program with one mistake, made by a small patch to a right one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOLUTION = ROOT / "solution"
BASES = Path(__file__).with_name("bases")  # other programs; what they lack is the solution's


@dataclass(frozen=True)
class Patch:
    """Replace `old`, which must stand in the file exactly once, by `new`."""

    file: str
    old: str
    new: str


@dataclass(frozen=True)
class Chaff:
    """One misconception, the check that must catch it, and what its author must then be told."""

    name: str
    mistake: str  # one sentence
    caught_by: str  # the check that must fail (not: be blocked)
    told: tuple[str, ...]  # each must occur in that check's output
    patches: tuple[Patch, ...]
    base: str = ""  # a folder in BASES; "" is the solution

    def write_to(self, folder: Path) -> None:
        """Write the wrong program's files into an empty folder. Raises ValueError if stale."""
        folders = [SOLUTION, BASES / self.base] if self.base else [SOLUTION]
        sources = [path for base in folders for path in base.glob("*.py")]
        files = {path.name: path.read_text(encoding="utf-8") for path in sources}
        for patch in self.patches:
            if files[patch.file].count(patch.old) != 1:
                raise ValueError(f"{self.name}: {patch.old!r} is not once in {patch.file}")
            files[patch.file] = files[patch.file].replace(patch.old, patch.new)
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
