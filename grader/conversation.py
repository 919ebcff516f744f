"""What happened between the kit and a program of a submission, as plain data.

The harness records it, a Result carries it, and the reports draw it. What a student's program says
about itself (places, calls, what it printed) is untrusted: it is shown, and decides nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

# The kinds of steps
SENDS = "sends"  # one message to the program
SENDS_BYTES = "sends bytes"  # a piece that need not be a message
GETS = "gets"  # one message from the program
GETS_UNASKED = "gets unasked"  # one that was found unread afterwards
DOES = "does"  # anything else: connects, types, leaves

IN_VAIN = 1500  # times; a person's longest line takes fewer calls to read


class Step(NamedTuple):
    """One thing that a scripted client did, or one message that it got."""

    who: str  # "alice", "client-2", "(server)", "(person)", "(grader)"
    kind: str
    text: str = ""  # the payload, or what was done
    data: bytes = b""  # of SENDS_BYTES
    segment: int = 0  # the number of the Segment that carried it, 0 if none did
    printed: str = ""  # what the program was seen to print between the step before and this one


class Segment(NamedTuple):
    """Bytes that went over the wire in one piece, as they were sent or received."""

    who: str  # whose connection
    from_program: bool
    data: bytes
    flag: str = ""  # "SYN", "FIN" or "RST", in place of data
    seconds: float = 0.0  # on a clock that only goes forward


class Place(NamedTuple):
    """A line of the submission, as its process reported it."""

    file: str
    line: int
    function: str
    source: str


class Call(NamedTuple):
    """One call of recv, send, accept or select in the submission, as its process reported it."""

    who: str  # whose connection, "" if that is not known
    name: str  # "recv"
    size: int  # bytes asked for, or given to be sent; -1 unknown
    result: str  # "3 bytes", "ConnectionResetError"; "" while it has not returned
    data: bytes  # what it must have got, from the kit's own record of what was sent
    place: Place | None
    moved: int = -1  # bytes that went; -1 if none could
    times: int = 1  # how often it came to the same while no bytes went anywhere
    is_recent: bool = False  # no bytes have gone anywhere since

    @property
    def is_in_vain(self) -> bool:
        """Tell whether a loop makes this call without end, to no effect."""
        return self.is_recent and self.times >= IN_VAIN


class Thread(NamedTuple):
    """Where one thread of the program was when it was asked."""

    places: tuple[Place, ...]  # inside the submission, the innermost last
    waits_in: Call | None  # the recv or send that it had not returned from


class Ruler(NamedTuple):
    """Bytes laid out one by one, where bytes are the matter."""

    title: str
    data: bytes
    cuts: tuple[int, ...] = ()  # where one segment ends and the next one begins
    caret: int = -1  # the offending byte, -1 if there is none
    note: str = ""  # what is wrong with it
    frame_end: int = -1  # where the length field says that the message ends


class Expectation(NamedTuple):
    """What somebody should have got, and what came."""

    who: str
    wanted: str
    came: str
    after: int = 0  # how many steps there were when it was clear
    has_come: bool = False  # the last of them is the message that came in its place


@dataclass(frozen=True)
class Account:
    """All that is known of one failure, beside the words that say what it was."""

    program: str  # "chat_server.py"
    steps: tuple[Step, ...] = ()  # those around the failure
    first: int = 1  # the number of the first of them
    total: int = 0  # how many there were in all
    expectation: Expectation | None = None
    rulers: tuple[Ruler, ...] = ()
    threads: tuple[Thread, ...] = ()
    calls: tuple[Call, ...] = ()
    printed: str = ""  # by the program after the last step
    screen: tuple[str, ...] | None = None  # the rows of the client's terminal
    is_stuck: bool = False  # it does not answer, or never rests: where it is, is the matter
