"""All chaffs: a module for each stage, and two for those that were hardest to catch."""

from __future__ import annotations

from tests.chaffs import (
    client,
    framing,
    lifecycle,
    messages,
    names,
    once_full_marks,
    protocol,
    robustness,
    same_moment,
)
from tests.chaffs.chaff import Chaff

STAGES = (protocol, names, messages, lifecycle, framing, client, robustness)

CHAFFS: list[Chaff] = [
    chaff for part in (*STAGES, same_moment, once_full_marks) for chaff in part.CHAFFS
]
