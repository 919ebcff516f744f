# Fill in the numbered TODOs. README.md beside this file says what each of them is for.

"""A chat client for the terminal: what you type goes to the server, what others say appears.

Two things may happen at any time: a key is pressed, or the server sends something. One loop waits
for both, in `select`. A line that is half typed stays where it is while messages come in above it.

    python chat_client.py [HOST]    connects to HOST, 127.0.0.1 if it is not given

Where standard input is not a terminal, lines are read from it, and its end means EXIT.
"""

from __future__ import annotations

import os
import select
import shutil
import socket
import sys
import threading
import unicodedata

import chat_protocol
from chat_protocol import MessageBuffer, ProtocolError

if os.name == "nt":
    import msvcrt as keyboard
else:
    import keyboard

HOST = "127.0.0.1"
PROMPT = "> "
RECV_SIZE = 4096  # bytes
KEY_INTERVAL = 0.05  # seconds between two looks at the keyboard, where select cannot watch it
GOODBYE_LIMIT = 5  # seconds that the server may take to close the connection after EXIT
SPECIAL_KEY = "\x00\xe0" if os.name == "nt" else "\x00"  # then a second character tells which key


def connect(host: str) -> socket.socket:
    """Return a non-blocking socket that is connected to the chat server at `host`.

    Raises OSError if there is none.
    """
    # TODO 24: To which port? And what must not wait for the server later on?
    raise NotImplementedError("TODO 24")


class InputLine:
    """The line that is being typed, and its picture in the last row of the terminal."""

    def __init__(self) -> None:
        self.text = ""
        self.drawn = 0  # columns that its picture takes now

    def take(self) -> str:
        """Return the line, which is complete, and begin a new one."""
        text, self.text = self.text, ""
        return text

    def delete_last(self) -> None:
        """Delete the last character, with the accents that were typed onto it."""
        while self.text and unicodedata.combining(self.text[-1]):
            self.text = self.text[:-1]
        self.text = self.text[:-1]

    def erase(self) -> None:
        """Remove the picture; the cursor is at the left then."""
        write("\r" + " " * self.drawn + "\r")
        self.drawn = 0

    def draw(self) -> None:
        """Draw the line anew; of one that is wider than the terminal, its end."""
        self.erase()
        picture = last_columns(PROMPT + self.text, shutil.get_terminal_size().columns - 1)
        write(picture)
        self.drawn = columns(picture)


class ChatClient:
    """The connection to the server, and the person at the keyboard."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.inbox = MessageBuffer()
        self.outbox = bytearray()  # what waits to be sent
        self.line = InputLine()
        self.is_leaving = False  # True: EXIT was said; what the server still sends is shown
        self.is_over = False  # True: the connection has ended
        self.has_terminal = sys.stdin.isatty()
        self.pipe = None if self.has_terminal else socket_of_stdin()
        self.piped = b""  # the beginning of a line that came through the pipe

    # The loop

    def run(self) -> int:
        """Chat until one side leaves; return the program's exit status."""
        if self.has_terminal:
            keyboard.kbhit()  # from the first call on, keys arrive one by one
        self.show("Connected. Begin with NAME <name>. There are also GET_NAMES, MSG and EXIT.")
        while not self.is_over:
            self.run_turn()
        self.line.erase()
        if not self.is_leaving:
            write("The server has closed the connection.\n")
        return 0 if self.is_leaving else 1

    def run_turn(self) -> None:
        """Wait until something can be read, typed or sent, and do that."""
        # TODO 25: What may be readable? When is there something to write? Ask select.
        raise NotImplementedError("TODO 25")

    # From the server

    def receive(self) -> None:
        """Read once from the server, and show every message that is now complete."""
        # TODO 26: As in the server: one recv, one feed, every next_message there is.
        raise NotImplementedError("TODO 26")

    def show(self, message: str) -> None:
        """Print a message on a row of its own, above the line that is being typed."""
        # TODO 27: Erase the half-typed line, print the message, draw the line again.
        raise NotImplementedError("TODO 27")

    # To the server

    def say(self, text: str) -> None:
        """Send one line as one message; EXIT is the last one."""
        # TODO 28: Frame it and queue it. What if it is too long? What if it is EXIT?
        raise NotImplementedError("TODO 28")

    def send_waiting(self) -> None:
        """Send as much of the outbox as the socket takes now."""
        # TODO 29: send() says how many bytes it took. Keep the others.
        raise NotImplementedError("TODO 29")

    # From the person

    def read_keys(self) -> None:
        """Take in every key that waits; Enter sends the line."""
        # TODO 30: While kbhit(): getwch(). Enter, Backspace, Ctrl-C, or a character?
        raise NotImplementedError("TODO 30")

    def finish_line(self) -> None:
        """Leave the typed line standing on its row, send it, and begin a new one."""
        text = self.line.take()
        write("\n")
        self.line.drawn = 0
        self.say(text)
        if not self.is_leaving:
            self.line.draw()

    def read_pipe(self) -> None:
        """Send the lines that have come through the pipe; its end means EXIT."""
        assert self.pipe is not None
        data = self.pipe.recv(RECV_SIZE)
        *lines, self.piped = (self.piped + data).split(b"\n")
        if not data:
            lines.append(self.piped)
            lines = [line for line in lines if line] + [b"EXIT"]
        for line in lines:
            if not self.is_leaving:
                self.say(line.decode(errors="replace").removesuffix("\r"))


def socket_of_stdin() -> socket.socket:
    """Return a socket on which everything arrives that comes through standard input.

    On Windows, select cannot watch a pipe. So a thread waits for it and hands on what comes.
    """
    ours, theirs = socket.socketpair()

    def hand_on() -> None:
        while data := os.read(sys.stdin.fileno(), RECV_SIZE):
            theirs.sendall(data)
        theirs.close()

    threading.Thread(target=hand_on, daemon=True).start()
    return ours


def visible(text: str) -> str:
    """Return the text with its control characters escaped, so that none acts on the terminal.

    >>> visible("hi \\x1b[2J")
    'hi \\\\x1b[2J'
    """
    # TODO 31: str.isprintable() knows which characters act and which only show.
    raise NotImplementedError("TODO 31")


def last_columns(text: str, limit: int) -> str:
    """Return the end of the text, as much of it as fits into so many columns."""
    begin = len(text)
    while begin > 0 and (limit := limit - columns(text[begin - 1])) >= 0:
        begin -= 1
    return text[begin:]


def columns(text: str) -> int:
    """Return how many columns of a terminal the text takes: two for wide characters, say."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )


def write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def main() -> int:
    host = sys.argv[1] if len(sys.argv) > 1 else HOST
    for stream in (sys.stdin, sys.stdout):  # whatever the system's own encoding is
        stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        sock = connect(host)
    except OSError as error:
        print(f"There is no server at {host}, port {chat_protocol.PORT}: {error.strerror}.")
        return 1
    try:
        return ChatClient(sock).run()
    except KeyboardInterrupt:
        write("\n")
        return 130


if __name__ == "__main__":
    sys.exit(main())
