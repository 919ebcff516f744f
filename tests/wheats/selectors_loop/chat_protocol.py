"""The wire format, as a generator that says how many bytes it needs next. It reads no socket and
keeps no bytes: get_msg and MessageBuffer, which do, drive the same generator.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from socket import socket

PORT = 5555
LENGTH_FIELD_SIZE = 4
MAX_MSG_LENGTH = 1024
MAX_BACKLOG = 2**20

MAX_NAME_LENGTH = 16


class ProtocolError(Exception):
    """The other side does not keep to the protocol."""


def create_msg(text: str) -> bytes:
    """Return the bytes to send for a message; ValueError if it is too long."""
    payload = bytes(text, "utf-8")
    size = len(payload)
    if size > MAX_MSG_LENGTH:
        raise ValueError(f"{size} bytes, the limit is {MAX_MSG_LENGTH}")
    return str(size).rjust(LENGTH_FIELD_SIZE, "0").encode("ascii") + payload


def read_one() -> Generator[int, bytes, str]:
    """Read one message: yield a number of bytes, be sent just so many, and return the text.

    Raises ProtocolError at the first bytes that are wrong.
    """
    field = yield LENGTH_FIELD_SIZE
    if any(byte not in b"0123456789" for byte in field):
        raise ProtocolError("length field with other things than digits")
    length = int(field)
    if length > MAX_MSG_LENGTH:
        raise ProtocolError(f"length over {MAX_MSG_LENGTH}")
    payload = (yield length) if length else b""
    try:
        return payload.decode("utf-8", errors="strict")
    except UnicodeDecodeError as error:
        raise ProtocolError(f"payload is not UTF-8: {error.reason}") from None


def get_msg(sock: socket) -> str | None:
    """Read one message from a socket. None if there is none before the end of the stream."""
    message = read_one()
    needed = next(message)
    data = b""
    first = True
    while True:
        chunk = sock.recv(needed - len(data))
        if not chunk and first:
            return None
        if not chunk:
            raise ProtocolError("end of stream in the middle of a message")
        first = False
        data += chunk
        if len(data) == needed:
            try:
                needed, data = message.send(data), b""
            except StopIteration as end:
                return str(end.value)


class MessageBuffer:
    """Bytes in, messages out."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._message = read_one()
        self._needed = next(self._message)
        self._error: ProtocolError | None = None

    def feed(self, data: bytes) -> None:
        """Put in bytes."""
        self._bytes.extend(data)

    def next_message(self) -> str | None:
        """Take out a message, None if it is not all there; ProtocolError if it never will be."""
        if self._error:
            raise self._error
        while len(self._bytes) >= self._needed:
            part = bytes(self._bytes[: self._needed])
            del self._bytes[: self._needed]
            try:
                self._needed = self._message.send(part)
            except StopIteration as end:
                self._message = read_one()
                self._needed = next(self._message)
                return str(end.value)
            except ProtocolError as error:
                self._error = error
                raise
        return None


def parse_message(text: str) -> tuple[str, str]:
    """Cut a message at its first space: the command, and the rest."""
    space = text.find(" ")
    if space < 0:
        return text, ""
    return text[:space], text[space + 1 :]


def names_reply(names: Iterable[str]) -> str:
    """Answer GET_NAMES, the shortest names first: where the end is cut off, the most are left."""
    more = " ..."
    reply = " ".join(["NAMES", *sorted(names, key=len)])
    if len(reply) <= MAX_MSG_LENGTH:
        return reply
    # Cut at the last space with room for the dots before the limit; it may stand where they begin.
    return reply[: reply.rindex(" ", 0, MAX_MSG_LENGTH - len(more) + 1)] + more


def is_valid_name(name: str) -> bool:
    """Check the rule for names: ASCII letters and digits, a letter first, 16 at the most."""
    if not name or len(name) > MAX_NAME_LENGTH:
        return False
    letters = ["A" <= c <= "Z" or "a" <= c <= "z" for c in name]
    return letters[0] and all(
        letter or "0" <= c <= "9" for letter, c in zip(letters, name, strict=True)
    )
