"""A command of the kit at a pseudo-terminal, as a person sees it; for tests on POSIX systems."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pyte

from tests.running import OUTER_LIMIT, ROOT

TAKE_TERMINAL = "import fcntl, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); "
# Servers on the exercise's port meet neither each other nor those of whoever uses the machine.
OWN_NETWORK = "from grader.jail import network; network.enter_private_network(); "
RUN = "import sys; from grader.__main__ import main; sys.exit(main())"


class Terminal:
    """A terminal, the command that runs there, and what it has drawn."""

    def __init__(self, arguments: list[str], columns: int, rows: int, environment: Any) -> None:
        self._master, self._slave = pty.openpty()
        fcntl.ioctl(self._slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.modes = termios.tcgetattr(self._slave)
        self.written = b""
        self._screen = pyte.Screen(columns, rows)
        self._emulator = pyte.ByteStream(self._screen)
        self.process = subprocess.Popen(
            [sys.executable, "-c", TAKE_TERMINAL + OWN_NETWORK + RUN, *arguments],
            stdin=self._slave,
            stdout=self._slave,
            stderr=self._slave,
            cwd=ROOT,
            env={**os.environ, "PYNETLAB_ROOT": str(ROOT), "TERM": "xterm", **environment},
            start_new_session=True,
        )

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self._master)
        os.close(self._slave)

    def press(self, keys: str) -> None:
        os.write(self._master, keys.encode())

    def text(self) -> str:
        """Return what stands on the screen, without trailing spaces."""
        return "\n".join(row.rstrip() for row in self._screen.display).rstrip()

    def until(self, condition: Callable[[str], bool]) -> str:
        """Read what is written until a condition holds for the screen's text; return the text."""
        deadline = time.monotonic() + OUTER_LIMIT
        while not condition(self.text()):
            left = deadline - time.monotonic()
            assert left > 0, self.text()
            if select.select([self._master], [], [], left)[0]:
                data = os.read(self._master, 65536)
                self.written += data
                self._emulator.feed(data)
        return self.text()

    def shows(self, *words: str) -> str:
        """Read until all of these words stand on the screen; return its text."""
        return self.until(lambda text: all(word in text for word in words))

    def ends(self) -> int:
        """Wait until the command has ended, reading what it writes; return its status."""
        deadline = time.monotonic() + OUTER_LIMIT
        while self.process.poll() is None:
            assert time.monotonic() < deadline, self.text()
            if select.select([self._master], [], [], 0.05)[0]:
                self._emulator.feed(os.read(self._master, 65536))
        while select.select([self._master], [], [], 0)[0]:
            self._emulator.feed(os.read(self._master, 65536))
        return self.process.returncode

    def is_as_before(self) -> bool:
        """Tell whether the terminal has the modes that it had before the command."""
        return termios.tcgetattr(self._slave) == self.modes

    def family(self) -> list[psutil.Process]:
        """Return all processes that the command has started, and that live now."""
        return psutil.Process(self.process.pid).children(recursive=True)


@contextlib.contextmanager
def command(
    *arguments: str | Path, columns: int = 100, rows: int = 50, **environment: str
) -> Iterator[Terminal]:
    """Run a command of the kit at a terminal of its own."""
    terminal = Terminal([str(argument) for argument in arguments], columns, rows, environment)
    try:
        yield terminal
    finally:
        terminal.close()
