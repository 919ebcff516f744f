"""chat_protocol.py under test: its functions are called in another process, over a pipe."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Sequence
from typing import Any

from grader import exercise
from grader.harness import waiting
from grader.harness.segments import send_apart
from grader.harness.verdict import CheckFailed, shown_value
from grader.harness.worker import Raised, Worker, encoded
from grader.jail.jail import Jail, Place
from grader.jail.network import NoPort

Step = bytes | str | None  # bytes are fed to a MessageBuffer; anything else must come out of it


class Protocol:
    """Calls the functions of a fresh copy of chat_protocol.py; a context manager that ends it."""

    def __init__(self, jail: Jail, place: Place) -> None:
        if exercise.PROTOCOL_FILE not in jail.submission.files:
            raise CheckFailed(f"{exercise.PROTOCOL_FILE} is missing.")
        self._worker = Worker(jail, place)
        # Where a lease was needed, its port may be the only one that the worker can reach.
        port = place.lease.port if place.lease else 0
        try:
            self._listener = socket.create_server((exercise.HOST, port))
        except OSError:
            self._worker.close()
            if place.lease:  # then it is not the submission that has the port
                raise
            raise NoPort("Your programs have left connections on every port.") from None
        self._stream: socket.socket | None = None
        self.names: dict[str, int | None] = {}

    def loads(self) -> None:
        """The module must be importable; `names` are its names then, with integer constants."""
        self._worker.send(do="load")
        answer = self._worker.answer("import chat_protocol")
        if "raised" in answer:
            raised = self._worker.read(answer, "import chat_protocol")
            raise CheckFailed(f"chat_protocol.py cannot be imported.\n{raised.incident.text()}")
        names = answer.get("names")
        if not isinstance(names, dict):
            raise CheckFailed("The result of import chat_protocol cannot be read.")
        self.names = {n: value if type(value) is int else None for n, value in names.items()}

    def __enter__(self) -> Protocol:
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()
        if self._stream:
            self._stream.close()
        self._worker.close()

    # Functions

    def returns(self, function: str, *arguments: Any, value: Any) -> None:
        """The call must return exactly this value, of this type."""
        came = self.call(function, *arguments)
        if type(came) is not type(value) or came != value:
            raise self._failure(_written(function, arguments), f"return {shown_value(value)}", came)

    def raises(self, function: str, *arguments: Any, kind: str) -> None:
        """The call must raise this exception, or one derived from it."""
        came = self.call(function, *arguments)
        if not isinstance(came, Raised) or kind not in came.kinds:
            raise self._failure(_written(function, arguments), f"raise {kind}", came)

    def call(self, function: str, *arguments: Any) -> Any:
        """Return what the call returned, or Raised. An unwritten function fails the check."""
        values = [*map(encoded, arguments)]
        return self._worker.ask(function, do="call", function=function, arguments=values)

    # get_msg, over a connection

    def opens_stream(self) -> None:
        """Give the worker a new connection to read from; the grader holds its other end."""
        self._worker.send(do="connect", port=self._listener.getsockname()[1])
        if self._stream:
            self._stream.close()
        self._listener.settimeout(waiting.LAST_RESORT)
        try:
            self._stream, _ = self._listener.accept()
            self._stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError:
            raise CheckFailed("The process that runs chat_protocol.py does not answer.") from None
        self._worker.value("connecting")

    def reads(self, *pieces: bytes, ends: bool = False) -> Any:
        """Send pieces, each after the one before was read, while get_msg runs; return its result.

        With `ends` the stream ends after the last piece.
        """
        assert self._stream is not None
        self._worker.send(do="get_msg")
        with contextlib.suppress(OSError):
            send_apart(self._stream, [piece for piece in pieces if piece], self._worker.pid)
            if ends:
                self._stream.shutdown(socket.SHUT_WR)
        return self._worker.value(_get_msg(pieces, ends))

    def rest_of_stream(self) -> Any:
        """End the stream and return the bytes that get_msg has left unread in it."""
        assert self._stream is not None
        with contextlib.suppress(OSError):
            self._stream.shutdown(socket.SHUT_WR)
        return self._worker.ask("recv", do="read_rest")

    def get_msg_returns(self, *pieces: bytes, value: str | None, ends: bool = False) -> None:
        """get_msg must return this when these pieces arrive."""
        came = self.reads(*pieces, ends=ends)
        if type(came) is not type(value) or came != value:
            raise self._failure(_get_msg(pieces, ends), f"return {shown_value(value)}", came)

    def get_msg_raises(self, *pieces: bytes, ends: bool = False) -> None:
        """get_msg must raise ProtocolError when these pieces arrive."""
        came = self.reads(*pieces, ends=ends)
        if not isinstance(came, Raised) or "ProtocolError" not in came.kinds:
            raise self._failure(_get_msg(pieces, ends), "raise ProtocolError", came)

    # MessageBuffer

    def buffer_yields(self, *steps: Step) -> None:
        """Feed the bytes among the steps; every other step is what next_message must return."""
        self.buffers_yield(*((0, step) for step in steps))

    def buffers_yield(self, *steps: tuple[int, Step]) -> None:
        """The same for several buffers at once; each step begins with the number of the buffer."""
        results = self._run_buffers(steps)
        for number, ((_, step), result) in enumerate(zip(steps, results, strict=False)):
            fed = isinstance(step, bytes)
            if fed and not isinstance(result, Raised):
                continue
            if type(result) is not type(step) or result != step:
                what = f"MessageBuffer, {_fed(steps[: number + 1])},"
                wanted = "take the bytes" if fed else f"return {shown_value(step)}"
                raise self._failure(what + ("" if fed else " next_message()"), wanted, result)

    def buffer_refuses(self, *steps: Step) -> None:
        """After these steps, next_message must raise ProtocolError."""
        self.buffer_yields(*steps)
        indexed = [(0, step) for step in (*steps, None)]
        *_, result = self._run_buffers(indexed)
        if not isinstance(result, Raised) or "ProtocolError" not in result.kinds:
            what = f"MessageBuffer, {_fed(indexed[:-1])}, next_message()"
            raise self._failure(what, "raise ProtocolError", result)

    def _run_buffers(self, steps: Sequence[tuple[int, Step]]) -> list[Any]:
        calls = [
            [which, "feed", encoded(step)] if isinstance(step, bytes) else [which, "next_message"]
            for which, step in steps
        ]
        self._worker.send(do="buffers", steps=calls)
        what = f"MessageBuffer, {_fed(steps)}, next_message()"
        answers = self._worker.answer(what).get("results")
        if not isinstance(answers, list) or not 1 <= len(answers) <= len(calls):
            raise CheckFailed("MessageBuffer could not be called.")
        return [self._worker.read(answer, what) for answer in answers]

    def _failure(self, what: str, wanted: str, came: Any) -> CheckFailed:
        result = (
            f"it raised {came!r}"
            if isinstance(came, Raised)
            else f"it returned {shown_value(came)}"
        )
        places = came.incident.places if isinstance(came, Raised) else ()
        where = "".join(f"\n      {place}" for place in places)
        return CheckFailed(f"{what} should {wanted};\n{result}{where}")


def _written(function: str, arguments: Sequence[Any]) -> str:
    return f"{function}({', '.join(map(shown_value, arguments))})"


def _pieces(pieces: Sequence[bytes]) -> str:
    given = [shown_value(piece) for piece in pieces if piece]
    if len(given) > 4:
        return f"{shown_value(b''.join(pieces))} in {len(given)} pieces"
    return " then ".join(given) or "nothing"


def _get_msg(pieces: Sequence[bytes], ends: bool) -> str:
    end = " and the stream ends" if ends else ""
    return f"get_msg, when {_pieces(pieces)} arrives{end},"


def _fed(steps: Sequence[tuple[int, Step]]) -> str:
    fed = [shown_value(step) for _, step in steps if isinstance(step, bytes)]
    if len(fed) > 4:
        whole = b"".join(step for _, step in steps if isinstance(step, bytes))
        return f"fed {shown_value(whole)} in {len(fed)} pieces"
    return f"fed {' then '.join(fed)}" if fed else "fed nothing"
