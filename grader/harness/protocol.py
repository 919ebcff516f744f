"""chat_protocol.py under test: its functions are called in another process, over a pipe."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Sequence
from typing import Any

from grader import exercise
from grader.conversation import Account, Expectation, Ruler
from grader.harness import waiting
from grader.harness.rulers import ruler_of_difference, ruler_of_pieces
from grader.harness.segments import send_apart
from grader.harness.testimony import Testimony
from grader.harness.transcript import Transcript
from grader.harness.verdict import CheckFailed, shown_value
from grader.harness.worker import Raised, Unanswered, Worker, encoded
from grader.jail.jail import Jail, Place
from grader.jail.network import NoPort

GRADER = "(grader)"
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
        self._sources = jail.submission.files
        self.transcript = Transcript()  # of the last call
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
            what, wanted = _written(function, arguments), f"return {shown_value(value)}"
            ruler = None
            if isinstance(came, bytes) and isinstance(value, bytes):
                ruler = ruler_of_difference(f"What {function} returned", came, value)
            raise self._failure(what, wanted, came, ruler)

    def raises(self, function: str, *arguments: Any, kind: str) -> None:
        """The call must raise this exception, or one derived from it."""
        came = self.call(function, *arguments)
        if not isinstance(came, Raised) or kind not in came.kinds:
            raise self._failure(_written(function, arguments), f"raise {kind}", came)

    def call(self, function: str, *arguments: Any) -> Any:
        """Return what the call returned, or Raised. An unwritten function fails the check."""
        values = [*map(encoded, arguments)]
        self.transcript = Transcript()
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
        self.transcript = Transcript()
        self.transcript.did(GRADER, "get_msg(sock) is called")
        with contextlib.suppress(OSError):
            noted = self.transcript.each_sent(GRADER, [piece for piece in pieces if piece])
            send_apart(self._stream, noted, self._worker.pid)
            if ends:
                self._stream.shutdown(socket.SHUT_WR)
                self.transcript.did(GRADER, "(ends its stream)")
        what = _get_msg(pieces, ends)
        try:
            return self._worker.value(what)
        except Unanswered as error:
            error.account = self._account(_ruler(pieces), is_stuck=True)
            raise

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
            wanted = f"return {shown_value(value)}"
            raise self._failure(_get_msg(pieces, ends), wanted, came, _ruler(pieces))

    def get_msg_raises(self, *pieces: bytes, ends: bool = False) -> None:
        """get_msg must raise ProtocolError when these pieces arrive."""
        came = self.reads(*pieces, ends=ends)
        if not isinstance(came, Raised) or "ProtocolError" not in came.kinds:
            wanted = "raise ProtocolError"
            raise self._failure(_get_msg(pieces, ends), wanted, came, _ruler(pieces))

    # MessageBuffer

    def buffer_yields(self, *steps: Step) -> None:
        """Feed the bytes among the steps; every other step is what next_message must return."""
        self.buffers_yield(*((0, step) for step in steps))

    def buffers_yield(self, *steps: tuple[int, Step]) -> None:
        """The same for several buffers at once; each step begins with the number of the buffer."""
        results = self._run_buffers(steps)
        fed_pieces = [step for _, step in steps if isinstance(step, bytes)]
        for number, ((_, step), result) in enumerate(zip(steps, results, strict=False)):
            fed = isinstance(step, bytes)
            if fed and not isinstance(result, Raised):
                continue
            if type(result) is not type(step) or result != step:
                what = f"MessageBuffer, {_fed(steps[: number + 1])},"
                wanted = "take the bytes" if fed else f"return {shown_value(step)}"
                what += "" if fed else " next_message()"
                self._tell_buffers(steps[: number + 1])
                raise self._failure(what, wanted, result, _ruler(fed_pieces))

    def buffer_refuses(self, *steps: Step) -> None:
        """After these steps, next_message must raise ProtocolError."""
        self.buffer_yields(*steps)
        indexed = [(0, step) for step in (*steps, None)]
        *_, result = self._run_buffers(indexed)
        if not isinstance(result, Raised) or "ProtocolError" not in result.kinds:
            what = f"MessageBuffer, {_fed(indexed[:-1])}, next_message()"
            self._tell_buffers(indexed)
            fed = [step for step in steps if isinstance(step, bytes)]
            raise self._failure(what, "raise ProtocolError", result, _ruler(fed))

    def _tell_buffers(self, steps: Sequence[tuple[int, Step]]) -> None:
        """Put into the transcript what was done with buffers, up to the last of the steps."""
        self.transcript = Transcript()
        several = len({which for which, _ in steps}) > 1
        for number, (which, step) in enumerate(steps):
            name = f"buffer {which + 1}" if several else "buffer"
            if isinstance(step, bytes):
                self.transcript.sent_bytes(GRADER, step)
            elif number < len(steps) - 1:
                self.transcript.did(GRADER, f"{name}.next_message() returned {shown_value(step)}")
            else:
                self.transcript.did(GRADER, f"{name}.next_message() is called")

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

    def _failure(
        self, what: str, wanted: str, came: Any, ruler: Ruler | None = None
    ) -> CheckFailed:
        result = (
            f"it raised {came!r}"
            if isinstance(came, Raised)
            else f"it returned {shown_value(came)}"
        )
        places = came.incident.places if isinstance(came, Raised) else ()
        where = "".join(f"\n      {place}" for place in places)
        text = f"{what} should {wanted};\n{result}{where}"
        return CheckFailed(text, account=self._account(ruler, wanted, result))

    def _account(
        self,
        ruler: Ruler | None,
        wanted: str = "",
        came: str = "",
        *,
        is_stuck: bool = False,
    ) -> Account:
        testimony = Testimony(
            self._worker.told,
            self._sources,
            lambda port: GRADER,
            lambda who: self.transcript.sent_by(GRADER),
        )
        steps, _ = self.transcript.steps(lambda start, end: "")
        expectation = Expectation(GRADER, wanted, came, len(steps)) if wanted else None
        return Account(
            program=exercise.PROTOCOL_FILE,
            steps=steps,
            total=len(steps),
            expectation=expectation,
            rulers=(ruler,) if ruler else (),
            threads=testimony.threads if is_stuck else (),
            calls=testimony.calls,
            is_stuck=is_stuck,
        )


def _ruler(pieces: Sequence[bytes]) -> Ruler | None:
    return ruler_of_pieces("The bytes", pieces) if any(pieces) else None


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
