"""A scripted client: it sends what a check tells it to, and holds the server to the answer.

alice.asks("NAME alice").gets("HELLO alice")
alice.asks("MSG nobody hi").gets_error()
"""

from __future__ import annotations

import contextlib
import selectors
import socket
import struct
from collections.abc import Iterable
from typing import TYPE_CHECKING

from grader.conversation import Expectation, Ruler
from grader.exercise import BadFrame, FrameDecoder, frame
from grader.harness import waiting
from grader.harness.rulers import ruler_of_bad_frame
from grader.harness.segments import send_apart, wait_until_read
from grader.harness.verdict import CheckFailed, shown

if TYPE_CHECKING:
    from grader.harness.clients import Clients

CHUNK = 65536  # bytes
OVER = object()
ENDLESS = "message after message, without an end"
RETRIES = 20  # requests for a name before the server is given the time to settle
QUICKACK = getattr(socket, "TCP_QUICKACK", None)  # Linux has it
MOST_MESSAGES = 200_000  # to one client; a right server has half as many to say where it is most
MOST_UNREAD = 16 * 1024 * 1024  # bytes that came and are no answer to what was asked so far
SLOWEST = 200_000  # bytes a second that a server must read while it is sent millions of them
UNREAD_NOTED = 1000  # messages that were not asked for and are looked at


