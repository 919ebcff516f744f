"""The process that calls the functions of chat_protocol.py, and what it answers."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import time
from dataclasses import dataclass
from typing import Any

from grader.harness import waiting
from grader.harness.asleep import endless_sleep
from grader.harness.incident import NO_REPORT, Incident
from grader.harness.limit import limit_reached
from grader.harness.verdict import CheckFailed
from grader.jail.jail import Jail, Place

OVER = object()
MAX_ANSWER = 1024 * 1024  # bytes of one answer
AT_WORK = "does not return: it was still at work when the grader gave up."
ASK = getattr(signal, "SIGUSR2", None)  # on POSIX; makes the process say where it is


@dataclass(frozen=True)
class Raised:
    """A call ended with an exception; `kinds` are the names of its class and of all its bases."""

    kinds: tuple[str, ...]
    incident: Incident

    def __repr__(self) -> str:
        return f"{self.incident.kind}: {self.incident.message}".rstrip(": ")


class Unanswered(CheckFailed):
    """A call did not return; where the process is, is in the worker's `told`."""


@dataclass(frozen=True)
class Foreign:
    """A value of a type that no function of the exercise returns."""

    kind: str

    def __repr__(self) -> str:
        return f"an object of type {self.kind}"


class Worker:
    """Sends requests to the process and reads its answers, which are bytes like any others."""

    def __init__(self, jail: Jail, place: Place) -> None:
        self._jail = jail
        self._process = jail.start(place, "")
        self._process.channel.settimeout(waiting.LAST_RESORT)
        self._status: int | None = None  # with which it was stopped, once it was
        self._waiting = b""  # the beginning of an answer that is not complete yet
        self.told: dict[str, Any] = {}  # what the process last said about itself

    @property
    def pid(self) -> int:
        return self._process.pid

    def close(self) -> None:
        """End the process, if that was not done before."""
        if self._status is None:
            self._status = self._jail.stop(self._process)

    def ask(self, what: str, **request: Any) -> Any:
        """Send a request and return the value that came of it, or Raised."""
        self.send(**request)
        return self.value(what)

    def send(self, **request: Any) -> None:
        with contextlib.suppress(OSError):  # if the worker has ended, there will be no answer
            self._process.channel.sendall(json.dumps(request).encode() + b"\n")

    def value(self, what: str) -> Any:
        """Wait for an answer; return its value, or Raised. `what` was called, for the words."""
        return self.read(self.answer(what), what)

    def answer(self, what: str) -> dict[str, Any]:
        """Wait for an answer and return it. Raises CheckFailed if there is none to be read."""
        patience = waiting.while_patient()  # which begins with the first bytes
        while b"\n" not in self._waiting:
            self._hear(what)
            if next(patience, OVER) is OVER:
                raise self._unanswered(what)
        line, _, self._waiting = self._waiting.partition(b"\n")
        try:
            answer = json.loads(line)
        except (ValueError, RecursionError):
            answer = None
        if not isinstance(answer, dict):
            raise CheckFailed(f"The result of {what} cannot be read.")
        self.told = answer
        if answer.get("event") == "asked":  # its CPU time is used up, and these are its last words
            raise Unanswered(f"{what} {AT_WORK}")
        return answer

    def _unanswered(self, what: str) -> Unanswered:
        words = self._does_not_return(what)
        self._asks()
        return Unanswered(words)

    def _asks(self) -> None:
        """Ask the process where it is. It need not answer."""
        self.told = {}
        if ASK is None:
            return
        data = b""
        with contextlib.suppress(OSError, ValueError, RecursionError):
            os.kill(self.pid, ASK)
            until = time.monotonic() + waiting.ANSWER_LIMIT
            while b"\n" not in data and len(data) < MAX_ANSWER:
                if not waiting.hears(self._process.channel, until):
                    return
                if not (more := self._process.channel.recv(65536)):  # it has ended instead
                    return
                data += more
            told = json.loads(data)
            self.told = told if isinstance(told, dict) else {}

    def _hear(self, what: str) -> None:
        """Take in more of an answer. Raises CheckFailed if there is no more, or too much."""
        if not waiting.readable(self._process.channel, self.pid):
            raise self._unanswered(what)
        try:
            data = self._process.channel.recv(65536)
        except OSError:
            data = b""
        if not data:
            raise CheckFailed(self._ended(what))
        self._waiting += data
        if len(self._waiting) > MAX_ANSWER:
            raise CheckFailed(f"The result of {what} is over {MAX_ANSWER} bytes.")

    def _ended(self, what: str) -> str:
        self.close()
        if limit := limit_reached(self._process, self._status or 0):
            return f"{what} does not return: the program was stopped, because {limit}."
        return f"{what} ended the whole program."

    def _does_not_return(self, what: str) -> str:
        if endless_sleep(self.pid):
            return f"{what} does not return: it waits for something that never comes."
        return f"{what} {AT_WORK}"

    def read(self, answer: dict[str, Any], what: str) -> Any:
        """Return the value in an answer, or Raised; a part not yet written fails the check."""
        try:
            if "raised" not in answer:
                return _decoded(answer["returned"])
            report = answer["raised"]
            raised = Raised(
                tuple(map(str, report["kinds"])), Incident.read(report, self._jail.submission.files)
            )
        except NO_REPORT:
            raise CheckFailed(f"The result of {what} cannot be read.") from None
        if raised.incident.is_todo:
            raise CheckFailed(raised.incident.text(), todo=True)
        return raised


def encoded(value: Any) -> Any:
    """Return an argument as a request carries it."""
    return {"bytes": value.decode("latin-1")} if isinstance(value, bytes) else value


def _decoded(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    ((kind, content),) = value.items()
    if kind in ("bytes", "bytearray"):
        data = content.encode("latin-1")
        return data if kind == "bytes" else bytearray(data)
    if kind in ("tuple", "list"):
        items = [*map(_decoded, content)]
        return items if kind == "list" else tuple(items)
    return Foreign(str(content) if kind == "other" else str(kind))
