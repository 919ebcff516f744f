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
    ### BEGIN SOLUTION The length field, then the payload. What does the length field count?
    payload = text.encode()
    if len(payload) > MAX_MSG_LENGTH:
        raise ValueError(f"a payload of {len(payload)} bytes is over the {MAX_MSG_LENGTH} allowed")
    # The length counts bytes. "é" is one character and two bytes, so encode first and count then.
    return str(len(payload)).zfill(LENGTH_FIELD_SIZE).encode() + payload
    ### END SOLUTION


def parse_length(field: bytes) -> int:
    """Return the payload length that a length field of four bytes announces.

    Raises ProtocolError if it is not four digits `0` to `9`, or over MAX_MSG_LENGTH.

    >>> parse_length(b"0005")
    5
    """
    ### BEGIN SOLUTION Trust nothing that a stranger sends. What does int() accept beside digits?
    # int() is more generous than the wire format: it takes b"+012", b"12 3" and b"1_00" for
    # numbers. For bytes, isdigit() is true for the ASCII digits and for nothing else.
    if len(field) != LENGTH_FIELD_SIZE or not field.isdigit():
        raise ProtocolError(f"the length field is {field!r}, not {LENGTH_FIELD_SIZE} digits")
    length = int(field)
    if length > MAX_MSG_LENGTH:
        raise ProtocolError(f"a length of {length} is over the maximum of {MAX_MSG_LENGTH}")
    return length
    ### END SOLUTION


def decode_payload(payload: bytes) -> str:
    """Return the text of a complete payload.

    Raises ProtocolError if it is not UTF-8.

    >>> decode_payload(b"HELLO")
    'HELLO'
    """
    ### BEGIN SOLUTION bytes.decode() raises an error of its own. Which one must leave here?
    try:
        return payload.decode()
    except UnicodeDecodeError as error:
        raise ProtocolError("the payload is not UTF-8") from error
    ### END SOLUTION


def receive_exactly(sock: socket.socket, count: int) -> bytes:
    """Return the next `count` bytes of the stream, fewer only if the stream ends before.

    >>> receive_exactly(sock, 4)    # the peer sends b"0005HELLO"
    b'0005'
    """
    ### BEGIN SOLUTION recv(count) may return fewer bytes than it was asked for. And then?
    data = b""
    while len(data) < count:
        # Ask for what is missing and no more: the rest belongs to the next message.
        chunk = sock.recv(count - len(data))
        if not chunk:  # b"" never means "nothing yet"; it means that the peer has finished
            break
        data += chunk
    return data
    ### END SOLUTION


def get_msg(sock: socket.socket) -> str | None:
    """Wait for exactly one message and return its text; None if the stream ends before it begins.

    However the bytes arrive, not one byte more than the message is read.
    Raises ProtocolError if the message is malformed, or if the stream ends in the middle of it.

    >>> get_msg(sock)               # the peer sends b"0005HELLO0003BYE"
    'HELLO'
    """
    ### BEGIN SOLUTION First the length field, then as many bytes as it says.
    field = receive_exactly(sock, LENGTH_FIELD_SIZE)
    if not field:
        return None
    if len(field) < LENGTH_FIELD_SIZE:
        raise ProtocolError("the stream ended inside a length field")
    length = parse_length(field)
    payload = receive_exactly(sock, length)
    if len(payload) < length:
        raise ProtocolError("the stream ended inside a payload")
    return decode_payload(payload)
    ### END SOLUTION


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
        ### BEGIN SOLUTION Nothing is decided here: keep the bytes until a message is complete.
        self._data += data
        ### END SOLUTION

    def next_message(self) -> str | None:
        """Return the text of the next complete message; None if more bytes are needed.

        Raises ProtocolError when it reaches malformed input. Messages before it come first.
        """
        ### BEGIN SOLUTION Is the length field complete? Is the payload? What stays for next time?
        if len(self._data) < LENGTH_FIELD_SIZE:
            return None
        # A bad length is refused as soon as it can be seen, not after the payload it announces.
        end = LENGTH_FIELD_SIZE + parse_length(bytes(self._data[:LENGTH_FIELD_SIZE]))
        if len(self._data) < end:
            return None
        payload = bytes(self._data[LENGTH_FIELD_SIZE:end])
        del self._data[:end]  # what follows is the beginning of the next message
        return decode_payload(payload)
        ### END SOLUTION


def parse_message(text: str) -> tuple[str, str]:
    """Split a message into what stands before its first space and all that stands after it.

    >>> parse_message("MSG bob hi  there")
    ('MSG', 'bob hi  there')
    >>> parse_message("EXIT")
    ('EXIT', '')
    """
    ### BEGIN SOLUTION Only the first space divides. split() would lose all the others.
    command, _, arguments = text.partition(" ")
    return command, arguments
    ### END SOLUTION


def is_valid_name(name: str) -> bool:
    """Tell whether `name` is 1 to 16 ASCII letters and digits, the first of them a letter.

    >>> is_valid_name("bob7"), is_valid_name("7bob")
    (True, False)
    """
    ### BEGIN SOLUTION isalpha() and isalnum() are true for the letters of every language.
    return (
        1 <= len(name) <= MAX_NAME_LENGTH
        and name.isascii()
        and name.isalnum()
        and name[0].isalpha()
    )
    ### END SOLUTION
