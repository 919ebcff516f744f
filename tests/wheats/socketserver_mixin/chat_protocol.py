"""The wire format, read from file objects and computed digit by digit: the server and get_msg both
read messages from a stream with read(n). MessageBuffer keeps its bytes in an io.BytesIO.
"""

from __future__ import annotations

import io
import socket
from typing import Protocol

PORT = 5555
LENGTH_FIELD_SIZE = 4
MAX_MSG_LENGTH = 1024
MAX_BACKLOG = 1_048_576

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
DIGITS = "0123456789"


class ProtocolError(Exception):
    """Raised for everything that is not a well-formed message."""


class EndInside(ProtocolError):
    """Raised where the stream ends although a message has begun."""


class Readable(Protocol):
    """What a stream must offer: at most n bytes, none at its end."""

    def read(self, n: int, /) -> bytes | None: ...


def create_msg(text: str) -> bytes:
    """Frame a text. Raises ValueError if it does not fit into one message."""
    payload = text.encode()
    field = bytearray(LENGTH_FIELD_SIZE)
    rest = len(payload)
    if rest > MAX_MSG_LENGTH:
        raise ValueError("the text does not fit into one message")
    for place in reversed(range(LENGTH_FIELD_SIZE)):
        rest, digit = divmod(rest, 10)
        field[place] = ord("0") + digit
    return bytes(field) + payload


def length_from(field: bytes) -> int:
    """Compute the number that four digits stand for."""
    length = 0
    for byte in field:
        digit = byte - ord("0")
        if not 0 <= digit <= 9:
            raise ProtocolError("four digits should come first")
        length = 10 * length + digit
    if length > MAX_MSG_LENGTH:
        raise ProtocolError("a message may not be so long")
    return length


def text_from(payload: bytes) -> str:
    """Decode a payload."""
    try:
        return payload.decode()
    except UnicodeError as error:
        raise ProtocolError("a message should be UTF-8") from error


def read_message(stream: Readable) -> str | None:
    """Read one message from a blocking stream; None if the stream ends before it."""
    field = read_up_to(stream, LENGTH_FIELD_SIZE)
    if len(field) == 0:
        return None
    if len(field) < LENGTH_FIELD_SIZE:
        raise EndInside("the length is cut off")
    length = length_from(field)
    payload = read_up_to(stream, length)
    if len(payload) < length:
        raise EndInside("the text is cut off")
    return text_from(payload)


def read_up_to(stream: Readable, size: int) -> bytes:
    """Read `size` bytes, fewer only if the stream ends. An unbuffered read may return less."""
    data = io.BytesIO()
    while data.tell() < size:
        part = stream.read(size - data.tell())
        if not part:
            break
        data.write(part)
    return data.getvalue()


def get_msg(sock: socket.socket) -> str | None:
    """Receive one message and nothing behind it, hence the file without a buffer."""
    with sock.makefile("rb", buffering=0) as stream:
        return read_message(stream)


class MessageBuffer:
    """Collects the bytes of a stream and hands out its messages."""

    def __init__(self) -> None:
        self._file = io.BytesIO()  # its position is where the next message begins

    def feed(self, data: bytes) -> None:
        """Append bytes; what was read before the position is thrown away."""
        rest = self._file.read()
        self._file = io.BytesIO(rest + data)

    def next_message(self) -> str | None:
        """Hand out the next message; None, and stay in place, while it is incomplete."""
        start = self._file.tell()
        field = self._file.read(LENGTH_FIELD_SIZE)
        if len(field) == LENGTH_FIELD_SIZE:
            try:
                length = length_from(field)
            except ProtocolError:
                self._file.seek(start)
                raise
            payload = self._file.read(length)
            if len(payload) == length:
                return text_from(payload)
        self._file.seek(start)
        return None


def parse_message(text: str) -> tuple[str, str]:
    """Take the first word off a message."""
    if " " in text:
        command, arguments = text.split(sep=" ", maxsplit=1)
        return command, arguments
    return text, ""


def listing(names: list[str]) -> str:
    """Put all names behind NAMES. If that is too long, dots take the place of the longest names."""
    words = ["NAMES", *sorted(names, key=len)]
    if len(" ".join(words)) > MAX_MSG_LENGTH:
        words.append("...")
        while len(" ".join(words)) > MAX_MSG_LENGTH:
            del words[-2]
    return " ".join(words)


def is_valid_name(name: str) -> bool:
    """Names are made of ASCII letters and digits, begin with a letter and end after 16."""
    if not 1 <= len(name) <= 16 or name[0] not in LETTERS:
        return False
    return all(character in LETTERS + DIGITS for character in name)
