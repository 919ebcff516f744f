"""A terminal of 80 columns and 24 rows: keys go in, and a picture comes out."""

from __future__ import annotations

import contextlib
import os
import struct
import time
import unicodedata
from typing import Any

import pyte

from grader.jail.launch import Stdio

if os.name != "nt":  # Windows has no such terminals; there the checks of the client are not run
    import fcntl
    import pty
    import termios

COLUMNS, ROWS = 80, 24
MOST_WRITTEN = 2_000_000  # bytes that a program may write; whoever redraws a line takes a fourth
MOST_EFFORT = 3.0  # seconds of CPU time for the emulator; right programs take a tenth of one
MOST_COMBINED = 16  # characters in one cell: a letter and the marks above and below it


class _Cells(pyte.Screen):
    """The emulator's cells, in none of which marks pile up: that would take it ever longer."""

    def draw(self, data: str) -> None:
        if data.isascii():
            super().draw(data)
            return
        for character in data:
            if not unicodedata.combining(character) or len(self._last_drawn()) < MOST_COMBINED:
                super().draw(character)

    def _last_drawn(self) -> str:
        x, y = (self.cursor.x, self.cursor.y) if self.cursor.x else (COLUMNS, self.cursor.y - 1)
        return str(self.buffer[y][x - 1].data) if y >= 0 else ""


class Screen:
    """A pseudo-terminal, and an emulator that shows what a person would see on it."""

    def __init__(self) -> None:
        self._master, self._slave = pty.openpty()
        fcntl.ioctl(self._slave, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        os.set_blocking(self._master, False)
        self.taken = 0  # bytes that were written to it so far
        self.written = bytearray()  # all that programs wrote to it, as it came
        self._effort = 0.0  # seconds of CPU time that the emulator has taken
        self.modes = self.read_modes()  # as they were before any program changed them
        self._screen = _Cells(COLUMNS, ROWS)
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
        """Take in what programs have written; tell whether there was anything.

        A flood is not taken in: the program that makes it waits until it is stopped.
        """
        if self.is_flooded:
            return False
        try:
            data = os.read(self._master, 65536)
        except (BlockingIOError, OSError):
            return False
        self.taken += len(data)
        self.written += data
        started = time.thread_time()
        with contextlib.suppress(Exception):  # the emulator stumbles over some wild sequences
            self._emulator.feed(data)
        self._effort += time.thread_time() - started
        return bool(data)

    @property
    def is_flooded(self) -> bool:
        """Whether more was written, or more wildly, than any right program writes."""
        return self.taken > MOST_WRITTEN or self._effort > MOST_EFFORT

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

    def write_modes(self, modes: list[Any]) -> None:
        """Change the terminal's modes, as a shell does between two programs."""
        termios.tcsetattr(self._slave, termios.TCSANOW, modes)

    def read_modes(self) -> list[Any]:
        return termios.tcgetattr(self._slave)


def _row(screen: pyte.Screen, number: int) -> str:
    # The emulator has no cells where nothing was ever drawn: most of the screen.
    if not (cells := screen.buffer.get(number)):
        return ""
    columns = range(min(max(cells) + 1, COLUMNS))
    # A wide character fills two cells; the second one holds nothing.
    return "".join(cells[column].data for column in columns).rstrip()
