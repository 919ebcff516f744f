"""The record of a conversation: who sent what to the server, and what came back, in order."""

from __future__ import annotations

from collections import deque

from grader.harness.verdict import shown

LINES_SHOWN = 16
PLAIN_TEXT = 60  # bytes of a raw piece that are shown


class Transcript:
    """Numbered steps, one line each, in the words that a student could type."""

    def __init__(self) -> None:
        self.lines: deque[str] = deque(maxlen=LINES_SHOWN)
        self._count = 0

    def sent(self, who: str, payload: str) -> None:
        self._add(who, f"> {shown(payload)}")

    def sent_bytes(self, who: str, data: bytes) -> None:
        cut = data if len(data) <= PLAIN_TEXT else data[:PLAIN_TEXT]
        more = "" if cut is data else f"... ({len(data)} bytes)"
        self._add(who, f"> the bytes {cut!r}{more}")

    def got(self, who: str, payload: str) -> None:
        self._add(who, f"< {shown(payload)}")

    def did(self, who: str, what: str) -> None:
        self._add(who, f"  {what}")

    def _add(self, who: str, what: str) -> None:
        self._count += 1
        self.lines.append(f"{self._count:4}  {who:9} {what}")

    def text(self) -> str:
        """Return the last steps, with a line that says how many came before them."""
        left_out = self._count - len(self.lines)
        first = [f"      ({left_out} steps before)"] if left_out > 0 else []
        return "\n".join([*first, *self.lines])
