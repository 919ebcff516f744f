"""Stage protocol: the functions of chat_protocol.py, called one by one."""

from __future__ import annotations

from grader import exercise
from grader.declaration import check
from grader.exercise import frame
from grader.harness.protocol import Protocol
from grader.harness.verdict import CheckFailed

SHALOM = "שלום"  # 4 characters, 8 bytes
WAVE = "👋🏽"  # 2 characters, 8 bytes
SIZES = (0, 1, 1023, 1024)  # bytes
BAD_FIELDS = (
    *(b"12 3", b"+012", b"1_00", b"-001", b"000a", b" 005", b"5   ", b"0x05", b"1e02", b"\0\0\0\5"),
    *("²²²²".encode()[:4], "٥٥".encode()),  # digits of other kinds and scripts, cut to four bytes
    b"\xff\xfe\xfd\xfc",  # bytes that no text has
)
TOO_LONG = (b"1025", b"9999")


@check(
    points=0,
    hint="`python chat_protocol.py` should end without a word. The constants are at its top.",
)
def protocol_can_be_imported(protocol: Protocol) -> None:
    """chat_protocol.py can be imported, and its constants are as they were given."""
    for name in ("PORT", "LENGTH_FIELD_SIZE", "MAX_MSG_LENGTH", "MAX_BACKLOG"):
        value = getattr(exercise, name)
        if protocol.names.get(name) != value:
            found = protocol.names.get(name, "missing")
            raise CheckFailed(f"chat_protocol.{name} should be {value}; it is {found}.")


# create_msg


@check(
    points=1,
    needs="protocol_can_be_imported",
    hint="How many digits has the length field, whatever the length?",
)
def message_is_framed(protocol: Protocol) -> None:
    """create_msg puts a length field of four digits before the payload."""
    protocol.returns("create_msg", "HELLO", value=b"0005HELLO")
    protocol.returns("create_msg", "", value=b"0000")
    protocol.returns("create_msg", "MSG bob  hi ", value=b"0012MSG bob  hi ")
    protocol.returns("create_msg", "\nhi\r\n", value=b"0005\nhi\r\n")
    protocol.returns("create_msg", "x" * 123, value=b"0123" + b"x" * 123)


@check(
    points=1,
    needs="message_is_framed",
    hint="Compare len('é') with len('é'.encode()). Which of them does the receiver need?",
)
def length_counts_bytes(protocol: Protocol) -> None:
    """The length field counts the bytes of the payload, not its characters."""
    for text in ("é", SHALOM, WAVE, f"MSG bob {SHALOM} {WAVE}"):
        protocol.returns("create_msg", text, value=frame(text))


@check(
    points=0.5,
    needs="message_is_framed",
    hint="What is the longest payload that is allowed, and what is one byte more?",
)
def overlong_message_is_refused(protocol: Protocol) -> None:
    """create_msg takes a payload of 1024 bytes, and raises ValueError for a longer one."""
    for size in (1023, 1024):
        protocol.returns("create_msg", "x" * size, value=frame("x" * size))
    for size in (1025, 2000, 9999, 10000):
        protocol.raises("create_msg", "x" * size, kind="ValueError")
    protocol.returns("create_msg", "é" * 512, value=frame("é" * 512))  # 1024 bytes
    protocol.raises("create_msg", "é" * 513, kind="ValueError")


# parse_message and is_valid_name


@check(
    points=0.5,
    needs="protocol_can_be_imported",
    hint="What stands before the first space, and what if there is none?",
)
def command_is_split_off(protocol: Protocol) -> None:
    """parse_message splits a message at its first space."""
    protocol.returns("parse_message", "NAME bob", value=("NAME", "bob"))
    protocol.returns("parse_message", "EXIT", value=("EXIT", ""))
    protocol.returns("parse_message", "", value=("", ""))
    protocol.returns("parse_message", "MSG bob hi there", value=("MSG", "bob hi there"))


@check(
    points=0.5,
    needs="command_is_split_off",
    hint="What do 'a  b'.split() and 'a  b'.split(' ', 1) return?",
)
def spaces_are_kept_by_the_split(protocol: Protocol) -> None:
    """parse_message changes nothing of what stands after the first space."""
    protocol.returns("parse_message", "MSG bob hi  there ", value=("MSG", "bob hi  there "))
    protocol.returns("parse_message", "MSG  bob", value=("MSG", " bob"))
    protocol.returns("parse_message", "MSG ", value=("MSG", ""))
    protocol.returns("parse_message", " NAME bob", value=("", "NAME bob"))
    protocol.returns("parse_message", "MSG bob\tx\n", value=("MSG", "bob\tx\n"))
    protocol.returns("parse_message", "NAME\tbob x", value=("NAME\tbob", "x"))


@check(
    points=0.5,
    needs="protocol_can_be_imported",
    hint="Go through the rule word by word: how long, which characters, which one first?",
)
def valid_names_are_told(protocol: Protocol) -> None:
    """is_valid_name accepts 1 to 16 letters and digits that begin with a letter."""
    for name in ("bob", "B", "z", "b0b", "X99", "aB3dE6gH9jK2mN5p", "NAME", "EXIT", "None"):
        protocol.returns("is_valid_name", name, value=True)


