"""The server under test, and the scripted clients that talk to it."""

from __future__ import annotations

import socket

from grader import exercise
from grader.harness import waiting
from grader.harness.client import Client
from grader.harness.program import Program
from grader.harness.verdict import CheckFailed
from grader.jail.jail import Jail, Place


class Server(Program):
    """Starts chat_server.py of a fresh copy of the submission; a context manager that ends it."""

    def __init__(self, jail: Jail, place: Place, descriptors: int = 1024) -> None:
        super().__init__(jail, place, exercise.SERVER_FILE, descriptors)
        self.last_request = ""  # what was sent last and by whom, for the words of a failure
        self._clients: list[Client] = []
        self._labels: set[str] = set()
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

    def client(self, name: str | None = None, *, receive_buffer: int = 0) -> Client:
        """Connect a client; with a name, it has introduced itself and been greeted.

        `receive_buffer` (bytes) makes its socket take in little before the server must wait.
        """
        label = self._label(name)
        sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        if receive_buffer:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        sock.settimeout(waiting.LAST_RESORT)
        try:
            sock.connect((exercise.HOST, self._place.port))
        except OSError as error:
            sock.close()
            raise self.failure(self._why_unreachable(error), connection_ended=True) from None
        client = Client(self, label, sock)
        self._clients.append(client)
        self.transcript.did(label, "(connects)")
        if name:
            client.asks(f"NAME {name}").gets(f"HELLO {name}")
        return client

    def _label(self, name: str | None) -> str:
        """Return a name for the transcript that no other client has there."""
        label = name or f"client-{len(self._clients) + 1}"
        if label in self._labels:
            label = f"{label}-{len(self._clients) + 1}"
        self._labels.add(label)
        return label

    def failure(self, text: str, *, connection_ended: bool = False) -> CheckFailed:
        """Return the failure that says this, what happened before, and what the server did."""
        for client in self._clients:
            client.notes_unread()
        return super().failure(text, connection_ended=connection_ended)

    def _why_unreachable(self, error: OSError) -> str:
        refused = isinstance(error, ConnectionRefusedError)
        reason = "was refused" if refused else f"failed ({error.strerror or 'time-out'})"
        text = f"A client should be able to connect to port {exercise.PORT}; the attempt {reason}."
        others = sorted({port for _, port in self._listens if port != self._place.port})
        if others:
            return f"{text}\nThe server listens on port {others[0]} instead."
        if self._listens and (exercise.HOST, self._place.port) not in self._reachable():
            return f"{text}\nThe server listens on the address {self._listens[0][0]} only."
        return f"{text}\nThe server listens on no port." if not self._listens else text

    def knocks(self, count: int) -> None:
        """Begin to connect `count` more clients, and wait for none of them to be let in."""
        self.transcript.did("(grader)", f"({count} more clients knock)")
        for _ in range(count):
            sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            sock.setblocking(False)
            sock.connect_ex((exercise.HOST, self._place.port))
            self._clients.append(Client(self, "(more)", sock))

    def frames_that_overflow(self, size: int, backlog: int = 0) -> int:
        """Return how many frames of `size` bytes fill the system's buffers and a backlog."""
        return (backlog + self._jail.send_buffer) // size + 100
