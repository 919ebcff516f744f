"""The kit's own server, as a client under test meets it: it says what a check tells it to."""

from __future__ import annotations

import contextlib
import selectors
import socket
import struct
from collections.abc import Iterable
from typing import TYPE_CHECKING

from grader.conversation import Expectation, Ruler
from grader.exercise import HOST, BadFrame, FrameDecoder, frame
from grader.harness import waiting
from grader.harness.rulers import ruler_of_bad_frame
from grader.harness.segments import send_apart
from grader.harness.verdict import CheckFailed, shown

if TYPE_CHECKING:
    from grader.harness.session import Session

LABEL = "(server)"
OVER = object()
MOST_MESSAGES = 2000  # that a client sends where it was asked for one
MOST_CHUNKS = 100  # of 64 KiB, that a client has sent when the server leaves


class ScriptedServer:
    """Listens where the client will connect, holds its one connection, and reads what it sends."""

    def __init__(self, session: Session, port: int) -> None:
        self._session = session
        self.listener = socket.create_server((HOST, port))
        self.listener.setblocking(False)
        self._sock: socket.socket | None = None
        self._decoder = FrameDecoder()
        self._end = ""  # how the connection ended, once it has

    def close(self) -> None:
        self.listener.close()
        if self._sock:
            self._sock.close()

    def is_called(self) -> bool:
        """Tell whether the client has connected, and was not accepted yet."""
        return bool(waiting.poll(self.listener, selectors.EVENT_READ, 0))

    def accepts(self) -> ScriptedServer:
        """The client must connect."""
        if not self._session.comes(self.listener):
            raise self._session.failure("The client should connect to the server; it does not.")
        self._sock, _ = self.listener.accept()
        self._sock.setblocking(False)
        self._sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._session.transcript.did(LABEL, "(accepts the client)")
        self._session.transcript.carried(LABEL, b"", from_program=True, flag="SYN")
        return self

    # Saying

    def says(self, *payloads: str) -> ScriptedServer:
        """Send messages, all in one piece."""
        for payload in payloads:
            self._session.transcript.sent(LABEL, payload)
        whole = b"".join(map(frame, payloads))
        self._session.transcript.carried(LABEL, whole)
        return self._send([whole])

    def sends_apart(self, pieces: Iterable[bytes]) -> ScriptedServer:
        """Send pieces of which the client has read each before the next one comes."""
        return self._send(self._session.transcript.each_sent(LABEL, pieces))

    def _send(self, pieces: Iterable[bytes]) -> ScriptedServer:
        assert self._sock is not None
        self._sock.settimeout(waiting.LAST_RESORT)
        with contextlib.suppress(OSError):  # the client has gone; the next expectation tells
            send_apart(self._sock, pieces, self._session.pid)
        self._sock.setblocking(False)
        return self

    # Expecting

    def gets(self, payload: str) -> ScriptedServer:
        """The next message of the client must be exactly this one."""
        wanted = f"`{shown(payload)}`"
        came = self._take(wanted)
        if came is None:
            raise self._unexpected(wanted, self._end)
        if came != payload:
            raise self._unexpected(wanted, f"`{shown(came)}`", has_come=True)
        return self

    def gets_at_last(self, payload: str) -> ScriptedServer:
        """This message must come, whatever other messages come before it."""
        wanted = f"`{shown(payload)}`"
        for _ in range(MOST_MESSAGES):
            came = self._take(wanted)
            if came == payload:
                return self
            if came is None:
                raise self._unexpected(wanted, self._end)
        raise self._unexpected(wanted, "message after message, without an end")

    def gets_end(self) -> ScriptedServer:
        """The client must close the connection, and say nothing before."""
        wanted = "the end of the connection"
        came = self._take(wanted)
        if came is not None:
            raise self._unexpected(wanted, f"`{shown(came)}`", has_come=True)
        return self

    def _take(self, wanted: str) -> str | None:
        """Return the next message, None when the connection has ended."""
        patience = waiting.while_patient()  # which begins with the first bytes
        while True:
            try:
                payload = self._decoder.next_payload()
            except BadFrame as error:
                ruler = ruler_of_bad_frame("What the server got", error)
                came = f"something else: {error}"
                raise self._unexpected(wanted, came, rulers=(ruler,)) from None
            if payload is not None:
                self._session.transcript.got(LABEL, payload)
                return payload
            if self._end:
                return None
            assert self._sock is not None
            if not self._session.comes(self._sock):
                raise self._unexpected(wanted, f"nothing more{self._begun()}", is_stuck=True)
            self._receive()
            if next(patience, OVER) is OVER:
                raise self._unexpected(wanted, f"nothing more{self._begun()}")

    def _begun(self) -> str:
        rest = bytes(self._decoder.waiting[:40])
        return f" than the beginning of a message, {rest!r}" if rest else ""

    def _receive(self) -> None:
        assert self._sock is not None
        try:
            data = self._sock.recv(65536)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        self._session.transcript.carried(LABEL, data, from_program=True, flag="" if data else "FIN")
        self._decoder.feed(data)
        if not data:
            self._end = "the end of the connection"

    def _unexpected(
        self,
        wanted: str,
        came: str,
        *,
        has_come: bool = False,
        rulers: tuple[Ruler, ...] = (),
        is_stuck: bool = False,
    ) -> CheckFailed:
        steps = len(self._session.transcript)
        return self._session.failure(
            f"The server should get: {wanted}\nThe server got:        {came}",
            connection_ended=bool(self._end),
            expectation=Expectation(LABEL, wanted, came, steps, has_come),
            rulers=rulers,
            is_stuck=is_stuck,
        )

    # Leaving

    def closes(self) -> None:
        """Leave as a server that ends does: by FIN."""
        self._session.transcript.did(LABEL, "(closes the connection)")
        self._session.transcript.carried(LABEL, b"", flag="FIN")
        self._leave()

    def resets(self) -> None:
        """Vanish as a server that crashes may do: by RST."""
        assert self._sock is not None
        self._session.transcript.did(LABEL, "(vanishes: RST)")
        self._session.transcript.carried(LABEL, b"", flag="RST")
        self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._leave()

    def _leave(self) -> None:
        assert self._sock is not None
        with contextlib.suppress(OSError):  # unread bytes would turn the FIN into an RST
            for _ in range(MOST_CHUNKS):
                if not waiting.poll(self._sock, selectors.EVENT_READ, 0):
                    break
                if not self._sock.recv(65536):
                    break
        self._sock.close()
        self.listener.close()
