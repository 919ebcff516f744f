"""All chaffs, one module for each stage whose checks must catch them."""

from __future__ import annotations

from tests.chaffs import framing, lifecycle, messages, names, protocol, robustness
from tests.chaffs.chaff import Chaff

CHAFFS: list[Chaff] = [
    chaff
    for stage in (protocol, names, messages, lifecycle, framing, robustness)
    for chaff in stage.CHAFFS
]
