"""What the self-checks say. Guess first: the answers stand here, each with its reason."""

from __future__ import annotations

from typing import NamedTuple


class Question(NamedTuple):
    """The right choice, and what is said to whoever chose each of them."""

    right: str
    told: dict[str, str]


def check(question: str, guess: object) -> None:
    """Say whether the guess was right, and why."""
    right, told = QUESTIONS[question]
    if guess is None:
        print(f"No guess yet. Put {_or(told)} in place of None, run that cell, then this one.")
    elif guess not in told:
        print(f"The guess is one of {_or(told)}, with the quotes; it was {guess!r}.")
    elif guess == right:
        print(f"Right. {told[right]}")
    else:
        print(f"Not so. {told[str(guess)]}")


def _or(choices: dict[str, str]) -> str:
    *others, last = (f'"{choice}"' for choice in choices)
    return f"{', '.join(others)} or {last}"


QUESTIONS = {
    # 01_length_field_framing
    "three sends": Question(
        "b",
        {
            "a": "That is what UDP does. TCP put the eleven bytes in one row, and recv took all "
            "that was there. Count the pieces in the last row of the picture.",
            "b": "The eleven bytes stood in one row, and recv took as many as it was allowed to.",
            "c": "Nothing is lost or refused: bytes that nobody has fetched wait in the system's "
            "receive buffer, one behind the other.",
        },
    ),
    "fewer than asked": Question(
        "b",
        {
            "a": "recv waits only while there is nothing at all. As soon as one byte is there, it "
            "returns with what it has, up to the limit of four.",
            "b": "Two bytes were there, and the limit was four: recv returned the two.",
            "c": "recv does not hold back bytes that have arrived. It has no idea that you need "
            "four of them.",
        },
    ),
    "a bigger number": Question(
        "b",
        {
            "a": "recv cannot know that more belongs to this message. It waits only while there is "
            "nothing at all.",
            "b": "Seven bytes were there. The limit of a million changed nothing.",
            "c": "The number is no size to be filled. recv returns just the bytes that came; "
            "len() of them was 7.",
        },
    ),
    "nodelay": Question(
        "b",
        {
            "a": "The option lets the pieces leave at once. Where they arrive they are put in one "
            "row all the same, and one recv takes the row.",
            "b": "The pieces may travel one by one; at their arrival they become one row of bytes.",
        },
    ),
    "four characters": Question(
        "c",
        {
            "a": "The receiver counts bytes, for it has nothing else. The field said 4, and the "
            "word has 8 bytes: look where the ruler puts the second length field.",
            "b": "Half of the word is right. But the next four bytes are the other half, and they "
            "are taken for a length field. BYE is never found.",
            "c": "Four bytes too many are left over. They are taken for a length field, and from "
            "there on the receiver has lost its place.",
        },
    ),
    "half a character": Question(
        "b",
        {
            "a": "It would be, if decode got that far. The first piece ends with half of é, and "
            "half a character is no text: decode raises UnicodeDecodeError.",
            "b": "Half of é is no character, so the first piece cannot be decoded by itself.",
            "c": "TCP carries bytes and knows nothing of characters. It cuts where it likes.",
        },
    ),
    "all ways to cut": Question(
        "b",
        {
            "a": "Every piece must be just one frame, so the stream must be cut after byte 5 and "
            "nowhere else. Only one of the 2,048 ways does that.",
            "b": "Only the way that cuts between the two frames, and nowhere else.",
            "c": "One way remains: a single cut, just between the two frames.",
        },
    ),
    "the end in the middle": Question(
        "c",
        {
            "a": "It would wait if something could still come. But Alice has closed her end, and "
            "recv says so with b''.",
            "b": "For recv this is no error: it does not know that the frame has two bytes more. "
            "Your program knows.",
            "c": "b'' means the end, and the end stays the end however often one asks.",
        },
    ),
    "length fields": Question(
        "c",
        {
            "a": "Look at the table above: int() gives a number for each of the four.",
            "b": "The minus sign is taken, but so are the plus sign, spaces around the digits, and "
            "an underscore between them.",
            "c": "int() reads what people type: signs, spaces, underscores. Digits alone must be "
            "checked for.",
        },
    ),
    "a part": Question(
        "b",
        {
            "a": "The buffers between two programs are limited. Otherwise a reader that sleeps "
            "could fill the memory of both machines.",
            "b": "It put in what there was room for, and said how many bytes. The rest is yours.",
            "c": "BlockingIOError comes only when there is no room at all. Before that, send takes "
            "what fits.",
        },
    ),
    "two digits": Question(
        "b",
        {
            "a": "Two digits can say 99, but these two say 10: the field was made three digits "
            "wide, and the receiver took the first two of them.",
            "b": "The receiver takes '10' for the length, and the third digit for the first byte "
            "of the payload.",
            "c": "zfill(2) makes a number at least two digits wide; it refuses none. The sender "
            "never notices.",
        },
    ),
    "byte order": Question(
        "b",
        {
            "a": "The system moves bytes and does not know that these four are a number.",
            "b": "05 00 00 00, read with the high byte first, is 5 times 256 times 256 times 256.",
            "c": "Four bytes are always a number for struct; it has no way to see that they stand "
            "the other way round.",
        },
    ),
    # 02_select
    "one frozen client": Question(
        "b",
        {
            "a": "The server stands in recv on A until A says something. That may be in an hour, "
            "or never.",
            "b": "The server never gets to C: it stands in recv on A.",
        },
    ),
    "ask who is ready": Question(
        "b",
        {
            "a": "For a listener, readable means that accept would not block. Somebody had just "
            "connected, so it was ready too.",
            "b": "C has bytes, and the listener has a connection. A has neither.",
            "c": "A has sent nothing: recv on A would block, so A is not ready.",
        },
    ),
    "ready is not complete": Question(
        "b",
        {
            "a": "The system does not know what a message is. One byte makes a socket readable.",
            "b": "Ready means that one recv will not block. It says nothing about a second one.",
        },
    ),
    "told again": Question(
        "b",
        {
            "a": "select does not remember what it told. It looks whether bytes are there now.",
            "b": "As long as one byte is left, the socket is readable.",
        },
    ),
    "the end": Question(
        "c",
        {
            "a": "The third list stayed empty. The end is something to be read: it comes after the "
            "last byte, in the same row.",
            "b": "A proper end is no error, and nothing is raised. recv returns b''.",
            "c": "The end is read like bytes are: readable, and recv gives b''.",
        },
    ),
    "nearly always writable": Question(
        "b",
        {
            "a": "It does find something: the socket has room in its send buffer, and that is all "
            "that was asked.",
            "b": "An idle socket has room nearly always, so the answer is always the same: now.",
        },
    ),
    "full buffers": Question(
        "b",
        {
            "a": "The system's buffers are limited, and they were full: send raised "
            "BlockingIOError, and select did not name A.",
            "b": "Only what the client reads makes room for more.",
        },
    ),
    "closed socket": Question(
        "b",
        {
            "a": "A closed socket has the number -1, and select refuses the whole list because of "
            "it.",
            "b": "One forgotten socket ends the loop, and with it the server for everybody.",
        },
    ),
    "a peer that is gone": Question(
        "b",
        {
            "a": "The system takes the byte and tries to deliver it. That nobody is there comes to "
            "light later.",
            "b": "send answers for the own system only. The bad news come later.",
        },
    ),
    "a line": Question(
        "b",
        {
            "a": "The second line has left the system already: readline read ahead, and it lies in "
            "a buffer of Python's that select does not know.",
            "b": "Both lines were read at once; the second lies where select does not look.",
        },
    ),
    "the limit": Question(
        "b",
        {
            "a": "select keeps its descriptors in a field of a fixed size. For a number beyond it, "
            "Python raises ValueError.",
            "b": "1,024 descriptors, 0 to 1023: more does not fit (512 sockets on Windows).",
        },
    ),
    "fifty clients": Question(
        "b",
        {
            "a": "Every client has a buffer of its own, and each gets its short turn. No thread "
            "was needed.",
            "b": "TCP keeps each stream in order, and a buffer for each client puts the messages "
            "together.",
        },
    ),
}
