"""Chaffs for the stage robustness."""

from __future__ import annotations

from tests.chaffs.chaff import Chaff, Patch

SERVER = "chat_server.py"

CHAFFS = [
]
