"""All chaffs: a module for each stage, and one for those that were hardest to catch."""

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
)
from tests.chaffs.chaff import Chaff

CHAFFS: list[Chaff] = [
    chaff
    for stage in (
        protocol,
        names,
        messages,
        lifecycle,
        framing,
        client,
        robustness,
        once_full_marks,
    )
    for chaff in stage.CHAFFS
]
