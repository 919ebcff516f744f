"""Replay: a check's clients against a server that somebody else has started."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.running import OUTER_LIMIT, ROOT, SOLUTION


@contextlib.contextmanager
def server_by_hand(folder: Path = SOLUTION) -> Iterator[int]:
    """Start a server as a student would, on a port that is free; yield the port."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    source = f"import chat_protocol, chat_server; chat_protocol.PORT = {port}; chat_server.main()"
    process = subprocess.Popen(
        [sys.executable, "-c", source], cwd=folder, stdout=subprocess.PIPE, start_new_session=True
    )
    try:
        assert process.stdout is not None
        assert b"Listening" in process.stdout.readline()
        yield port
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def replay(check: str, port: int, typed: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "grader", "replay", check, "--port", str(port)],
        cwd=ROOT,
        input=typed,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=OUTER_LIMIT,
    )


def test_check_is_played_step_by_step() -> None:
    with server_by_hand() as port:
        run = replay("half_a_length_field_delays_nobody", port, typed="\n" * 15 + "1000\n")
    assert run.returncode == 0, run.stdout
    assert run.stdout.count("[Enter]") == 16
    assert "client-2  > the bytes b'0'" in run.stdout
    assert "bob       waits for: `HELLO bob`" in run.stdout
    assert "All went as it should." in run.stdout


def test_number_goes_so_many_steps_on() -> None:
    with server_by_hand() as port:
        run = replay("message_is_delivered", port, typed="5\n\n\n\n\n")
    assert run.stdout.count("[Enter]") == 2
    assert run.returncode == 0


def test_what_only_the_grader_can_do_is_told() -> None:
    with server_by_hand() as port:
        run = replay("many_leave_at_once", port)
        assert run.returncode == 0
        assert "would halt the server here" in run.stdout
        assert replay("idle_server_rests", port).returncode == 0


def test_difference_is_told(tmp_path: Path) -> None:
    for path in SOLUTION.glob("*.py"):
        text = path.read_text(encoding="utf-8").replace('f"HELLO {name}"', '"WELCOME"')
        (tmp_path / path.name).write_text(
            text.replace('f"HELLO {arguments}"', '"WELCOME"'), "utf-8"
        )
    with server_by_hand(tmp_path) as port:
        run = replay("name_is_accepted", port)
    assert run.returncode == 1
    assert "should get: `HELLO alice`" in run.stdout
    assert "got:        `WELCOME`" in run.stdout


def test_missing_server_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    run = replay("name_is_accepted", port)
    assert run.returncode == 1
    assert "Start your server first" in run.stdout
    assert "Traceback" not in run.stderr


@pytest.mark.parametrize("check", ["no_such_check", "client_connects", "length_counts_bytes"])
def test_what_cannot_be_played_is_told_in_one_line(check: str) -> None:
    run = replay(check, 1)
    assert run.returncode == 2
    assert run.stderr.count("\n") == 1
