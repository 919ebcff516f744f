"""A person at the client under test, and the kit's own server at the other end.

session.types("MSG bo")
session.server.says("FROM carol hi")
session.sees("FROM carol hi")
session.types("b hello").enters()
session.server.gets("MSG bob hello")
"""

from __future__ import annotations

import selectors
import signal
import socket
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from grader import exercise
from grader.harness import waiting
from grader.harness.pipe import Pipe
from grader.harness.program import Program
from grader.harness.screen import Screen
from grader.harness.scripted_server import LABEL, ScriptedServer
from grader.harness.verdict import CheckFailed, shown
from grader.jail.jail import Jail, Place
from grader.jail.launch import Stdio

PERSON = "(person)"
PORT_IS_HELD = "The grader cannot listen on port {}: your programs have left connections on it."
ENTER, BACKSPACE, UP, LEFT = b"\r", b"\x7f", b"\x1b[A", b"\x1b[D"
ROWS_SHOWN = 12
KEYS_IN_ONE_WAIT = 40  # that a slow reader takes up in LAST_RESORT, with some time to spare


class Session(Program):
    """Starts chat_client.py in a terminal; a context manager that ends it."""

    def __init__(
        self, jail: Jail, place: Place, *, with_server: bool = True, piped: bool = False
    ) -> None:
        super().__init__(jail, place, exercise.CLIENT_FILE)
        self._with_server = with_server
        self._piped = piped
        self._start()

    def _start(self, *arguments: str) -> None:
        self.should_go_on = True
        self.status = 0  # with which the program has ended, once it has
        self.screen = Screen()
        self._keys_to_wait_for = 0  # typed, and not yet made up for by a longer wait
        try:
            self.server = ScriptedServer(self, self._place.port)
        except OSError:
            self.screen.close()
            if self._place.lease:  # then it is not the submission that has the port
                raise
            raise CheckFailed(PORT_IS_HELD.format(self._place.port)) from None
        if not self._with_server:
            self.server.close()
        self._pipe = Pipe() if self._piped else None  # its standard input, if not the terminal
        try:
            stdio = self.screen.stdio
            if self._pipe:
                stdio = Stdio(self._pipe.theirs, stdio.output)
            self.launch(stdio, arguments)
        except BaseException:  # the port must be free for the next check
            self.__exit__()
            raise
        if self._pipe:
            self._pipe.is_given_away()

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self.server.close()
        self.stops()
        self.screen.close()
        if self._pipe:
            self._pipe.close()

    def starts_again(self, *arguments: str) -> Session:
        """Start the client anew, at a fresh terminal or pipe, with a fresh server."""
        self.__exit__()
        self._start(*arguments)
        return self

    def begins_again(self) -> Session:
        """Start the client anew; it must connect and greet the person again."""
        return self.starts_again().begins()

    def is_sent_to(self, host: str) -> Session:
        """Start the client anew, with a HOST where no server is; there is one at 127.0.0.1."""
        self._with_server = True
        self.starts_again(host)
        self.transcript.did(PERSON, f"starts the client with {host}")
        self._until(lambda: self.has_ended() or self.server.is_called(), self.server.listener)
        if self.server.is_called():
            raise self.failure(
                f"`{self.file} {host}` should look for a server at {host}; it connects to "
                f"{exercise.HOST}."
            )
        return self

    def begins(self) -> Session:
        """The client must connect, and greet the person in some way."""
        self.server.accepts()
        if not self._until(lambda: bool(self.screen.rows())):
            words = "The client should show a greeting or a prompt; it shows nothing."
            raise self.failure(words, is_stuck=True)
        if self.has_ended():
            raise self.failure("The client should stay connected; it has ended.")
        return self

    def comes(self, sock: socket.socket) -> bool:
        """Wait until a socket is readable; False if the client will not cause it."""
        return self._until(lambda: bool(waiting.poll(sock, selectors.EVENT_READ, 0)), sock)

    def _until(self, condition: Callable[[], bool], *sources: socket.socket) -> bool:
        """Wait until a condition holds that the screen or one of the sources may bring about.

        All the while the terminal takes what the program writes, which might wait for that.
        """

        def event(seconds: float) -> bool:
            end = time.monotonic() + seconds
            while not condition() and not self.screen.is_flooded and not self.is_unwritten():
                left = end - time.monotonic()
                if left <= 0:
                    return False
                waiting.wait_for_any((self.screen, *self._reports(), *sources), left)
                self.screen.take_in()
            return True

        # Whoever takes up one key every fifth of a second is slow and right: while the screen goes
        # on changing there is more to come, for as long as the keys that were typed account for.
        while True:
            before = self.screen.taken
            if waiting.happens(event, self.pid):
                return condition()
            if self.screen.taken == before or self.has_ended() or self.keeps_busy():
                return False
            if waiting.run_is_over() or self._keys_to_wait_for < KEYS_IN_ONE_WAIT:
                return False
            self._keys_to_wait_for -= KEYS_IN_ONE_WAIT

    def _reports(self) -> list[socket.socket]:
        """Return where the program reports, as long as it may still do so."""
        return [] if self._process is None or self._has_ended else [self._process.channel]

    # The person

    def types(self, text: str) -> Session:
        """Type a text, one key after the other."""
        self.transcript.did(PERSON, f"types {shown(text)}")
        for character in text:
            self._press(character.encode())
        return self

    def pastes(self, text: str) -> Session:
        """Paste a text: all of its keys are there at once."""
        self.transcript.did(PERSON, f"pastes {shown(text)}")
        self._press(text.encode(), keys=len(text))
        return self

    def enters(self, line: str = "") -> Session:
        """Type a line, and Enter."""
        if line:
            self.types(line)
        self.should_go_on = line != "EXIT"
        return self.presses(ENTER, "Enter")

    def presses(self, key: bytes, name: str, times: int = 1) -> Session:
        """Press one key that is no character, some times."""
        self.transcript.did(PERSON, f"presses {name}" + (f", {times} times" if times > 1 else ""))
        for _ in range(times):
            self._press(key)
        return self

    def _press(self, data: bytes, keys: int = 1) -> None:
        self._keys_to_wait_for += keys
        self.screen.press(data)

    def interrupts(self) -> Session:
        """Press Ctrl-C."""
        return self.presses(b"\x03", "Ctrl-C")

    def terminates(self) -> Session:
        """Send SIGTERM, as a system that shuts down does."""
        self.transcript.did("(system)", "sends SIGTERM")
        self.signals(signal.SIGTERM)
        return self

    def pipes(self, text: str | None) -> Session:
        """Write to standard input, which is a pipe; None ends it."""
        assert self._pipe is not None
        self.transcript.did(PERSON, "ends the pipe" if text is None else f"pipes {shown(text)}")
        if text is None:
            self._pipe.close()
        else:
            self._pipe.write(text.encode())
        return self

    def pipes_a_pile(self, lines: list[str]) -> bool:
        """Pipe many lines at once; return when the client has taken all that it is going to take.

        False, and nothing done, where a pipe does not hold so much.
        """
        assert self._pipe is not None
        pipe, pile = self._pipe, "".join(f"{line}\n" for line in lines).encode()
        if not pipe.widens(len(pile)):
            return False
        self.transcript.did(PERSON, f"pipes {len(lines)} lines, {len(pile)} bytes")
        pipe.write(pile)
        waiting.spin_until(
            lambda: self.has_ended() or pipe.is_empty(), self.pid, between=waiting.pause
        )
        return True

    # What is seen

    def sees(self, *words: str) -> Session:
        """These words must come to stand on the screen, in this order."""
        if not self._until(lambda: self._stand(words)):
            wanted = ", then ".join(f"`{shown(word)}`" for word in words)
            raise self.failure(f"The screen should show {wanted}.", is_stuck=True)
        return self

    def _stand(self, words: tuple[str, ...]) -> bool:
        text, place = self.screen.text(), 0
        for word in words:
            place = text.find(word, place)
            if place < 0:
                return False
            place += len(word)
        return True

    def sees_on_a_row_of_its_own(self, message: str, typed: str) -> Session:
        """A row must come to end with the message, and hold nothing of the line being typed."""

        def stands() -> bool:
            return any(row.endswith(message) and typed not in row for row in self.screen.rows())

        if not self._until(stands):
            words = (
                f"`{shown(message)}` should stand on a row of its own, apart from the typed line."
            )
            raise self.failure(words)
        return self

    def sees_once(self, words: str) -> Session:
        """These words must come to stand on the screen, and once only."""
        self.sees(words)
        if (times := self.screen.text().count(words)) > 1:
            raise self.failure(f"`{shown(words)}` should stand there once; it does {times} times.")
        return self

    def sees_in_line(self, words: str) -> Session:
        """The row of the cursor must come to end with these words: the line being typed."""
        if not self._until(lambda: self.screen.row_of_cursor().endswith(words)):
            raise self.failure(
                f"The line being typed should end with `{shown(words)}`, and stand below what "
                "came in."
            )
        return self

    # How it ends

    def ends(self, *statuses: int) -> Session:
        """The program must end by itself, with one of these exit statuses if any are given."""
        assert self._process is not None
        self.should_go_on = False
        self._until(lambda: self.has_ended() or self.keeps_busy())
        if not self.has_ended():
            busy = " and keeps the processor busy" if self.keeps_busy() else ""
            written = f"; it has written {len(self.screen.written)} bytes so far" if busy else ""
            words = f"The program should end; it goes on{busy}{written}."
            raise self.failure(words, is_stuck=True)
        while self.screen.take_in():
            continue
        self.status = self.stops()
        if "Traceback" in self.screen.text():
            raise self.failure("The program should end without a traceback.")
        if statuses and self.status not in statuses:
            wanted = " or ".join(map(str, statuses))
            words = f"The program should end with status {wanted}; it was {self.status}."
            raise self.failure(words)
        return self

    def says_goodbye_after(self, rows_before: list[str], typed: str = "\n") -> Session:
        """The program must have ended with words that were not there before, on a row of their own.

        `typed` is the line that was half typed then.
        """
        new = [row for row in self.screen.rows() if row not in rows_before and typed not in row]
        if not any(character.isalpha() for row in new for character in row):
            raise self.failure("The program should say that the server has gone; it says nothing.")
        return self

    def has_failed_with_one_line(self) -> Session:
        """The program must have said one line, and its status must tell that it failed."""
        lines = self.screen.written.decode("utf-8", "replace").strip().splitlines()
        if len(lines) != 1:
            raise self.failure(f"The program should say one line; it said {len(lines)}.")
        if self.status == 0:
            raise self.failure("The program should end with a status other than 0; it was 0.")
        return self

    def has_put_the_terminal_back(self) -> Session:
        """The terminal's modes must be as they were before the program began."""
        if self.screen.read_modes() != self.screen.modes:
            raise self.failure(
                "The terminal should be as it was before: echo on, and lines edited by the system."
            )
        return self

    def has_not_written(self, text: str) -> Session:
        """The program must not have written this to the terminal, byte for byte."""
        if text.encode() in self.screen.written:
            raise self.failure(f"`{shown(text)}` should not reach the terminal as it is.")
        return self

    def failure(self, text: str, **about: Any) -> CheckFailed:
        """Return the failure that says this, with what stands on the screen."""
        self.comes_to_rest()
        while self.screen.take_in() and not (self._process and self.keeps_busy()):
            continue
        if self.screen.is_flooded:
            text = f"{self.file} wrote to the screen without end, and was stopped.\n\n{text}"
        failed = super().failure(text, **about)
        if failed.account and not self._incident:  # after that, the screen holds the traceback
            rows = tuple(self.screen.rows()[-ROWS_SHOWN:])
            failed.account = replace(failed.account, screen=rows)
        return failed

    def _whose(self, port: int) -> str:
        return LABEL
