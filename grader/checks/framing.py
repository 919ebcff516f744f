"""Stage framing: what the server does with messages in pieces, glued together, or malformed."""

from __future__ import annotations

from grader.declaration import check
from grader.exercise import frame
from grader.harness.server import Server

BAD_FIELDS = (
    b"12 3",
    b"+012",
    b"1_00",
    b"-001",
    b"000a",
    b" 005",
    b"\0\0\0\5",
    b"\xff\xfe\xfd\xfc",
    "²²".encode(),
)
TOO_LONG = (b"1025", b"9999")
NOT_UTF8 = (frame(b"NAME \xff"), frame(b"MSG bob \xc3"), frame(b"\xed\xa0\x80"))


@check(
    points=2,
    needs="name_is_accepted",
    hint="What arrives with one recv may be any part of a message, one byte of it even.",
)
def message_may_be_cut_anywhere(server: Server) -> None:
    """A message that arrives in two pieces is understood, wherever it is cut."""
    whole = frame("NAME alice00")
    for cut in range(1, len(whole)):
        message = f"NAME alice{cut:02}"
        whole = frame(message)
        client = server.client()
        client.sends_apart([whole[:cut], whole[cut:]])
        client.gets(f"HELLO alice{cut:02}")


@check(
    points=1,
    needs="message_may_be_cut_anywhere",
    hint="How many bytes do you still need, and where do you keep those you have?",
)
def message_may_come_byte_by_byte(server: Server) -> None:
    """A message that arrives byte by byte is understood, while others are served."""
    bob, slow = server.client("bob"), server.client()
    whole = frame("NAME alice")
    slow.sends_apart(whole[i : i + 1] for i in range(7)).waits_until_read()
    bob.asks("NAME bob").gets("HELLO bob")
    slow.sends_apart(whole[i : i + 1] for i in range(7, len(whole))).gets("HELLO alice")


@check(
    points=1,
    needs="message_may_be_cut_anywhere",
    hint="Decode when the payload is complete; a piece may end inside a character.",
)
def character_may_be_cut(server: Server) -> None:
    """A message is understood when it is cut inside a character."""
    alice = server.client("alice")
    whole = frame("MSG alice שלום 👋🏽")
    for cut in range(len(frame("MSG alice")), len(whole)):
        alice.sends_apart([whole[:cut], whole[cut:]])
        alice.gets("FROM alice שלום 👋🏽")


@check(
    points=1,
    needs="name_is_accepted",
    hint="One recv may bring several messages. What becomes of those behind the first?",
)
def messages_may_be_glued(server: Server) -> None:
    """Two messages that arrive in one piece are both answered, whichever they are."""
    alice = server.client("alice")
    alice.asks("NAME alice", "NAME alice").gets("HELLO alice").gets("HELLO alice")
    alice.asks("NAME alice", "?").gets("HELLO alice").gets_error()
    alice.asks("?", "").gets_error().gets_error()
    alice.asks("", "NAME alice").gets_error().gets("HELLO alice")
    alice.asks("MSG nobody hi", "NAME alice").gets_error().gets("HELLO alice")
    alice.asks("NAME 7up", "MSG alice hi").gets_error().gets("FROM alice hi")
    alice.asks("MSG alice one", "MSG alice two").gets("FROM alice one").gets("FROM alice two")
    alice.asks("GET_NAMES", "MSG alice hi").gets_names("alice").gets("FROM alice hi")
    alice.asks("MSG alice hi", "GET_NAMES").gets("FROM alice hi").gets_names("alice")
    alice.asks("NAME alice", "GET_NAMES").gets("HELLO alice").gets_names("alice")


@check(
    points=1,
    needs="messages_may_be_glued",
    hint="Is there a limit on how much your server reads, or answers, at a time?",
)
def fifty_messages_in_one_segment(server: Server) -> None:
    """Fifty messages that arrive in one piece are answered one by one, in order."""
    client = server.client()
    client.asks(*(f"NAME alice{number}" for number in range(50)))
    for number in range(50):
        client.gets(f"HELLO alice{number}")


