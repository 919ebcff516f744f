"""The checks, one file a stage. A check reads like a conversation, and no longer than it must."""

from __future__ import annotations

from importlib import import_module

from grader import exercise, selection
from grader.declaration import Check


def declared_checks() -> list[Check]:
    """Return all checks, in the order in which they run."""
    modules = [import_module(f"{__name__}.{stage.name}") for stage in exercise.STAGES]
    found = [
        getattr(value, "declared", None) for module in modules for value in vars(module).values()
    ]
    return selection.in_order(check for check in found if isinstance(check, Check))
