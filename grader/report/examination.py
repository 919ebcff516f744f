"""What `doctor` found, on a terminal: layers and tiers of isolation, and how to get more."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from rich.console import Console
from rich.padding import Padding
from rich.text import Text


class Found(Protocol):
    """One thing that was tried."""

    @property
    def name(self) -> str: ...
    @property
    def works(self) -> bool: ...
    @property
    def found(self) -> str: ...
    @property
    def remedy(self) -> str: ...


def show(layers: Iterable[Found], tiers: Iterable[Found], console: Console) -> int:
    """Print what was found; return 0."""
    console.print("\nLayers of isolation, each tried on this machine:\n")
    for layer in layers:
        _show_one(layer, console)
    console.print("\nTiers, from the strongest:\n")
    in_force = ""
    for tier in tiers:
        _show_one(tier, console)
        in_force = in_force or (tier.name if tier.works else "")
    console.print(Text(f"\nGradings here run in tier {in_force}.", style="bold"))
    if in_force != "strong":
        console.print("Programs of people you do not trust are best graded in tier strong.")
    return 0


def _show_one(found: Found, console: Console) -> None:
    mark, style = ("yes", "green") if found.works else ("no", "yellow")
    line = Text.assemble((f"  {mark:4}", style), (f"{found.name:24}", ""))
    console.print(line + Text(found.found), soft_wrap=False)
    if not found.works and found.remedy:
        console.print(Padding(Text(found.remedy, style="dim"), (0, 0, 0, 30)))
