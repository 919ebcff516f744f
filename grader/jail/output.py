"""What a process prints, taken in as fast as it comes; only the first and last part is kept."""

from __future__ import annotations

import select
import sys
import threading
from io import RawIOBase
from typing import IO

KEPT = 4096  # bytes, at either end


class Output:
    """Drains a stream in the background until it ends, however much comes."""

    def __init__(self, stream: IO[bytes] | RawIOBase) -> None:
        self._first = b""
        self._last = b""
        self._size = 0  # of all that came
        self._stream = stream
        self._read = getattr(stream, "read1", stream.read)  # never waits for a full buffer
        self._news = threading.Condition()
        self._thread = threading.Thread(target=self._drain, daemon=True)
        self._thread.start()

    def _drain(self) -> None:
        while self._take():
            pass
        self._stream.close()

    def _take(self) -> bool:
        """Wait for the next bytes and take them in; False at the end of the stream."""
        if not hasattr(select, "poll"):  # Windows: there position() knows only what was taken in
            chunk = self._read(65536)
            with self._news:
                self._keep(chunk or b"")
            return bool(chunk)
        poller = select.poll()
        poller.register(self._stream.fileno(), select.POLLIN)
        poller.poll()
        with self._news:  # so that no byte is neither in the pipe nor here
            chunk = self._read(65536)
            self._keep(chunk or b"")
        return bool(chunk)

    def _keep(self, chunk: bytes) -> None:
        room = KEPT - len(self._first)
        self._first += chunk[:room]
        self._last = (self._last + chunk[max(room, 0) :])[-KEPT:]
        self._size += len(chunk)
        self._news.notify_all()

    def position(self) -> int:
        """Return how many bytes the process has written so far, taken in or not (POSIX)."""
        with self._news:
            return self._size + self._not_taken_in()

    def _not_taken_in(self) -> int:
        if sys.platform == "win32" or self._stream.closed:
            return 0
        import fcntl
        import termios

        try:
            packed = fcntl.ioctl(self._stream.fileno(), termios.FIONREAD, bytes(4))
        except OSError:
            return 0
        return int.from_bytes(packed, sys.byteorder)

    def finish(self, seconds: float) -> None:
        """Wait until the stream has ended, which it has when its last writer is gone."""
        self._thread.join(seconds)

    def catch_up(self, seconds: float) -> None:
        """Wait until what had been written before this call is taken in."""
        position = self.position()
        with self._news:
            self._news.wait_for(lambda: self._size >= position, timeout=seconds)

    def text(self) -> str:
        """Return what is kept, as text; bytes that are not UTF-8 are shown as escapes."""
        return self.between(0, -1)

    def between(self, start: int, end: int) -> str:
        """Return what is kept of what was written between two positions, as text; -1 is the end."""
        with self._news:
            end = self._size if end < 0 else min(end, self._size)
            tail = max(self._size - len(self._last), len(self._first))  # where _last begins
            head = self._first[start:end]
            rest = self._last[max(start - tail, 0) : max(end - tail, 0)]
            gap = min(end, tail) - max(start, len(self._first))
            middle = b"\n[... %d bytes ...]\n" % gap if gap > 0 else b""
            return (head + middle + rest).decode("utf-8", "backslashreplace")
