# Fill in the numbered TODOs. README.md beside this file says what each of them is for.

"""The wire format of the chat: every message is a length field, then a payload.

    0005HELLO       the length field says 5, so the payload is the five bytes HELLO

TCP carries a stream of bytes and knows nothing of messages. The length field is how both sides
agree where one message ends and the next begins, however the bytes happen to arrive.

This file is shared by the server and the client.
"""

from __future__ import annotations

import socket

PORT = 5555
LENGTH_FIELD_SIZE = 4  # bytes: decimal digits, padded with zeros
MAX_MSG_LENGTH = 1024  # bytes of payload; the length field is not counted
MAX_BACKLOG = 1024 * 1024  # bytes that may wait for one client before the server gives it up
MAX_NAME_LENGTH = 16  # characters


class ProtocolError(Exception):
    """The peer broke the rules of the wire format."""


def create_msg(text: str) -> bytes:
    """Return the one frame that carries `text`: its length field, then its payload in UTF-8.

    Raises ValueError if the payload is longer than MAX_MSG_LENGTH bytes.

    >>> create_msg("HELLO")
    b'0005HELLO'
    """
    # TODO 1: The length field, then the payload. What does the length field count?
    raise NotImplementedError("TODO 1")


def parse_length(field: bytes) -> int:
    """Return the payload length that a length field of four bytes announces.

    Raises ProtocolError if it is not four digits `0` to `9`, or over MAX_MSG_LENGTH.

    >>> parse_length(b"0005")
    5
    """
    # TODO 2: Trust nothing that a stranger sends. What does int() accept beside digits?
    raise NotImplementedError("TODO 2")


def decode_payload(payload: bytes) -> str:
    """Return the text of a complete payload.

    Raises ProtocolError if it is not UTF-8.

    >>> decode_payload(b"HELLO")
    'HELLO'
    """
    # TODO 3: bytes.decode() raises an error of its own. Which one must leave here?
    raise NotImplementedError("TODO 3")


def receive_exactly(sock: socket.socket, count: int) -> bytes:
    """Return the next `count` bytes of the stream, fewer only if the stream ends before.

    >>> receive_exactly(sock, 4)    # the peer sends b"0005HELLO"
    b'0005'
    """
    # TODO 4: recv(count) may return fewer bytes than it was asked for. And then?
    raise NotImplementedError("TODO 4")


def get_msg(sock: socket.socket) -> str | None:
    """Wait for exactly one message and return its text; None if the stream ends before it begins.

    However the bytes arrive, not one byte more than the message is read.
    Raises ProtocolError if the message is malformed, or if the stream ends in the middle of it.

    >>> get_msg(sock)               # the peer sends b"0005HELLO0003BYE"
    'HELLO'
    """
    # TODO 5: First the length field, then as many bytes as it says.
    raise NotImplementedError("TODO 5")


class MessageBuffer:
    """Turns a stream that arrives in pieces into messages. There is no socket inside.

    A program that serves many sockets cannot wait for the rest of one message. It feeds what has
    arrived, takes the messages that are complete, and comes back when there is more.

    >>> buffer = MessageBuffer()
    >>> buffer.feed(b"0005HEL")
    >>> buffer.next_message()       # None: more bytes are needed
    >>> buffer.feed(b"LO0003BYE")
    >>> buffer.next_message()
    'HELLO'
    >>> buffer.next_message()
    'BYE'
    """

    def __init__(self) -> None:
        self._data = bytearray()  # bytes that arrived and belong to no message taken so far

    def feed(self, data: bytes) -> None:
        """Take in the next bytes of the stream, as many or as few as have arrived."""
        # TODO 6: Nothing is decided here: keep the bytes until a message is complete.
        raise NotImplementedError("TODO 6")

    def next_message(self) -> str | None:
        """Return the text of the next complete message; None if more bytes are needed.

        Raises ProtocolError when it reaches malformed input. Messages before it come first.
        """
        # TODO 7: Is the length field complete? Is the payload? What stays for next time?
        raise NotImplementedError("TODO 7")


def parse_message(text: str) -> tuple[str, str]:
    """Split a message into what stands before its first space and all that stands after it.

    >>> parse_message("MSG bob hi  there")
    ('MSG', 'bob hi  there')
    >>> parse_message("EXIT")
    ('EXIT', '')
    """
    # TODO 8: Only the first space divides. split() would lose all the others.
    raise NotImplementedError("TODO 8")


def is_valid_name(name: str) -> bool:
    """Tell whether `name` is 1 to 16 ASCII letters and digits, the first of them a letter.

    >>> is_valid_name("bob7"), is_valid_name("7bob")
    (True, False)
    """
    # TODO 9: isalpha() and isalnum() are true for the letters of every language.
    raise NotImplementedError("TODO 9")
