"""Chaffs for the stage names."""

from __future__ import annotations

from tests.chaffs.chaff import Chaff, Patch

SERVER = "chat_server.py"

CHAFFS = [
    Chaff(
        name="duplicate_names_allowed",
        mistake="The server never looks whether a name is taken.",
        caught_by="duplicate_name_is_refused",
        told=("NAME alice", "ERROR", "HELLO alice"),
        patches=(Patch(SERVER, "elif self.find(name) not in (None, client):", "elif False:"),),
    ),
]