class Client:
    """One connection to the server under test, with its place in the transcript."""

    def __init__(self, server: Clients, label: str, sock: socket.socket) -> None:
        self.server = server
        self.label = label
        self.reads = True  # False: leave everything unread, as a client that hangs would
        self._sock = sock
        self._decoder = FrameDecoder()
        self._skips_errors = False
        self._taken = 0  # messages so far
        self._end = ""  # how the connection ended, once it has
        self.port = 0  # from which it is connected
        with contextlib.suppress(OSError):
            self.port = sock.getsockname()[1]
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # scripted clients do not dawdle

    # Sending

    def asks(self, *payloads: str) -> Client:
        """Send messages, all in one piece. The next expectation is about the answer."""
        for payload in payloads:
            self._note(shown(payload))
            self.server.transcript.sent(self.label, payload)
        self._send(b"".join(map(frame, payloads)))
        return self

    def sends(self, data: bytes) -> Client:
        """Send bytes just as they are, in one piece."""
        self._note(repr(data) if len(data) < 40 else f"{len(data)} bytes")
        self.server.transcript.sent_bytes(self.label, data)
        self._send(data)
        return self

    def sends_apart(self, pieces: Iterable[bytes]) -> Client:
        """Send pieces of which the server has read each before the next one arrives."""
        pieces = [piece for piece in pieces if piece]
        self._note(" then ".join(map(repr, pieces)) if len(pieces) < 4 else f"{len(pieces)} pieces")
        self._sock.setblocking(True)
        self._sock.settimeout(waiting.LAST_RESORT)
        try:
            noted = self.server.transcript.each_sent(self.label, pieces)
            send_apart(self._sock, noted, self.server.pid)
        except OSError:
            pass  # the connection has ended; the next expectation will find that out
        finally:
            self._sock.setblocking(False)
        return self

    def waits_until_read(self) -> Client:
        """Return when the server has read all that was sent."""
        wait_until_read(self._sock, self.server.pid)
        return self

    def _note(self, what: str) -> None:
        self.server.last_request = f"{self.label} sent `{what}`"

    def _send(self, data: bytes) -> None:
        # While the server cannot take more, read what it says: neither side may wait for the other.
        rest = memoryview(data)
        events = selectors.EVENT_WRITE | (selectors.EVENT_READ if self.reads else 0)
        for _ in waiting.while_patient(1 + len(data) / SLOWEST / waiting.LAST_RESORT):
            if not rest or self._end:
                return
            ready = 0

            def event(seconds: float) -> bool:
                nonlocal ready
                ready = waiting.poll(self._sock, events, seconds)
                return bool(ready)

            if not waiting.happens(event, self.server.pid):
                raise self.unexpected(
                    "the server should read it", "the server reads nothing more", is_stuck=True
                )
            if ready & selectors.EVENT_READ:
                self._receive()
            if ready & selectors.EVENT_WRITE:
                try:
                    size = self._sock.send(rest[:CHUNK])
                    self.server.transcript.carried(self.label, bytes(rest[:size]))
                    rest = rest[size:]
                except BlockingIOError:
                    continue
                except OSError:
                    return  # it has ended; what it said before that can still be read
        if rest:
            raise self.unexpected("the server should read it", "the server reads far too slowly")

    # Expecting

    def gets(self, payload: str) -> Client:
        """The next message must be exactly this one."""
        came = self._next(f"`{shown(payload)}`")
        if came != payload:
            raise self.unexpected(f"`{shown(payload)}`", f"`{shown(came)}`", has_come=True)
        return self

    def gets_error(self) -> Client:
        """The next message must be ERROR with some words after it."""
        wanted = "`ERROR` and, after a space, words that say why"
        came = self._next(wanted)
        if not came.startswith("ERROR ") or not came[6:].strip():
            raise self.unexpected(wanted, f"`{shown(came)}`", has_come=True)
        return self

    def gets_names(self, *names: str) -> Client:
        """The next message must be NAMES with these names, in any order."""
        wanted = f"`{shown(' '.join(['NAMES', *names]))}` (the names in any order)"
        came = self._next(wanted)
        head, *listed = came.split(" ")
        if head != "NAMES" or sorted(listed) != sorted(names):
            raise self.unexpected(wanted, f"`{shown(came)}`", has_come=True)
        return self

    def gets_any(self, wanted: str) -> str:
        """Return the next message, whatever it is; `wanted` says what it should be."""
        return self._next(wanted)

    def gets_nothing_more(self) -> Client:
        """Nothing may have come: the answer to a further request must be the next message."""
        request = self.server.last_request
        self.asks("GET_NAMES")
        came = self._next("`NAMES ...`")
        if came.split(" ")[0] != "NAMES":
            self.server.last_request = request
            raise self.unexpected("no message at all", f"`{shown(came)}`", has_come=True)
        return self

    def skips_errors(self) -> Client:
        """Pass over every ERROR that comes next; the message after them is expected as usual."""
        self._skips_errors = True
        return self

    def gets_names_at_last(self, *names: str) -> Client:
        """Ask who is there, until these are: somebody has just left, or is just leaving."""
        for _ in range(RETRIES):
            came = self.asks("GET_NAMES")._next("`NAMES ...`")
            if sorted(came.split(" ")[1:]) == sorted(names):
                return self
        waiting.settles(self.server.pid)
        return self.asks("GET_NAMES").gets_names(*names)

    def takes_over(self, name: str) -> Client:
        """Ask for a name whose owner has just left; the server must come to give it.

        Whether it notices the leaving before or after this request is chance. So it is asked
        again, as often as it takes the server to have nothing more to do.
        """
        for _ in range(RETRIES):
            if self._is_greeted(name):
                return self
        waiting.settles(self.server.pid)
        self.asks(f"NAME {name}").gets(f"HELLO {name}")
        return self

    def _is_greeted(self, name: str) -> bool:
        self.asks(f"NAME {name}")
        wanted = f"`HELLO {name}`"
        came = self._next(wanted)
        if came != f"HELLO {name}" and not came.startswith("ERROR "):
            raise self.unexpected(wanted, f"`{shown(came)}`", has_come=True)
        return came == f"HELLO {name}"

    def gets_cut_off(self, *, error_first: bool = False) -> Client:
        """The server must close this connection; with `error_first` it may say one ERROR before."""
        wanted = "the server should close this connection"
        came = self._take(wanted, end_is_fine=True)
        if error_first and came is not None and came.startswith("ERROR "):
            came = self._take(wanted, end_is_fine=True)
        if came is not None:
            raise self.unexpected(wanted, f"`{shown(came)}`", has_come=True)
        self.server.transcript.did(self.label, f"({self._end})")
        return self

    def gets_end_after_messages(self) -> Client:
        """Whatever comes, the connection must end."""
        wanted = "the server should close this connection"
        for _ in waiting.while_patient(times=2):
            if self._take(wanted, end_is_fine=True) is None:
                return self
        raise self.unexpected(wanted, ENDLESS)

    def _next(self, wanted: str) -> str:
        came = self._take(wanted)
        assert came is not None
        return came

    def _take(self, wanted: str, *, end_is_fine: bool = False) -> str | None:
        """Return the next message; None when the connection ended, where that is fine."""
        # It begins with the first bytes. A right server needs next to nothing of it.
        patience = waiting.while_patient(times=2 if self._skips_errors else 1)
        while True:
            try:
                payload = self._decoder.next_payload()
            except BadFrame as error:
                ruler = ruler_of_bad_frame(f"What {self.label} got", error)
                came = f"something else: {error}"
                raise self.unexpected(wanted, came, rulers=(ruler,)) from None
            if payload is not None:
                self._taken += 1
                if self._taken > MOST_MESSAGES:
                    raise self.unexpected(wanted, ENDLESS)
                self.server.transcript.got(self.label, payload)
                if self._skips_errors and payload.startswith("ERROR "):
                    continue
                self._skips_errors = False
                return payload
            if self._end and end_is_fine:
                return None
            if self._end:
                raise self.unexpected(wanted, self._end)
            self._acknowledge()
            if not waiting.readable(self._sock, self.server.pid):
                raise self.unexpected(wanted, self._nothing(), is_stuck=True)
            self._receive()
            if next(patience, OVER) is OVER:
                came = ENDLESS if self._skips_errors else "no whole message, byte after byte"
                raise self.unexpected(wanted, came)

    def _acknowledge(self) -> None:
        """Have the system acknowledge now what has come; it likes to wait 40 ms for more.

        Meanwhile the server's system may hold back the next small piece (Nagle's algorithm).
        Source: tcp(7), on TCP_QUICKACK, which does not last.
        """
        if QUICKACK is not None:
            with contextlib.suppress(OSError):
                self._sock.setsockopt(socket.IPPROTO_TCP, QUICKACK, 1)

    def _receive(self) -> None:
        try:
            data = self._sock.recv(CHUNK)
        except BlockingIOError:
            return
        except OSError:
            self._end = "the connection was reset"
            self.server.transcript.carried(self.label, b"", from_program=True, flag="RST")
            return
        self.server.transcript.carried(
            self.label, data, from_program=True, flag="" if data else "FIN"
        )
        if data:
            self._decoder.feed(data)
            if len(self._decoder.waiting) > MOST_UNREAD:
                raise self.unexpected("no more than was asked for", ENDLESS)
        else:
            self._end = "the server closed the connection"

    def _nothing(self) -> str:
        begun = bytes(self._decoder.waiting[:40])
        return (
            f"the beginning of a message, {begun!r}, and no more"
            if begun
            else "nothing: the server does not answer"
        )

    def unexpected(
        self,
        wanted: str,
        came: str,
        *,
        has_come: bool = False,
        rulers: tuple[Ruler, ...] = (),
        is_stuck: bool = False,
    ) -> CheckFailed:
        """Return the failure that says what should have come and what came.

        `has_come` says that what came is a message: the last step of the transcript.
        """
        last = self.server.last_request
        after = f"\nafter {last}" if last else ""
        text = f"{self.label} should get: {wanted}\n{self.label} got:        {came}{after}"
        steps = len(self.server.transcript)
        return self.server.failure(
            text,
            connection_ended=bool(self._end),
            expectation=Expectation(self.label, wanted, came, steps, has_come),
            rulers=rulers,
            is_stuck=is_stuck,
        )

    def notes_unread(self) -> None:
        """Put into the transcript what has come and was not expected, for whoever reads it."""
        with contextlib.suppress(OSError, BadFrame):
            is_open = self._sock.fileno() >= 0 and len(self._decoder.waiting) < MOST_UNREAD // 2
            if is_open and self.reads and waiting.poll(self._sock, selectors.EVENT_READ, 0):
                self._receive()
            for _ in range(UNREAD_NOTED):
                if (payload := self._decoder.next_payload()) is None:
                    break
                self.server.transcript.found(self.label, payload)

    # Leaving

    def closes(self) -> None:
        """Leave as a program that ends does: by FIN."""
        self.server.transcript.did(self.label, "(closes the connection)")
        self.server.transcript.carried(self.label, b"", flag="FIN")
        self._sock.close()

    def resets(self) -> None:
        """Vanish as a program that crashes may do: by RST."""
        self.server.transcript.did(self.label, "(vanishes: RST)")
        self.server.transcript.carried(self.label, b"", flag="RST")
        self.abort()

    def ends_stream(self) -> Client:
        """Send no more, and go on receiving: the FIN of one direction."""
        self.server.transcript.did(self.label, "(ends its stream, and goes on receiving)")
        self.server.transcript.carried(self.label, b"", flag="FIN")
        with contextlib.suppress(OSError):
            self._sock.shutdown(socket.SHUT_WR)
        return self

    def leaves_by_exit(self) -> None:
        """Leave as the exercise has it: by EXIT."""
        self.asks("EXIT").gets_cut_off()
        self.abort()

    def abort(self) -> None:
        """Close by RST without a word; that leaves no TIME_WAIT at either end."""
        with contextlib.suppress(OSError):
            self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._sock.close()
