"""A terminal of 80 columns and 24 rows: keys go in, and a picture comes out."""

from __future__ import annotations

import contextlib
import os
import struct
from typing import Any

import pyte

from grader.jail.launch import Stdio

if os.name != "nt":  # Windows has no such terminals; there the checks of the client are not run
    import fcntl
    import pty
    import termios

COLUMNS, ROWS = 80, 24
KEPT = 1_000_000  # bytes of what a program wrote; a flood is cut


class Screen:
    """A pseudo-terminal, and an emulator that shows what a person would see on it."""

    def __init__(self) -> None:
        self._master, self._slave = pty.openpty()
        fcntl.ioctl(self._slave, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        os.set_blocking(self._master, False)
        self.taken = 0  # bytes that were written to it so far
        self.written = b""  # all that programs wrote to it, as it came
        self.modes = self.read_modes()  # as they were before any program changed them
        self._screen = pyte.Screen(COLUMNS, ROWS)
        self._emulator = pyte.ByteStream(self._screen)

    @property
    def stdio(self) -> Stdio:
        return Stdio(self._slave, self._slave)

    def close(self) -> None:
        os.close(self._master)
        os.close(self._slave)

    def press(self, key: bytes) -> None:
        """Type one key; a terminal that takes no more loses it, as a real one does."""
        with contextlib.suppress(BlockingIOError):
            os.write(self._master, key)

    def fileno(self) -> int:
        """Return the descriptor that is readable when there is something to take in."""
        return self._master

    def take_in(self) -> bool:
        """Take in what programs have written; tell whether there was anything."""
        try:
            data = os.read(self._master, 65536)
        except (BlockingIOError, OSError):
            return False
        self.taken += len(data)
        self.written = (self.written + data)[-KEPT:]
        with contextlib.suppress(Exception):  # the emulator stumbles over some wild sequences
            self._emulator.feed(data)
        return bool(data)

    def rows(self) -> list[str]:
        """Return the rows that have something on them, from the top, without trailing spaces."""
        rows = [_row(self._screen, number) for number in range(ROWS)]
        return [row for row in rows if row]

    def row_of_cursor(self) -> str:
        """Return the row in which the cursor stands, without trailing spaces."""
        return _row(self._screen, self._screen.cursor.y)

    def text(self) -> str:
        """Return all rows, long lines joined to one, for finding words in."""
        return "\n".join(self.rows())

    def unread_keys(self) -> int:
        """Return how many typed bytes no program has read yet, where the terminal can tell."""
        packed = fcntl.ioctl(self._slave, termios.TIOCINQ, bytes(4))
        return int(struct.unpack("i", packed)[0])

    def write_modes(self, modes: list[Any]) -> None:
        """Change the terminal's modes, as a shell does between two programs."""
        termios.tcsetattr(self._slave, termios.TCSANOW, modes)

    def read_modes(self) -> list[Any]:
        return termios.tcgetattr(self._slave)


def _row(screen: pyte.Screen, number: int) -> str:
    # A wide character fills two cells; the second one holds nothing.
    return "".join(screen.buffer[number][column].data for column in range(COLUMNS)).rstrip()