@check(
    points=1,
    needs="messages_may_be_glued",
    hint="A complete message is answered now, not when the one behind it is complete as well.",
)
def message_and_a_half(server: Server) -> None:
    """A message is answered while the one behind it is still incomplete."""
    client = server.client()
    second = frame("NAME bob")
    for half in range(1, len(second)):
        client.sends(frame("NAME alice") + second[:half]).gets("HELLO alice").waits_until_read()
        client.sends(second[half:]).gets("HELLO bob")


@check(
    points=1,
    needs="name_is_accepted",
    hint="How much does one recv of yours read at the most? A message may be 1024 bytes long.",
)
def longest_message_is_understood(server: Server) -> None:
    """A message of 1024 bytes is understood, in one piece or in several."""
    alice = server.client("a")
    for size in (1023, 1024):
        alice.asks("x" * size).gets_error()
    text = "y" * (1023 - len("MSG a "))
    whole = frame(f"MSG a {text}")
    alice.sends(whole).gets(f"FROM a {text}")
    alice.sends_apart([whole[:500], whole[500:1000], whole[1000:]]).gets(f"FROM a {text}")
    alice.sends(whole + whole).gets(f"FROM a {text}").gets(f"FROM a {text}")


@check(
    points=1,
    needs="name_is_accepted",
    hint="What does your server do when the four bytes are no number? Nobody else may notice.",
)
def bad_length_field_ends_the_connection(server: Server) -> None:
    """A client whose length field is not four digits is cut off; the others go on."""
    bob = server.client("bob")
    for number, field in enumerate(BAD_FIELDS):
        server.client(f"alice{number}").sends(field).gets_cut_off(error_first=True)
        bob.asks("NAME bob").gets("HELLO bob")


@check(
    points=1,
    needs="bad_length_field_ends_the_connection",
    hint="A length that is too large is known to be wrong before any payload has arrived.",
)
def overlong_length_ends_the_connection(server: Server) -> None:
    """A client that announces more than 1024 bytes is cut off at once; the others go on."""
    bob = server.client("bob")
    for number, field in enumerate(TOO_LONG):
        server.client(f"alice{number}").sends(field).gets_cut_off(error_first=True)
        bob.asks("NAME bob").gets("HELLO bob")


@check(
    points=1,
    needs="name_is_accepted",
    hint="Which exception does decode() raise, and who catches it?",
)
def bad_utf8_ends_the_connection(server: Server) -> None:
    """A client whose payload is not UTF-8 is cut off; the others go on."""
    bob = server.client("bob")
    for number, message in enumerate(NOT_UTF8):
        server.client(f"alice{number}").sends(message).gets_cut_off(error_first=True)
        bob.asks("NAME bob").gets("HELLO bob")


@check(
    points=1,
    needs="bad_length_field_ends_the_connection",
    hint="The answers that wait for this client are older than its mistake.",
)
def messages_before_malformed_input_are_served(server: Server) -> None:
    """What came before malformed input, in the same segment, is still served."""
    bob, alice = server.client("bob"), server.client()
    alice.sends(frame("NAME alice") + frame("MSG bob hi") + frame("?") + b"oops")
    bob.gets("FROM alice hi")
    alice.gets("HELLO alice").gets_error().gets_cut_off(error_first=True)


@check(
    points=1,
    needs="bad_length_field_ends_the_connection",
    hint="After a broken length field nobody knows where a message begins.",
)
def messages_after_malformed_input_are_not_served(server: Server) -> None:
    """What comes after malformed input is not served, and the name is free."""
    bob, alice = server.client("bob"), server.client("alice")
    alice.sends(b"oops" + frame("MSG bob hi") + frame("NAME carol"))
    alice.gets_cut_off(error_first=True)
    server.client().takes_over("alice")
    server.client("carol")
    bob.asks("NAME bob").gets("HELLO bob")
