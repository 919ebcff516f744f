"""The record of a conversation: who sent what to the program, and what came back, in order."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator

from grader.conversation import DOES, GETS, GETS_UNASKED, SENDS, SENDS_BYTES, Segment, Step
from grader.visible import visible

PRINTED = 2000  # characters of what is printed between two steps that are kept
TRACEBACK = "Traceback (most recent call last)"


class Transcript:
    """Collects steps and segments. Nothing is put into words here: most checks pass."""

    def __init__(self) -> None:
        self.segments: list[Segment] = []
        self._steps: list[Step] = []
        self._positions: list[int] = []  # for each step, how much was printed when it was noted
        self._printed: Callable[[], int] = lambda: 0
        self._first = 0  # the first step since the program was started last

    def __len__(self) -> int:
        return len(self._steps)

    def follow(self, printed: Callable[[], int]) -> None:
        """From now on, ask this how many bytes the program has printed so far."""
        self._printed = printed
        self._first = len(self._steps)

    # Steps, in the words that a student could type

    def sent(self, who: str, payload: str) -> None:
        """Note a message that goes out with the next segment."""
        self._add(Step(who, SENDS, payload, segment=len(self.segments) + 1))

    def sent_bytes(self, who: str, data: bytes) -> None:
        """Note a piece that goes out as the next segment."""
        self._add(Step(who, SENDS_BYTES, data=data, segment=len(self.segments) + 1))

    def each_sent(self, who: str, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """Note pieces as they are taken to be sent, each as a segment of its own."""
        for piece in pieces:
            self.sent_bytes(who, piece)
            self.carried(who, piece)
            yield piece

    def got(self, who: str, payload: str) -> None:
        self._add(Step(who, GETS, payload, segment=len(self.segments)))

    def found(self, who: str, payload: str) -> None:
        """Note a message that had come and that nobody had asked for."""
        self._add(Step(who, GETS_UNASKED, payload))

    def did(self, who: str, what: str) -> None:
        self._add(Step(who, DOES, what))

    def _add(self, step: Step) -> None:
        self._steps.append(step)
        # What precedes an answer was printed before it. Elsewhere the moment would be chance.
        self._positions.append(self._printed() if step.kind == GETS else -1)

    # Segments

    def carried(self, who: str, data: bytes, *, from_program: bool = False, flag: str = "") -> None:
        """Note what went over the wire just now."""
        self.segments.append(Segment(who, from_program, data, flag, time.monotonic()))

    # What was printed meanwhile

    def sent_by(self, who: str) -> bytes:
        """Return all that somebody has sent to the program, in order."""
        return b"".join(s.data for s in self.segments if s.who == who and not s.from_program)

    def steps(self, between: Callable[[int, int], str]) -> tuple[tuple[Step, ...], str]:
        """Return the steps with what was printed at each, and what was printed after the last.

        `between(start, end)` returns what was printed between two positions; -1 is the end. What
        follows the beginning of a traceback is left out: the incident tells it better.
        """
        steps, start, is_over = [*self._steps], 0, False
        for number in range(self._first, len(steps)):
            position = self._positions[number]
            if position > start:
                words = "" if is_over else visible(between(start, position))
                words, begun, _ = words.partition(TRACEBACK)
                is_over = is_over or bool(begun)
                steps[number] = steps[number]._replace(printed=words[:PRINTED])
                start = position
        rest = "" if is_over else visible(between(start, -1)).partition(TRACEBACK)[0]
        return tuple(steps), rest
