"""Plays the client side of one check, step by step, against a server that somebody has started.

The server may run in a debugger: nothing here hurries it. Before each step the person presses
Enter; a number and Enter goes that many steps on.
"""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

from grader import exercise
from grader.checks import declared_checks
from grader.conversation import DOES, GETS, GETS_UNASKED, Step
from grader.declaration import Check
from grader.harness.client import Client
from grader.harness.clients import Clients
from grader.harness.transcript import Transcript
from grader.harness.verdict import CheckFailed, shown

SERVERS = {"server", "restartable_server", "roomy_server", "narrow_server"}
ASSUMED_BUFFERS = 512 * 1024  # bytes that the system may take for a client that does not read


class NotPlayable(Exception):
    """This check cannot be replayed; the text says why, and what to do instead."""


def replay(name: str, port: int, ask: Callable[[str], str], say: Callable[[str], None]) -> bool:
    """Play a check's clients against the server on `port`; tell whether all went as expected.

    `ask(prompt)` returns what the person typed before Enter. Raises NotPlayable.
    """
    check, play = find(name)
    say(f"{check.title}")
    say(f"Against the server on {exercise.HOST}, port {port}. Enter goes one step on, a number and")
    say("Enter goes that many on, Ctrl-C ends.")
    say("")
    server = ServerByHand(port, ask, say)
    try:
        play(server)
    except CheckFailed as failed:
        say("")
        say(failed.text)
        say(f"\nWhat to look at: {check.hint}")
        return False
    finally:
        server.leave()
    say("\nAll went as it should.")
    return True


def find(name: str) -> tuple[Check, Callable[[Any], None]]:
    """Return a check and its function. Raises NotPlayable if it has no clients to play."""
    found = [check for check in declared_checks() if check.name == name]
    if not found:
        raise NotPlayable(f"There is no check {name!r}.")
    (check,) = found
    function = getattr(import_module(f"grader.checks.{check.stage}"), name)
    if not set(inspect.signature(function).parameters) <= SERVERS:
        raise NotPlayable(
            f"{name} has no clients that could be played: it runs chat_{check.stage}.py itself. "
            f"Set a breakpoint, and call: python lab.py grade --only {name}"
        )
    return check, function


class Paced(Transcript):
    """A transcript that is told as it comes, and waits for the person before each step."""

    def __init__(self, ask: Callable[[str], str], say: Callable[[str], None]) -> None:
        super().__init__()
        self._ask, self.say = ask, say
        self._steps_granted = 0
        self._segment = 0  # that of the step before

    def _add(self, step: Step) -> None:
        super()._add(step)
        text = shown(step.text) if not step.data else f"the bytes {step.data[:60]!r}"
        comes = step.kind in (GETS, GETS_UNASKED)
        sign = "<" if comes else " " if step.kind == DOES else ">"
        line = f"{len(self):4}  {step.who:9} {sign} {text}"
        goes_along = bool(step.segment) and step.segment == self._segment
        self._segment = step.segment if not comes else 0
        if comes or goes_along:
            self.say(line)
        else:
            self.pauses(line)

    def pauses(self, line: str) -> None:
        """Show what comes next, and wait until the person wants it."""
        if self._steps_granted > 0:
            self._steps_granted -= 1
            self.say(line)
            return
        answer = self._ask(f"{line}   [Enter] ").strip()
        self._steps_granted = max(int(answer) - 1, 0) if answer.isdecimal() else 0


class PacedClient(Client):
    """A client that says what it waits for."""

    def _take(self, wanted: str, *, end_is_fine: bool = False) -> str | None:
        transcript = self.server.transcript
        if isinstance(transcript, Paced):
            transcript.say(f"      {self.label:9} waits for: {wanted}")
        return super()._take(wanted, end_is_fine=end_is_fine)


class ServerByHand(Clients):
    """A server that runs somewhere else: it can be talked to, and not looked into."""

    kind = PacedClient

    def __init__(self, port: int, ask: Callable[[str], str], say: Callable[[str], None]) -> None:
        self._paced = Paced(ask, say)
        super().__init__(self._paced, port)

    @property
    def pid(self) -> int:
        return 0

    def leave(self) -> None:
        """Close every connection."""
        for client in self._clients:
            client.abort()

    def failure(self, text: str, **about: Any) -> CheckFailed:
        return CheckFailed(text)

    def why_unreachable(self, error: OSError) -> str:
        return (
            f"No client can connect to port {self._port}: {error.strerror or error}.\n"
            "Start your server first, in another terminal or in a debugger."
        )

    # What only a grader can do to a server

    def rests(self, situation: str) -> None:
        self._paced.pauses(f"      (look) {situation} The server should use no CPU time now.")

    def restarts(self) -> None:
        self._paced.pauses("      (you)  Stop your server and start it again at once, then go on.")

    @contextlib.contextmanager
    def halted(self) -> Iterator[None]:
        self._paced.say("      (grader) would halt the server here: what follows comes all at once")
        yield

    def descriptors(self) -> int:
        return 0  # nobody can count them from here

    def waits_until(self, condition: Callable[[], bool]) -> bool:
        return True

    def frames_that_overflow(self, size: int, backlog: int = 0) -> int:
        return (backlog + ASSUMED_BUFFERS) // size + 100
