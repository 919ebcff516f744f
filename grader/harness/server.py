"""The server under test: a process of the submission, and the scripted clients that talk to it."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import socket
import time
from collections.abc import Callable
from typing import Any

import psutil

from grader import exercise
from grader.harness import waiting
from grader.harness.client import Client
from grader.harness.incident import Incident
from grader.harness.transcript import Transcript
from grader.harness.verdict import CheckFailed
from grader.jail.jail import Jail, Place
from grader.jail.launch import Launched

YARDSTICK = 0.12  # seconds of the grader's own CPU time; see Server.rests
SHARE = 0.3  # of it that a resting server may use; one that spins uses as much as the grader
PRINTED = 1200  # characters of the server's output that a failure shows


class Server:
    """Starts chat_server.py of a fresh copy of the submission; a context manager that ends it."""

    def __init__(self, jail: Jail, place: Place, descriptors: int = 1024) -> None:
        self.transcript = Transcript()
        self._jail = jail
        self._place = place
        self._descriptors = descriptors
        self._clients: list[Client] = []
        self._process: Launched | None = None
        self._news = b""  # the beginning of a report that is not complete yet
        self._has_ended = False
        self._listens: list[tuple[str, int]] = []
        self._incident: Incident | None = None
        self.start()

    # The process

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start the program and wait until it listens. Raises CheckFailed if it does not."""
        self._news, self._has_ended, self._listens, self._incident = b"", False, [], None
        program = exercise.SERVER_FILE
        if program not in self._jail.submission.files:
            raise CheckFailed(f"{program} is missing.")
        self._process = self._jail.start(self._place, program, self._descriptors)
        while (exercise.HOST, self._place.port) not in self._reachable():
            if not self._hears_more():
                break

    def _reachable(self) -> set[tuple[str, int]]:
        every = {"0.0.0.0": exercise.HOST, "::": exercise.HOST, "": exercise.HOST}
        return {(every.get(host, host), port) for host, port in self._listens}

    def _hears_more(self) -> bool:
        """Wait for the next report of the process; False if none will come."""
        assert self._process is not None
        return waiting.readable(self._process.channel, self.pid) and self._hear()

    def _hear(self) -> bool:
        """Take in what the process has reported; False if that was all it will ever report."""
        assert self._process is not None
        data = self._process.channel.recv(65536)
        *lines, self._news = (self._news + data).split(b"\n")
        for line in lines:
            with contextlib.suppress(ValueError, RecursionError, TypeError, KeyError):
                self._note(json.loads(line))
        self._has_ended = not data
        return bool(data)

    def _note(self, report: dict[str, Any]) -> None:
        # Untrusted: it comes from the student's process, and serves for words only.
        if report["event"] == "listening":
            self._listens.append((str(report["host"]), int(report["port"])))
        else:
            self._incident = Incident.read(report)

    def stops(self) -> int | None:
        """End the process at once; return its exit status if it had ended before."""
        process, self._process = self._process, None
        return self._jail.stop(process) if process else None

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

    # Clients

    def client(self, name: str | None = None, *, receive_buffer: int = 0) -> Client:
        """Connect a client; with a name, it has introduced itself and been greeted.

        `receive_buffer` (bytes) makes its socket take in little before the server must wait.
        """
        label = name or f"client-{len(self._clients) + 1}"
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

    def _why_unreachable(self, error: OSError) -> str:
        refused = isinstance(error, ConnectionRefusedError)
        reason = "was refused" if refused else f"failed ({error.strerror or 'time-out'})"
        text = f"A client should be able to connect to port {exercise.PORT}; the attempt {reason}."
        others = sorted({port for _, port in self._listens if port != self._place.port})
        if others:
            return f"{text}\nThe server listens on port {others[0]} instead."
        if self._listens and self._reachable().isdisjoint({(exercise.HOST, self._place.port)}):
            return f"{text}\nThe server listens on the address {self._listens[0][0]} only."
        return f"{text}\nThe server listens on no port." if not self._listens else text

    # What became of it

    def failure(self, text: str, *, connection_ended: bool = False) -> CheckFailed:
        """Return the failure that says this, what happened before, and what the server did.

        Where a connection ended, the server may just be dying of an exception; then its last
        words are waited for.
        """
        while self._process and not self._incident:
            channel = self._process.channel
            if connection_ended:
                if not self._hears_more():
                    break
            elif not waiting.poll(channel, selectors.EVENT_READ, 0) or not self._hear():
                break
        incident = self._incident
        parts = [text]
        if self.transcript.lines:
            parts.append("What happened:\n" + self.transcript.text())
        if incident:
            parts.insert(0, incident.text())
        elif self._has_ended:
            parts.insert(0, f"{exercise.SERVER_FILE} ended by itself: it should serve for ever.")
        if printed := self._printed():
            parts.append(f"What {exercise.SERVER_FILE} printed:\n{printed}")
        return CheckFailed("\n\n".join(parts), todo=bool(incident and incident.is_todo))

    def _printed(self) -> str:
        if not self._process:
            return ""
        if self._has_ended:
            self._process.output.finish(waiting.LOOK_EVERY)
        printed = self._process.output.text().replace(str(self._place.folder) + "/", "")
        lines = printed.strip().splitlines()
        return "\n".join(f"      {line[:200]}" for line in lines)[-PRINTED:]

    # What it uses

    def rests(self, situation: str) -> None:
        """The server must use no CPU time to speak of.

        CPU time against CPU time, no clock: it is held against what the grader itself uses
        meanwhile. On a busy machine both get less, and a server that sleeps uses nothing.
        """
        for _ in range(3):  # it may still have had something to do the first time
            used = self._cpu_used_meanwhile()
            if used < YARDSTICK * SHARE:
                return
        raise self.failure(
            f"{situation}\nThe server should rest; it used {used:.2f} s of CPU time while the "
            f"grader used {YARDSTICK:.2f} s."
        )

    def _cpu_used_meanwhile(self) -> float:
        before = self._cpu_seconds()
        start = time.process_time()
        while time.process_time() - start < YARDSTICK:
            pass
        return self._cpu_seconds() - before

    def _cpu_seconds(self) -> float:
        times = [process.cpu_times() for process in self._tree()]
        return sum(time.user + time.system for time in times)

    def descriptors(self) -> int:
        """Return how many files and sockets the server has open."""
        processes = self._tree()
        count = "num_handles" if os.name == "nt" else "num_fds"
        return sum(getattr(process, count)() for process in processes)

    def _tree(self) -> list[psutil.Process]:
        try:
            process = psutil.Process(self.pid)
            return [process, *process.children(recursive=True)]
        except psutil.NoSuchProcess:
            raise self.failure("The server should still be running.") from None

    def waits_until(self, condition: Callable[[], bool]) -> bool:
        """Wait until `condition()` is true; False if it will not be."""
        return waiting.spin_until(condition, self.pid)
