"""Captures: tshark opens them, finds nothing wrong, and the dissector reads the messages."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.running import ROOT, SOLUTION, run_grader

DISSECTOR = ROOT / "grader" / "wireshark" / "chat.lua"
TSHARK = shutil.which("tshark")
CHECK = "messages_before_malformed_input_are_served"

tshark_needed = pytest.mark.skipif(TSHARK is None, reason="there is no tshark here")


def tshark(capture: Path, *arguments: str) -> list[list[str]]:
    """Return the fields that tshark reads, one list a packet."""
    assert TSHARK is not None
    options = ["-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE", "-N", "n"]
    run = subprocess.run(
        [TSHARK, "-X", f"lua_script:{DISSECTOR}", *options, "-r", str(capture), *arguments],
        capture_output=True,
        text=True,
        check=True,
    )
    return [line.split("\t") for line in run.stdout.splitlines()]


@pytest.fixture(scope="module")
def captures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("captures")
    run_grader(SOLUTION, "--stage", "framing", "--pcap", folder / "made")
    return folder / "made"


def test_every_check_with_a_conversation_has_a_capture(captures: Path) -> None:
    names = {path.name for path in captures.iterdir()}
    assert f"framing-{CHECK}.pcapng" in names
    assert len(names) == 12


@tshark_needed
def test_dissector_reads_the_messages_back(captures: Path) -> None:
    fields = ("-T", "fields", "-e", "ip.src_host", "-e", "chat.length", "-e", "chat.payload")
    rows = tshark(captures / f"framing-{CHECK}.pcapng", "-Y", "chat", *fields)
    assert rows[0] == ["bob", "8", "NAME bob"]
    assert rows[1] == ["server", "9", "HELLO bob"]
    assert rows[2] == ["client-2", "10,10,1", "NAME alice,MSG bob hi,?"]
    assert ["server", "13", "FROM alice hi"] in rows


@tshark_needed
def test_dissector_joins_what_was_sent_in_pieces(captures: Path) -> None:
    capture = captures / "framing-message_may_come_byte_by_byte.pcapng"
    sizes = tshark(
        capture, "-Y", "ip.src_host == client-2 && tcp.len > 0", "-T", "fields", "-e", "tcp.len"
    )
    assert sizes == [["1"]] * 14  # segments as they were sent
    fields = ("-T", "fields", "-e", "chat.payload", "-e", "chat.command", "-e", "chat.arguments")
    rows = tshark(capture, "-Y", "chat.payload && ip.src_host == client-2", *fields)
    assert rows == [["NAME alice", "NAME", "alice"]]


@tshark_needed
def test_dissector_marks_what_is_malformed(captures: Path) -> None:
    rows = tshark(
        captures / f"framing-{CHECK}.pcapng",
        *("-Y", "chat.malformed", "-T", "fields", "-e", "ip.src_host", "-e", "chat.field"),
    )
    assert len(rows) == 1
    assert rows[0][0] == "client-2"
    assert rows[0][1].endswith("oops")


@tshark_needed
def test_packets_are_sound(captures: Path) -> None:
    fields = ("-e", "ip.checksum.status", "-e", "tcp.checksum.status", "-e", "tcp.analysis.flags")
    for name in (CHECK, "fifty_messages_in_one_segment", "longest_message_is_understood"):
        rows = tshark(captures / f"framing-{name}.pcapng", "-T", "fields", *fields)
        assert rows
        assert {tuple(row) for row in rows} == {("1", "1", "")}, name  # good, good, nothing odd
