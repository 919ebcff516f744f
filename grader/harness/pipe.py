"""The pipe that is the standard input of a program, seen from the grader's end."""

from __future__ import annotations

import contextlib
import os

if os.name != "nt":  # there the checks of the client are not run
    import fcntl
    import termios

MOST = 1024 * 1024  # bytes that Linux lets everybody put into a pipe; see pipe(7)


class Pipe:
    """A pipe to write to. The other end, `theirs`, is for the program."""

    def __init__(self) -> None:
        self.theirs, self._ours = os.pipe()
        os.set_blocking(self._ours, False)  # the program may fill it, and what then?
        self._open = {self.theirs, self._ours}

    def is_given_away(self) -> None:
        """The program has its end now; here it is not needed any more."""
        self._close(self.theirs)

    def close(self) -> None:
        self._close(self.theirs)
        self._close(self._ours)

    def _close(self, end: int) -> None:
        if end in self._open:
            self._open.remove(end)
            os.close(end)

    def write(self, data: bytes) -> None:
        """Write what there is room for; the rest is lost, and all if the program has ended."""
        with contextlib.suppress(OSError):
            os.write(self._ours, data)

    def widens(self, size: int) -> bool:
        """Make room for so many bytes; False where that cannot be had."""
        try:
            fcntl.fcntl(self._ours, fcntl.F_SETPIPE_SZ, MOST)
            return fcntl.fcntl(self._ours, fcntl.F_GETPIPE_SZ) >= size
        except (AttributeError, OSError):  # Linux only; and too many wide pipes are refused
            return False

    def is_empty(self) -> bool:
        """Tell whether the program has read all that was written."""
        return not any(fcntl.ioctl(self._ours, termios.FIONREAD, bytes(4)))
