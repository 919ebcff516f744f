"""How a check is declared: its points, what it needs, and a hint. The docstring is its title.

@check(points=2, needs="name_is_accepted", hint="What does the server remember of a client?")
def duplicate_name_is_refused(server: Server) -> None:
    \"\"\"A name that is taken is refused, and its owner keeps it.\"\"\"
    ...
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Check:
    """What is known of a check before it runs."""

    name: str  # its identifier, stable between versions
    title: str  # what a student reads: the docstring's first line
    stage: str
    points: float  # whole or half
    needs: str | None  # the check that must pass before this one is worth running
    hint: str  # what to look at, never what to type


def check(*, points: float, needs: str | None = None, hint: str) -> Callable[[Any], Any]:
    """Declare the decorated function a check of the stage that its module is named after."""

    def declare(function: Any) -> Any:
        if not function.__doc__:
            raise ValueError(f"the check {function.__name__} has no docstring: it is its title")
        function.declared = Check(
            name=function.__name__,
            title=function.__doc__.strip().splitlines()[0],
            stage=function.__module__.rpartition(".")[2],
            points=points,
            needs=needs,
            hint=hint,
        )
        return function

    return declare
