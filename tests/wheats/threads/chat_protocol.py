"""The wire format, received in place: recv_into fills a buffer that is exactly as long as the part
of the message that is due. MessageBuffer keeps the pieces of a stream as they came, in a deque.
"""

from __future__ import annotations

import socket
import string
from collections import deque

PORT = 5555
LENGTH_FIELD_SIZE = 4
MAX_MSG_LENGTH = 1024
MAX_BACKLOG = 1024 * 1024

MAX_NAME_LENGTH = 16
DIGITS = frozenset(b"0123456789")
LETTERS = frozenset(string.ascii_letters)
LETTERS_AND_DIGITS = LETTERS | frozenset(string.digits)


class ProtocolError(Exception):
    """What the peer sent is not a message."""


class StreamCut(ProtocolError):
    """The stream ended inside a message."""


def create_msg(text: str) -> bytes:
    """Return the frame for `text`. Raises ValueError if that is over MAX_MSG_LENGTH bytes."""
    payload = text.encode("utf-8")
    if len(payload) > MAX_MSG_LENGTH:
        raise ValueError(f"{len(payload)} bytes do not fit into a message")
    return b"%04d%b" % (len(payload), payload)


def payload_length(field: bytes | bytearray) -> int:
    """Return what a complete length field says, or raise ProtocolError."""
    if not DIGITS.issuperset(field):
        raise ProtocolError("the length is not a number")
    length = int(field)
    if length > MAX_MSG_LENGTH:
        raise ProtocolError(f"{length} bytes are too many for a message")
    return length


def payload_text(payload: bytes | bytearray) -> str:
    """Return the text of a complete payload, or raise ProtocolError."""
    try:
        return payload.decode("utf-8")
    except UnicodeDecodeError:
        raise ProtocolError("the text is not UTF-8") from None


def fill(sock: socket.socket, buffer: bytearray) -> int:
    """Receive until the buffer is full or the stream ends; return how many bytes came."""
    received = 0
    with memoryview(buffer) as view:
        while received < len(buffer):
            count = sock.recv_into(view[received:])
            if count == 0:
                break
            received += count
    return received


def get_msg(sock: socket.socket) -> str | None:
    """Wait for one message; None at the end of the stream, ProtocolError if it is malformed."""
    field = bytearray(LENGTH_FIELD_SIZE)
    received = fill(sock, field)
    if received == 0:
        return None
    if received < LENGTH_FIELD_SIZE:
        raise StreamCut("the stream ended inside a length field")
    payload = bytearray(payload_length(field))
    if fill(sock, payload) < len(payload):
        raise StreamCut("the stream ended inside a payload")
    return payload_text(payload)


class MessageBuffer:
    """Messages out of pieces of a stream, for programs that cannot wait in get_msg."""

    def __init__(self) -> None:
        self._pieces: deque[bytes] = deque()
        self._size = 0  # of all pieces together
        self._field = b""  # the length field of the message that is due, once it is complete

    def feed(self, data: bytes) -> None:
        """Add the next piece of the stream."""
        if data:
            self._pieces.append(data)
            self._size += len(data)

    def next_message(self) -> str | None:
        """Return the next message, None if it is not complete; ProtocolError if malformed."""
        if not self._field:
            if self._size < LENGTH_FIELD_SIZE:
                return None
            self._field = self._take(LENGTH_FIELD_SIZE)
        length = payload_length(self._field)
        if self._size < length:
            return None
        payload = self._take(length)
        self._field = b""
        return payload_text(payload)

    def _take(self, count: int) -> bytes:
        """Remove the first `count` bytes from the pieces, which hold at least so many."""
        taken = bytearray()
        while len(taken) < count:
            piece = self._pieces.popleft()
            missing = count - len(taken)
            taken += piece[:missing]
            if len(piece) > missing:
                self._pieces.appendleft(piece[missing:])
        self._size -= count
        return bytes(taken)


def parse_message(text: str) -> tuple[str, str]:
    """Split a message into its command and all that stands after the first space."""
    command, *arguments = text.split(" ", 1)
    return command, "".join(arguments)


def names_msg(names: list[str]) -> str:
    """Return NAMES with all names behind it; where they do not fit, with as many as do and dots."""
    everybody = " ".join(["NAMES", *names])
    if len(everybody) <= MAX_MSG_LENGTH:
        return everybody
    some = "NAMES"
    for name in sorted(names, key=len):  # the short ones first: more of them fit
        if len(f"{some} {name} ...") > MAX_MSG_LENGTH:
            break
        some += f" {name}"
    return f"{some} ..."


def is_valid_name(name: str) -> bool:
    """Tell whether `name` may be the name of a client."""
    return (
        0 < len(name) <= MAX_NAME_LENGTH
        and name[0] in LETTERS
        and LETTERS_AND_DIGITS.issuperset(name)
    )
