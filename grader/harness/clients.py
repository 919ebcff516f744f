"""The scripted clients of one server, whoever started it."""

from __future__ import annotations

import socket
from selectors import EVENT_WRITE as WRITE
from typing import Any

from grader import exercise
from grader.harness import waiting
from grader.harness.client import Client
from grader.harness.transcript import Transcript
from grader.harness.verdict import CheckFailed


class Clients:
    """Connects clients, and holds what they need to know of the server."""

    kind = Client  # of the clients it makes

    def __init__(self, transcript: Transcript, port: int) -> None:
        self.transcript = transcript
        self.last_request = ""  # what was sent last and by whom, for the words of a failure
        self._port = port
        self._clients: list[Client] = []
        self._labels: set[str] = set()

    @property
    def pid(self) -> int:
        """The server's process; 0 if nobody may look at it."""
        raise NotImplementedError

    def failure(self, text: str, **about: Any) -> CheckFailed:
        """Return the failure that says this."""
        raise NotImplementedError

    def why_unreachable(self, error: OSError) -> str:
        """Return in words why no client could connect."""
        raise NotImplementedError

    def frames_that_overflow(self, size: int, backlog: int = 0) -> int:
        """Return how many frames of `size` bytes fill the system's buffers and a backlog."""
        raise NotImplementedError

    def client(self, name: str | None = None, *, receive_buffer: int = 0) -> Client:
        """Connect a client; with a name, it has introduced itself and been greeted.

        `receive_buffer` (bytes) makes its socket take in little before the server must wait.
        """
        label = self._label(name)
        sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        if receive_buffer:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        sock.settimeout(waiting.LAST_RESORT)
        self.transcript.did(label, "(connects)")
        try:
            sock.connect((exercise.HOST, self._port))
        except OSError as error:
            sock.close()
            raise self.failure(self.why_unreachable(error), connection_ended=True) from None
        client = self.kind(self, label, sock)
        self._clients.append(client)
        self.transcript.carried(label, b"", flag="SYN")
        if name:
            client.asks(f"NAME {name}").gets(f"HELLO {name}")
        return client

    def keeps_waiting(self, name: str, sender: Client) -> None:
        """Have `sender` send a client that does not read more than the system holds for it."""
        text, greeting = "x" * 1000, f"HELLO {sender.label}"
        for _ in range(self.frames_that_overflow(len(text)) // 100 + 1):
            sender.asks(*[f"MSG {name} {text}"] * 100)
            sender.asks(f"NAME {sender.label}").skips_errors().gets(greeting)

    def _label(self, name: str | None) -> str:
        """Return a name for the transcript that no other client has there."""
        label = name or f"client-{len(self._clients) + 1}"
        if label in self._labels:
            label = f"{label}-{len(self._clients) + 1}"
        self._labels.add(label)
        return label

    def knocks(self, count: int) -> None:
        """Begin to connect `count` more clients; return when the system has them all.

        The server need not let any of them in. Where its queue of newcomers is full, and it sleeps,
        the last ones stay outside.
        """
        self.transcript.did("(grader)", f"({count} more clients knock)")
        for _ in range(count):
            sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            sock.setblocking(False)
            sock.connect_ex((exercise.HOST, self._port))
            self._clients.append(self.kind(self, "(more)", sock))
        if self.pid:  # on a busy machine the first of them may not have arrived yet
            waiting.happens(lambda seconds: bool(waiting.poll(sock, WRITE, seconds)), self.pid)