@check(
    points=0.5,
    needs="valid_names_are_told",
    hint="How long? Which first and which last character? And isalnum() knows more than ASCII.",
)
def invalid_names_are_told(protocol: Protocol) -> None:
    """is_valid_name refuses everything else."""
    ascii_names = ("", " ", "7bob", "bob smith", "bob ", " bob", "bob\n", "a_b", "a-b", "bob!")
    for name in (
        *ascii_names,
        "a" * 17,
        "é",
        "bobé",
        SHALOM,
        "bob²",
        "bob٣",
        "ｂｏｂ",
        "\x00",
        "a\x00",
    ):
        protocol.returns("is_valid_name", name, value=False)


# get_msg


@check(
    points=1,
    needs="protocol_can_be_imported",
    hint="Read the length field first. How many bytes does it say come after it?",
)
def message_is_received(protocol: Protocol) -> None:
    """get_msg returns the text of one message."""
    protocol.opens_stream()
    protocol.get_msg_returns(b"0005HELLO", value="HELLO")
    protocol.get_msg_returns(b"0016MSG bob hi there", value="MSG bob hi there")
    protocol.get_msg_returns(b"0005\nhi\r\n", value="\nhi\r\n")


@check(
    points=1,
    needs="message_is_received",
    hint="recv(n) returns between 1 and n bytes. What does your code do when it is fewer than n?",
)
def message_is_received_in_pieces(protocol: Protocol) -> None:
    """get_msg puts a message together wherever it is cut."""
    protocol.opens_stream()
    whole = frame("MSG bob hi")
    for cut in range(1, len(whole)):
        protocol.get_msg_returns(whole[:cut], whole[cut:], value="MSG bob hi")
    protocol.get_msg_returns(*(bytes([byte]) for byte in whole), value="MSG bob hi")


@check(
    points=0.5,
    needs="message_is_received",
    hint="Is there a size for which your code asks recv for nothing, or for too little?",
)
def every_size_is_received(protocol: Protocol) -> None:
    """get_msg receives payloads of 0, 1, 1023 and 1024 bytes."""
    protocol.opens_stream()
    for size in SIZES:
        protocol.get_msg_returns(frame("x" * size), value="x" * size)


@check(
    points=0.5,
    needs="message_is_received_in_pieces",
    hint="When are there enough bytes to decode them? A character may be several bytes.",
)
def every_language_is_received(protocol: Protocol) -> None:
    """get_msg counts bytes, and decodes them when all are there."""
    protocol.opens_stream()
    for text in (SHALOM, WAVE):
        whole = frame(text)
        protocol.get_msg_returns(whole, value=text)
        for cut in range(4, len(whole)):
            protocol.get_msg_returns(whole[:cut], whole[cut:], value=text)


