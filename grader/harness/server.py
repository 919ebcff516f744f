"""The server under test: a process of its own, with the scripted clients that talk to it."""

from __future__ import annotations

from typing import Any

from grader import exercise
from grader.harness import waiting
from grader.harness.clients import Clients
from grader.harness.program import Program
from grader.harness.verdict import CheckFailed
from grader.jail.jail import Jail, Place


class Server(Program, Clients):
    """Starts chat_server.py of a fresh copy of the submission; a context manager that ends it."""

    def __init__(self, jail: Jail, place: Place, descriptors: int = 1024) -> None:
        Program.__init__(self, jail, place, exercise.SERVER_FILE, descriptors)
        Clients.__init__(self, self.transcript, place.port)
        self.start()

    def start(self) -> None:
        """Start the program and wait until it listens, or until it is clear that it will not."""
        self.launch()
        for _ in waiting.while_patient():
            if (exercise.HOST, self._place.port) in self._reachable() or not self.hears_more():
                break

    def _reachable(self) -> set[tuple[str, int]]:
        every = {"0.0.0.0": exercise.HOST, "::": exercise.HOST, "": exercise.HOST}
        return {(every.get(host, host), port) for host, port in self._listens}

    def restarts(self) -> None:
        """Stop the server and start it again at once, on the same port."""
        self.transcript.did("(grader)", "(stops the server and starts it again)")
        self.stops()
        self.start()

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        for client in self._clients:
            client.abort()
        self.stops()

    def failure(self, text: str, **about: Any) -> CheckFailed:
        """Return the failure that says this, what happened before, and what the server did."""
        self.comes_to_rest()
        for client in self._clients:
            client.notes_unread()
        return Program.failure(self, text, **about)

    def _whose(self, port: int) -> str:
        # Ports are used again; who came last has it.
        return next((c.label for c in reversed(self._clients) if c.port == port), "")

    def why_unreachable(self, error: OSError) -> str:
        refused = isinstance(error, ConnectionRefusedError)
        reason = "was refused" if refused else f"failed ({error.strerror or 'time-out'})"
        text = f"A client should be able to connect to port {exercise.PORT}; the attempt {reason}."
        others = sorted({port for _, port in self._listens if port != self._place.port})
        if others:
            return f"{text}\nThe server listens on port {others[0]} instead."
        if self._listens and (exercise.HOST, self._place.port) not in self._reachable():
            return f"{text}\nThe server listens on the address {self._listens[0][0]} only."
        return f"{text}\nThe server listens on no port." if not self._listens else text

    def frames_that_overflow(self, size: int, backlog: int = 0) -> int:
        """Return how many frames of `size` bytes fill the system's buffers and a backlog."""
        return (backlog + self._jail.send_buffer) // size + 100
