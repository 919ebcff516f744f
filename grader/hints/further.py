"""What a hint is made of, beyond the first one, which is declared with its check."""

from __future__ import annotations

from typing import NamedTuple


class Further(NamedTuple):
    """The second and the third hint of a check."""

    where: str  # the function that it is about, `name` or `Class.name`; "" for the file's top
    closer: str  # the second hint: what to find out there
    nearly: str  # the third: what the solution does, in words and never in code to copy