@check(
    points=1,
    needs="message_is_received",
    hint="How many bytes are still missing? Ask recv for that many, and for no more.",
)
def next_message_is_left_alone(protocol: Protocol) -> None:
    """get_msg reads exactly one message, and not one byte of the next."""
    for first in ("NAME bob", "", "x" * 1024):
        whole = frame(first)
        for cut in (0, 2, len(whole) // 2):
            protocol.opens_stream()
            protocol.get_msg_returns(whole[:cut], whole[cut:] + b"0004EXIT", value=first)
            rest = protocol.rest_of_stream()
            if rest != b"0004EXIT":
                raise CheckFailed(
                    "b'0004EXIT' followed the message in the same segment, and get_msg should "
                    f"have left it in the socket;\nwhat is left there is {rest!r}"
                )


@check(
    points=0.5,
    needs="message_is_received",
    hint="What does recv return at the end of the stream? Can it be mistaken for a message?",
)
def end_between_messages_is_none(protocol: Protocol) -> None:
    """get_msg returns None when the stream ends between two messages."""
    protocol.opens_stream()
    protocol.get_msg_returns(ends=True, value=None)
    protocol.opens_stream()
    protocol.get_msg_returns(frame("") + frame("BYE"), value="")
    protocol.get_msg_returns(value="BYE")
    protocol.get_msg_returns(ends=True, value=None)


@check(
    points=0.5,
    needs="end_between_messages_is_none",
    hint="Every recv may be the one that returns b''. What does each of yours do then?",
)
def end_inside_a_message_is_an_error(protocol: Protocol) -> None:
    """get_msg raises ProtocolError when the stream ends inside a message."""
    whole = frame("HELLO")
    for cut in range(1, len(whole)):
        protocol.opens_stream()
        protocol.get_msg_raises(whole[:cut], ends=True)


@check(
    points=1,
    needs="message_is_received",
    hint="int() accepts more than digits. Look at the four bytes before you call it.",
)
def bad_length_field_is_refused(protocol: Protocol) -> None:
    """get_msg raises ProtocolError when the length field is not four digits."""
    for field in BAD_FIELDS:
        protocol.opens_stream()
        protocol.get_msg_raises(field + b"x" * 200, ends=True)


@check(
    points=0.5,
    needs="message_is_received",
    hint="The peer says how much is to come. Who says how much you accept?",
)
def overlong_length_is_refused(protocol: Protocol) -> None:
    """get_msg raises ProtocolError when the length is over 1024."""
    for field in TOO_LONG:
        protocol.opens_stream()
        protocol.get_msg_raises(field + b"x" * int(field), ends=True)


@check(
    points=0.5,
    needs="message_is_received",
    hint="Which exception does decode() raise, and which one should leave get_msg?",
)
def bad_utf8_is_refused(protocol: Protocol) -> None:
    """get_msg raises ProtocolError when the payload is not UTF-8."""
    for payload in (b"\xff\xfe", b"MSG bob \xc3", b"\xed\xa0\x80", "é".encode("latin-1")):
        protocol.opens_stream()
        protocol.get_msg_raises(frame(payload))


# MessageBuffer


@check(
    points=1,
    needs="protocol_can_be_imported",
    hint="What does next_message return while something is still missing, and what afterwards?",
)
def buffer_returns_messages(protocol: Protocol) -> None:
    """MessageBuffer returns each message once, and None when there is no more."""
    protocol.buffer_yields(None, b"0005HELLO", "HELLO", None, None)
    protocol.buffer_yields(b"0003ONE", "ONE", b"0003TWO", "TWO", None)
    protocol.buffer_yields(b"0005\nhi\r\n", "\nhi\r\n", None)
    for size in SIZES[1:]:
        protocol.buffer_yields(frame("x" * size), "x" * size, None)


@check(
    points=1,
    needs="buffer_returns_messages",
    hint="The bytes of half a message must be somewhere when the other half arrives.",
)
def buffer_waits_for_the_rest(protocol: Protocol) -> None:
    """MessageBuffer waits for the rest of a message wherever it is cut."""
    whole = frame("MSG bob hi")
    for cut in range(1, len(whole)):
        protocol.buffer_yields(whole[:cut], None, None, whole[cut:], "MSG bob hi", None)
    single = [step for byte in whole[:-1] for step in (bytes([byte]), None)]
    protocol.buffer_yields(*single, whole[-1:], "MSG bob hi", None)
    protocol.buffer_yields(b"", None, whole[:3], b"", None, whole[3:], "MSG bob hi")


@check(
    points=1,
    needs="buffer_returns_messages",
    hint="After one message was taken out, what about the bytes behind it?",
)
def buffer_separates_glued_messages(protocol: Protocol) -> None:
    """MessageBuffer takes several messages, and part of one more, from one piece."""
    protocol.buffer_yields(b"0003ONE0003TWO0005T", "ONE", "TWO", None, b"HREE", "THREE", None)
    texts = [f"message {number}" for number in range(50)]
    protocol.buffer_yields(b"".join(map(frame, texts)), *texts, None)


@check(
    points=0.5,
    needs="buffer_returns_messages",
    hint="'' is a message with nothing in it, None is no message. Does your code tell them apart?",
)
def buffer_returns_the_empty_message(protocol: Protocol) -> None:
    """MessageBuffer returns the empty message as '', which is not None."""
    protocol.buffer_yields(b"0000", "", None)
    protocol.buffer_yields(b"00000000" + frame("BYE"), "", "", "BYE", None)


@check(
    points=1,
    needs="buffer_waits_for_the_rest",
    hint="Collect bytes, not text. A piece may end in the middle of a character.",
)
def buffer_keeps_characters_whole(protocol: Protocol) -> None:
    """MessageBuffer puts characters together that arrive in pieces."""
    for text in (SHALOM, WAVE):
        whole = frame(text)
        protocol.buffer_yields(whole, text, None)
        for cut in range(4, len(whole)):
            protocol.buffer_yields(whole[:cut], None, whole[cut:], text, None)


@check(
    points=1,
    needs="buffer_returns_messages",
    hint="Where is the list, or the bytes, that your class keeps: in the class, or in each object?",
)
def buffers_are_independent(protocol: Protocol) -> None:
    """Two MessageBuffers know nothing of each other."""
    protocol.buffers_yield((0, b"0003O"), (1, b"0003TWO"), (1, "TWO"), (0, b"NE"), (0, "ONE"))


@check(
    points=1,
    needs="buffer_separates_glued_messages",
    hint="Check the four bytes as soon as they are there, and only when their turn has come.",
)
def buffer_refuses_malformed_input(protocol: Protocol) -> None:
    """MessageBuffer raises ProtocolError at malformed input, after the messages before it."""
    for field in (*BAD_FIELDS, *TOO_LONG):
        protocol.buffer_refuses(field)
        protocol.buffer_refuses(b"0003ONE" + field + b"0003TWO", "ONE")
    protocol.buffer_refuses(b"0003ONE0002\xff\xfe", "ONE")
