"""keyboard.py, which students are given whole, in a real terminal: msvcrt's two calls on POSIX."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.running import OUTER_LIMIT, SOLUTION

if os.name == "nt":
    pytest.skip("keyboard.py is for POSIX terminals", allow_module_level=True)


from grader.harness import waiting
from grader.harness.screen import Screen

OWN_TERMINAL = """
import fcntl, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
sys.path.insert(0, {folder!r})
import keyboard, select
"""
TELL_KEYS = """
keyboard.kbhit()
print("ready", flush=True)
while True:
    key = keyboard.getwch()
    print("<" + ascii(key)[1:-1] + ">", end="", flush=True)
"""


class Program:
    """A program in a terminal of its own."""

    def __init__(self, screen: Screen, source: str) -> None:
        self.screen = screen
        self.process = subprocess.Popen(
            [sys.executable, "-c", OWN_TERMINAL.format(folder=str(SOLUTION)) + source],
            stdin=screen.stdio.input,
            stdout=screen.stdio.output,
            stderr=screen.stdio.output,
            start_new_session=True,
        )

    def shows(self, words: str) -> bool:
        def event(seconds: float) -> bool:
            if words not in self.screen.text():
                waiting.wait_for_any([self.screen], seconds)
                self.screen.take_in()
            return words in self.screen.text()

        return waiting.happens(event, self.process.pid)


@contextlib.contextmanager
def program(source: str) -> Iterator[Program]:
    screen = Screen()
    running = Program(screen, source)
    try:
        yield running
    finally:
        running.process.kill()
        running.process.wait()
        screen.close()


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("a", "<a>"),
        ("ab c", "<a><b>< ><c>"),
        ("\r", "<\\r>"),
        ("\n", "<\\r>"),
        ("\x7f", "<\\x08>"),
        ("\x08", "<\\x08>"),
        ("\t", "<\\t>"),
        ("é", "<\\xe9>"),
        ("à", "<\\xe0>"),
        ("שלום", "<\\u05e9><\\u05dc><\\u05d5><\\u05dd>"),
        ("👋🏽", "<\\U0001f44b><\\U0001f3fd>"),
        ("\x1b[A", "<\\x00><H>"),
        ("\x1b[B\x1b[C\x1b[D", "<\\x00><P><\\x00><M><\\x00><K>"),
        ("\x1bOH", "<\\x00><G>"),
        ("\x1b[1;5C", "<\\x00><M>"),
        ("\x1b[3~", "<\\x00><\\x00>"),
        ("a\x1b[Ab", "<a><\\x00><H><b>"),
        ("\x1bx", "<\\x1b><x>"),
    ],
)
def test_keys(typed: str, told: str) -> None:
    with program(TELL_KEYS) as running:
        assert running.shows("ready")
        running.screen.press(typed.encode() + b".")
        assert running.shows(told + "<.>"), running.screen.text()


def test_lone_escape_is_a_key() -> None:
    with program(TELL_KEYS) as running:
        assert running.shows("ready")
        running.screen.press(b"\x1b")
        assert running.shows("<\\x1b>")
        running.screen.press(b"[A")
        assert running.shows("<\\x1b><[><A>")


def test_sequence_that_comes_byte_by_byte_is_one_key() -> None:
    with program(TELL_KEYS) as running:
        assert running.shows("ready")
        for byte in (b"\x1b", b"[", b"A", b"\xd7", b"\xa9", b"."):
            running.screen.press(byte)
        assert running.shows("<\\x00><H><\\u05e9><.>")


def test_nothing_is_echoed() -> None:
    with program("keyboard.kbhit()\nprint('ready', flush=True)\nkeyboard.getwch()\n") as running:
        assert running.shows("ready")
        running.screen.press(b"x")
        running.process.wait(OUTER_LIMIT)
        running.screen.take_in()
        assert running.screen.text() == "ready"


def test_kbhit_tells_whether_a_key_waits() -> None:
    source = """
print(keyboard.kbhit(), flush=True)
select.select([keyboard], [], [])
print(keyboard.kbhit(), keyboard.kbhit(), keyboard.getwch(), keyboard.kbhit(), flush=True)
"""
    with program(source) as running:
        assert running.shows("False")
        running.screen.press(b"k")
        assert running.shows("True True k False")


def test_end_of_the_terminal_is_an_error() -> None:
    source = """
import os
keyboard.kbhit()
read, write = os.pipe()
os.close(write)
keyboard.fileno = lambda: read
try:
    keyboard.getwch()
except EOFError:
    print("gone", flush=True)
"""
    with program(source) as running:
        assert running.shows("gone")


WAYS_TO_END = {
    "end of the program": ("", None, 0),
    "exit": ("sys.exit(3)", None, 3),
    "exception": ("raise ValueError", None, 1),
    "Ctrl-C": ("keyboard.getwch()", signal.SIGINT, -2),
    "SIGTERM": ("keyboard.getwch()", signal.SIGTERM, 143),
}


@pytest.mark.parametrize(("last", "signal_", "status"), WAYS_TO_END.values(), ids=WAYS_TO_END)
def test_terminal_is_put_back(last: str, signal_: int | None, status: int) -> None:
    source = f"keyboard.kbhit()\nprint('ready', flush=True)\n{last}\n"
    with program(source) as running:
        assert running.shows("ready")
        if signal_ is not None:
            assert running.screen.read_modes() != running.screen.modes
            running.process.send_signal(signal_)
        assert running.process.wait(OUTER_LIMIT) == status
        assert running.screen.read_modes() == running.screen.modes


def test_modes_are_set_again_when_a_stopped_program_goes_on() -> None:
    with program(TELL_KEYS) as running:
        assert running.shows("ready")
        running.process.send_signal(signal.SIGSTOP)
        running.screen.write_modes(running.screen.modes)  # as the shell does
        running.process.send_signal(signal.SIGCONT)
        running.screen.press(b"x")
        assert running.shows("<x>")
