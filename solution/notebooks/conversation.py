"""Talking to a chat server or a chat client that runs in the notebook, and drawing what was said.

The walkthroughs use it. For a server, `Conversation` plays the people at their clients; for a
client, `Desk` plays the person at the keyboard, the screen and the server.
"""

from __future__ import annotations

import inspect
import select
import socket
import sys
import textwrap
import threading
from typing import Any

from loopback import HOST, LAST_RESORT, reset, wait_until_readable

from grader.exercise import frame
from grader.pictures import Picture, Step, sequence


def show(*functions: Any) -> None:
    """Print functions as they stand in the file."""
    for function in functions:
        print(textwrap.dedent(inspect.getsource(function)))


class Ended(Exception):
    """The server has closed the connection."""


class Person:
    """Somebody at a client. What is said and heard is noted for the picture."""

    def __init__(self, name: str, address: tuple[str, int], talk: Conversation) -> None:
        self.name = name
        self.talk = talk
        self.sock = socket.create_connection(address, timeout=LAST_RESORT)
        self.stream = self.sock.makefile("rb")
        self.note("connects")

    def note(self, event: str) -> None:
        self.talk.steps.append(Step(self.name, None, event))

    def says(self, text: str) -> None:
        """Send one message."""
        self.talk.steps.append(Step(self.name, "server", text))
        self.sock.sendall(frame(text))

    def sends(self, data: bytes) -> None:
        """Send bytes as they are."""
        self.talk.steps.append(Step(self.name, "server", data))
        self.sock.sendall(data)

    def hears(self) -> str:
        """Wait for the next message from the server, and return it."""
        size = self.stream.read(4)
        if not size:
            if self.talk.error:
                raise self.talk.error
            self.talk.steps.append(Step("server", None, f"closes {self.name}'s connection"))
            raise Ended
        text = self.stream.read(int(size)).decode()
        self.talk.steps.append(Step("server", self.name, text))
        return text

    def hears_the_end(self) -> None:
        """Wait until the server has closed this connection."""
        try:
            while True:
                self.hears()
        except Ended:
            pass

    def leaves(self) -> None:
        """Close the connection, as a client does that ends."""
        self.note("closes")
        self.stream.close()
        self.sock.close()

    def vanishes(self) -> None:
        """End the connection without a goodbye."""
        self.note("vanishes")
        self.stream.close()
        reset(self.sock)


class Conversation:
    """A server that runs in a thread, and the people who talk to it.

    with Conversation(ChatServer()) as talk:
        alice = talk.person("alice")
    """

    def __init__(self, server: Any) -> None:
        self.server = server
        self.address = (HOST, server.listener.getsockname()[1])
        self.steps: list[Step] = []
        self.people: list[Person] = []
        self.error: BaseException | None = None
        self.is_over = False
        self.thread = threading.Thread(target=self._serve, daemon=True)

    def person(self, name: str, *, introduced: bool = False) -> Person:
        """Let somebody connect, who also says NAME and is greeted if `introduced`."""
        someone = Person(name, self.address, self)
        self.people.append(someone)
        if self.error:
            raise self.error
        if introduced:
            someone.says(f"NAME {name}")
            someone.hears()
        return someone

    def picture(self, title: str) -> Picture:
        """Draw what was said so far."""
        names = [person.name for person in self.people]
        return sequence([*names[:1], "server", *names[1:]], self.steps, title=title)

    def _serve(self) -> None:
        try:
            while not self.is_over:
                self.server.serve_turn()
        except BaseException as error:  # to be told in the notebook, not in this thread
            self.error = error
            for person in self.people:
                if person.sock.fileno() != -1:
                    person.sock.shutdown(socket.SHUT_RDWR)

    def __enter__(self) -> Conversation:
        self.thread.start()
        return self

    def __exit__(self, *problem: object) -> None:
        self.is_over = True
        if not self.error:
            socket.create_connection(self.address).close()  # one more turn, the last
        self.thread.join(LAST_RESORT)
        for person in self.people:
            person.stream.close()
            person.sock.close()
        self.server.listener.close()


class Keyboard:
    """Keys that were pressed, to be read in the way of msvcrt."""

    def __init__(self) -> None:
        self.keys: list[str] = []
        self.ours, self.theirs = socket.socketpair()  # something that select can watch

    def press(self, key: str) -> None:
        self.keys.append(key)
        self.ours.send(b".")

    def kbhit(self) -> bool:
        return bool(self.keys)

    def getwch(self) -> str:
        self.theirs.recv(1)
        return self.keys.pop(0)

    def fileno(self) -> int:
        return self.theirs.fileno()

    def isatty(self) -> bool:
        return True


class Screen:
    """A terminal's screen: rows of letters, and a cursor in the last of them."""

    def __init__(self) -> None:
        self.rows = [""]
        self.column = 0

    def write(self, text: str) -> None:
        for character in text:
            if character == "\n":
                self.rows.append("")
                self.column = 0
            elif character == "\r":
                self.column = 0
            else:
                row = self.rows[-1]
                self.rows[-1] = row[: self.column] + character + row[self.column + 1 :]
                self.column += 1

    def __str__(self) -> str:
        return "\n".join(f"| {row.rstrip()}" for row in self.rows)


class Desk:
    """A client that runs in the notebook: you are its keyboard, its screen and its server."""

    def __init__(self, chat_client: Any) -> None:
        self.keyboard, self.screen = Keyboard(), Screen()
        self.steps: list[Step] = []
        listener = socket.create_server((HOST, 0))
        chat_client.chat_protocol.PORT = listener.getsockname()[1]
        chat_client.keyboard, chat_client.write = self.keyboard, self.screen.write
        real, sys.stdin = sys.stdin, self.keyboard
        try:
            self.client = chat_client.ChatClient(chat_client.connect(HOST))
        finally:
            sys.stdin = real
        self.server, _ = listener.accept()
        self.server.settimeout(LAST_RESORT)
        self.stream = self.server.makefile("rb")
        listener.close()

    def types(self, keys: str, told: str = "") -> None:
        """Press keys one by one, and let the client do what it has to do."""
        self.steps.append(Step("person", None, told or f"types {keys}"))
        for key in keys:
            self.keyboard.press(key)
            self._run()

    def server_says(self, text: str) -> None:
        """Let the server send one message, and the client receive it."""
        self.server_sends(frame(text))

    def server_sends(self, data: bytes) -> None:
        """Let the server send bytes as they are, and the client receive them."""
        self.steps.append(Step("server", "client", data))
        self.server.sendall(data)
        wait_until_readable(self.client.sock)
        self._run()

    def server_hears(self) -> str:
        """Return the next message that the server gets."""
        text = self.stream.read(int(self.stream.read(4))).decode()
        self.steps.append(Step("client", "server", text))
        return text

    def server_closes(self) -> None:
        """Let the server end the connection."""
        self.steps.append(Step("server", None, "closes the connection"))
        self.stream.close()
        self.server.close()
        wait_until_readable(self.client.sock)
        self._run()

    def picture(self, title: str) -> Picture:
        """Draw what happened so far."""
        return sequence(["person", "client", "server"], self.steps, title=title)

    def _run(self) -> None:
        while not self.client.is_over and self._has_work():
            self.client.run_turn()

    def _has_work(self) -> bool:
        """Tell whether the client's next turn would not have to wait."""
        readers = [self.client.sock, self.keyboard]
        writers = [self.client.sock] if self.client.outbox else []
        return any(select.select(readers, writers, [], 0))
