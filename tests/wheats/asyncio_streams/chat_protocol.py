"""The wire format, by regular expressions: one says what a length field is, another one what a
name is. MessageBuffer matches where it stands in the bytes, and drops what lies behind it.
"""

from __future__ import annotations

import re
import socket

PORT = 5555
LENGTH_FIELD_SIZE = 4
MAX_MSG_LENGTH = 1024
MAX_BACKLOG = 1 << 20

# In a pattern of bytes \d would do as well; in one of text it matches the digits of all scripts.
LENGTH_FIELD = re.compile(rb"0[0-9]{3}|10[01][0-9]|102[0-4]")
NAME = re.compile(r"[A-Za-z][A-Za-z0-9]{0,15}")
MESSAGE = re.compile(r"([^ ]*) ?(.*)", re.DOTALL)


class ProtocolError(Exception):
    """Malformed input."""


def create_msg(text: str) -> bytes:
    """Return `text` as it goes over the wire.

    Raises ValueError if it is longer than a message may be.
    """
    payload = text.encode()
    if len(payload) > MAX_MSG_LENGTH:
        raise ValueError(f"message too long: {len(payload)} bytes")
    return f"{len(payload):04}".encode() + payload


def parse_length(field: bytes) -> int:
    """Return the number in a length field of four bytes. Raises ProtocolError."""
    if not LENGTH_FIELD.fullmatch(field):
        raise ProtocolError(f"a length is 0000 to {MAX_MSG_LENGTH}")
    return int(field)


def parse_payload(payload: bytes) -> str:
    """Return the text in a payload. Raises ProtocolError."""
    try:
        return str(payload, "utf-8")
    except UnicodeDecodeError as error:
        raise ProtocolError(f"not UTF-8 from byte {error.start} on") from error


def get_msg(sock: socket.socket) -> str | None:
    """Wait for the next message and return its text, or None at the end of the stream.

    Raises ProtocolError if it is malformed or ends too early.
    """
    field = _receive(sock, LENGTH_FIELD_SIZE)
    if field == b"":
        return None
    length = parse_length(_all_of(field, LENGTH_FIELD_SIZE))
    return parse_payload(_all_of(_receive(sock, length), length))


def _receive(sock: socket.socket, missing: int) -> bytes:
    chunks = []
    while missing and (chunk := sock.recv(missing)):
        chunks.append(chunk)
        missing -= len(chunk)
    return b"".join(chunks)


def _all_of(data: bytes, size: int) -> bytes:
    if len(data) < size:
        raise ProtocolError("the stream ended inside a message")
    return data


class MessageBuffer:
    """Takes bytes, gives messages."""

    def __init__(self) -> None:
        self._data = b""
        self._position = 0  # up to here the data has been returned as messages

    def feed(self, data: bytes) -> None:
        """Take the bytes that came in last."""
        self._data = self._data[self._position :] + data
        self._position = 0

    def next_message(self) -> str | None:
        """Return the next message, or None if it has not come in completely.

        Raises ProtocolError if it is malformed.
        """
        start = self._position + LENGTH_FIELD_SIZE
        if start > len(self._data):
            return None
        end = start + parse_length(self._data[self._position : start])
        if end > len(self._data):
            return None
        self._position = end
        return parse_payload(self._data[start:end])


def parse_message(text: str) -> tuple[str, str]:
    """Return the command and the arguments of a message."""
    match = MESSAGE.fullmatch(text)
    assert match, "every text matches"
    return match[1], match[2]


def is_valid_name(name: str) -> bool:
    """Tell whether a client may have this name."""
    return NAME.fullmatch(name) is not None
