"""The second and third hint of every check, one file a stage; the first is declared with the check.

The function that a hint is about also says where a student should go, and which TODOs belong to a
stage.
"""

from __future__ import annotations

from importlib import import_module

from grader import exercise
from grader.hints.further import Further


def of(check: str) -> Further:
    """Return the further hints of a check. The tests see to it that there are some."""
    for stage in exercise.STAGES:
        found = of_stage(stage.name).get(check)
        if found:
            return found
    raise KeyError(check)


def of_stage(stage: str) -> dict[str, Further]:
    """Return check -> further hints, of one stage."""
    found: dict[str, Further] = import_module(f"{__name__}.{stage}").FURTHER
    return found


def functions_of(stage: str) -> list[str]:
    """Return the functions that the checks of a stage are about, each once."""
    return list(dict.fromkeys(further.where for further in of_stage(stage).values()))
