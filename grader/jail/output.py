"""What a process prints, taken in as fast as it comes; only the first and last part is kept."""

from __future__ import annotations

import threading
from io import RawIOBase
from typing import IO

KEPT = 4096  # bytes, at either end


class Output:
    """Drains a stream in the background until it ends, however much comes."""

    def __init__(self, stream: IO[bytes] | RawIOBase) -> None:
        self._first = b""
        self._last = b""
        self._left_out = 0
        self._stream = stream
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._drain, daemon=True)
        self._thread.start()

    def _drain(self) -> None:
        while chunk := self._stream.read(65536):
            with self._lock:
                room = KEPT - len(self._first)
                self._first += chunk[:room]
                self._last += chunk[max(room, 0) :]
                self._left_out += max(len(self._last) - KEPT, 0)
                self._last = self._last[-KEPT:]
        self._stream.close()

    def finish(self, seconds: float) -> None:
        """Wait until the stream has ended, which it has when its last writer is gone."""
        self._thread.join(seconds)

    def text(self) -> str:
        """Return what is kept, as text; bytes that are not UTF-8 are shown as escapes."""
        with self._lock:
            middle = b"\n[... %d bytes ...]\n" % self._left_out if self._left_out else b""
            return (self._first + middle + self._last).decode("utf-8", "backslashreplace")
