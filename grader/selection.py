"""Which checks run, and in which order: those asked for, and what they need, needed ones first."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from grader import exercise
from grader.declaration import Check


class BadDeclaration(Exception):
    """The checks contradict each other; the text tells the instructor how."""


class UnknownCheck(Exception):
    """A check or stage was asked for that does not exist."""


def in_order(checks: Iterable[Check]) -> list[Check]:
    """Return the checks by stage, each after what it needs. Raises BadDeclaration."""
    names = [stage.name for stage in exercise.STAGES]
    found = list(checks)
    by_name = {check.name: check for check in found}
    if len(by_name) < len(found):
        raise BadDeclaration("two checks have the same name")
    for check in found:
        if check.stage not in names:
            raise BadDeclaration(f"{check.name}: there is no stage {check.stage!r}")
        if check.needs and check.needs not in by_name:
            raise BadDeclaration(f"{check.name} needs {check.needs!r}, and there is no such check")
    ordered = sorted(found, key=lambda check: names.index(check.stage))
    for position, check in enumerate(ordered):
        if check.needs and by_name[check.needs] not in ordered[:position]:
            raise BadDeclaration(f"{check.name} needs {check.needs}, which comes after it")
    return ordered


def asked_for(checks: list[Check], stage: str = "", only: str = "") -> list[Check]:
    """Return the checks of one stage, or one check, or all. Raises UnknownCheck."""
    stages = list(dict.fromkeys(check.stage for check in checks))
    if stage and stage not in stages:
        known = f"The stages are {', '.join(stages)}."
        raise UnknownCheck(f"There is no stage {stage!r}.{nearest(stage, stages)} {known}")
    names = [check.name for check in checks]
    if only and only not in names:
        raise UnknownCheck(f"There is no check {only!r}.{nearest(only, names)}")
    return [check for check in checks if stage in ("", check.stage) and only in ("", check.name)]


def nearest(word: str, known: Iterable[str]) -> str:
    """Return a question for the known word that is most like this one; "" if none is.

    >>> nearest("grde", ["grade", "test"])
    " Did you mean 'grade'?"
    """
    matches = get_close_matches(word.lower(), list(known), n=1)
    return f" Did you mean {matches[0]!r}?" if matches else ""


def with_needs(wanted: list[Check], checks: list[Check]) -> list[Check]:
    """Return the wanted checks and all that they need, in order."""
    by_name = {check.name: check for check in checks}
    included = {check.name for check in wanted}
    for check in wanted:
        needed = check.needs
        while needed and needed not in included:
            included.add(needed)
            needed = by_name[needed].needs
    return [check for check in checks if check.name in included]


def lanes(wanted: list[Check]) -> list[list[Check]]:
    """Share the wanted checks out to lanes that can run at the same time, by their stages.

    What a check needs may be in another lane; then it is run in both.
    """
    lane_of = {stage.name: stage.lane for stage in exercise.STAGES}
    shares: dict[int, list[Check]] = {}
    for check in wanted:
        shares.setdefault(lane_of[check.stage], []).append(check)
    return list(shares.values())
