"""`run`, at a real terminal: the student's programs, alone and with the reference's."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import psutil
import pytest

from tests.running import OUTER_LIMIT, SOLUTION

if os.name == "nt":
    pytest.skip("the terminals of these tests are POSIX", allow_module_level=True)

from tests.at_a_terminal import command

SPOILS_THE_TERMINAL = """
import os, termios
modes = termios.tcgetattr(0)
modes[3] &= ~(termios.ECHO | termios.ICANON)
termios.tcsetattr(0, termios.TCSANOW, modes)
print("spoilt in", os.getcwd(), flush=True)
os._exit(3)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    mine = tmp_path / "mine"
    shutil.copytree(SOLUTION, mine, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    return mine


def test_own_client_with_the_server_of_the_reference(folder: Path) -> None:
    with command("run", "client", folder, "--with", "solution") as terminal:
        terminal.shows("Connected.")
        servers = [p for p in terminal.family() if "chat_server.py" in p.cmdline()[-1]]
        assert len(servers) == 1
        terminal.press("NAME bob\r")
        terminal.shows("HELLO bob")
        terminal.press("EXIT\r")
        assert terminal.ends() == 0
        assert "What the server printed:\n  Listening on 127.0.0.1" in terminal.text()
        assert terminal.is_as_before()
        assert psutil.wait_procs(servers, timeout=OUTER_LIMIT)[1] == []


def test_interrupted_pair_leaves_nothing(folder: Path) -> None:
    with command("run", "server", folder, "--with", "solution") as terminal:
        terminal.shows("Connected.")
        family = terminal.family()
        terminal.press("\x03")
        assert terminal.ends() == 130
        assert "Traceback" not in terminal.text()
        assert terminal.is_as_before()
        assert psutil.wait_procs(family, timeout=OUTER_LIMIT)[1] == []


def test_server_alone_ends_with_ctrl_c(folder: Path) -> None:
    with command("run", "server", folder) as terminal:
        terminal.shows("Listening on 127.0.0.1")
        terminal.press("\x03")
        assert terminal.ends() == 0
        assert "Stopped." in terminal.text()


def test_server_that_cannot_start_is_told_with_its_words(folder: Path) -> None:
    (folder / "chat_server.py").write_text("raise ValueError('boom')\n")
    with command("run", "server", folder, "--with", "solution") as terminal:
        assert terminal.ends() == 2
        assert "chat_server.py ended before it listened on a port" in terminal.text()
        assert "ValueError: boom" in terminal.text()


def test_terminal_that_a_program_spoils_is_put_back(folder: Path) -> None:
    (folder / "chat_client.py").write_text(SPOILS_THE_TERMINAL)
    with command("run", "client", folder) as terminal:
        assert terminal.ends() == 3
        assert f"spoilt in {folder}" in terminal.text().replace("\n", "")
        assert terminal.is_as_before()


def test_program_that_ignores_ctrl_c_ends_at_the_second(folder: Path) -> None:
    stubborn = """
import signal
signal.signal(signal.SIGINT, lambda *_: print("no", flush=True))
print("stubborn", flush=True)
while True:
    signal.pause()
"""
    (folder / "chat_client.py").write_text(stubborn)
    with command("run", "client", folder) as terminal:
        terminal.shows("stubborn")
        terminal.press("\x03")
        terminal.shows("no")
        terminal.press("\x03")
        assert terminal.ends() == 137
        assert terminal.is_as_before()
