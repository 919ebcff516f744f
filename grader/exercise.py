"""The pinned facts of the exercise: the wire format, its limits, the files, the stages.

They stand here on their own and are not read from `solution/`: the reference is graded against
them like any other submission.
"""

from __future__ import annotations

from typing import NamedTuple

PORT = 5555
HOST = "127.0.0.1"
LENGTH_FIELD_SIZE = 4  # bytes
MAX_MSG_LENGTH = 1024  # bytes of payload
MAX_BACKLOG = 1024 * 1024  # bytes
MAX_NAME_LENGTH = 16  # characters

PROTOCOL_FILE = "chat_protocol.py"
SERVER_FILE = "chat_server.py"
CLIENT_FILE = "chat_client.py"
GIVEN_FILES = ("keyboard.py",)  # whole in the skeleton as in the solution


class Stage(NamedTuple):
    """A group of checks about one subject, in the order in which a student meets them."""

    name: str  # as in `--stage NAME` and in results.json
    title: str
    runs: str  # the file of the submission that its checks run
    lane: int  # stages of one lane are graded one after the other, lanes at the same time


# The lanes are such that each of them takes about as long: see `python -m tests.benchmarks`.
STAGES = (
    Stage("protocol", "The functions of chat_protocol.py", PROTOCOL_FILE, 0),
    Stage("names", "Connecting, NAME and GET_NAMES", SERVER_FILE, 1),
    Stage("messages", "MSG, and what is not a command", SERVER_FILE, 1),
    Stage("lifecycle", "Every way of leaving, and starting again", SERVER_FILE, 1),
    Stage("framing", "Messages in pieces, glued together, or malformed", SERVER_FILE, 1),
    Stage("client", "The client, used by a person at a terminal", CLIENT_FILE, 0),
    Stage("robustness", "Slow clients, many clients, no waste", SERVER_FILE, 2),
)

SUBMISSION_FILES = tuple(dict.fromkeys(stage.runs for stage in STAGES))


def frame(payload: str | bytes) -> bytes:
    """Return the wire format's one frame for a payload, as long as its length field can say.

    >>> frame("HELLO")
    b'0005HELLO'
    """
    data = payload.encode() if isinstance(payload, str) else payload
    if len(data) >= 10**LENGTH_FIELD_SIZE:
        raise ValueError(f"{len(data)} does not fit into {LENGTH_FIELD_SIZE} digits")
    return b"%0*d" % (LENGTH_FIELD_SIZE, len(data)) + data


class BadFrame(Exception):
    """What a submission sent is no frame; the text says what is wrong with it.

    `data` are the bytes from the beginning of that frame, `at` is the index of the offending one.
    """

    def __init__(self, text: str, data: bytes, at: int) -> None:
        super().__init__(text)
        self.data = data
        self.at = at


class FrameDecoder:
    """The grader's own reading of a byte stream: feed bytes, take payloads.

    It shares no code with any submission.
    """

    def __init__(self) -> None:
        self.waiting = bytearray()  # bytes that belong to no payload taken so far

    def feed(self, data: bytes) -> None:
        """Take in the next bytes of the stream."""
        self.waiting += data

    def _begun(self) -> bytes:
        return bytes(self.waiting[: LENGTH_FIELD_SIZE + MAX_MSG_LENGTH + LENGTH_FIELD_SIZE])

    def next_payload(self) -> str | None:
        """Return the next complete payload, None if there is none. Raises BadFrame."""
        field = bytes(self.waiting[:LENGTH_FIELD_SIZE])
        for at, digit in enumerate(field):
            if digit not in b"0123456789":
                words = f"a length field must be {LENGTH_FIELD_SIZE} digits; it was {field!r}"
                raise BadFrame(words, self._begun(), at)
        if len(field) < LENGTH_FIELD_SIZE:
            return None
        length = int(field)
        if length > MAX_MSG_LENGTH:
            words = f"the length field says {length}; the maximum is {MAX_MSG_LENGTH}"
            raise BadFrame(words, self._begun(), 0)
        if len(self.waiting) < LENGTH_FIELD_SIZE + length:
            return None
        begun = self._begun()
        payload = bytes(self.waiting[LENGTH_FIELD_SIZE : LENGTH_FIELD_SIZE + length])
        del self.waiting[: LENGTH_FIELD_SIZE + length]  # without moving the rest, however much
        try:
            return payload.decode()
        except UnicodeDecodeError as error:
            at = LENGTH_FIELD_SIZE + error.start
            raise BadFrame(f"the payload is not UTF-8: {payload!r}", begun, at) from None
