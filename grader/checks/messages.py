"""Stage messages: MSG, and what is not a command."""

from __future__ import annotations

from grader.declaration import check
from grader.harness.server import Server

TEXTS = (
    *("hi", "hi there", "two  spaces", " leading", "trailing ", "   ", "MSG bob x", "EXIT"),
    *("tab\tand\nline", "\nfirst", "last\n", "last\r\n", "a\0b\0"),
)
LANGUAGES = ("שלום לכולם", "héllo", "he\u0301llo", "こんにちは", "👋🏽 мир", "\ufeffhi")


@check(
    points=2,
    needs="name_is_accepted",
    hint="The recipient hears FROM and who sent it, the sender nothing. Whose socket is whose?",
)
def message_is_delivered(server: Server) -> None:
    """MSG bob hi, sent by alice, reaches bob as FROM alice hi."""
    alice, bob = server.client("alice"), server.client("bob")
    alice.asks("MSG bob hi")
    bob.gets("FROM alice hi")
    bob.asks("MSG alice hello")
    alice.gets("FROM bob hello")


@check(
    points=1,
    needs="message_is_delivered",
    hint="A delivered message is answered with silence.",
)
def only_the_recipient_hears(server: Server) -> None:
    """A message goes to its recipient and to nobody else, the sender included."""
    alice, bob, carol = server.client("alice"), server.client("bob"), server.client("carol")
    alice.asks("MSG bob hi")
    bob.gets("FROM alice hi")
    alice.gets_nothing_more()
    carol.gets_nothing_more()
    bob.gets_nothing_more()


@check(
    points=1,
    needs="message_is_delivered",
    hint="The text is everything after the second space, whatever stands in it: spaces, or the "
    "words of commands. Who else looks into it?",
)
def text_arrives_unchanged(server: Server) -> None:
    """The text arrives just as it was sent, every space included."""
    alice, bob = server.client("alice"), server.client("bob")
    for text in TEXTS:
        alice.asks(f"MSG bob {text}")
        bob.gets(f"FROM alice {text}")


@check(
    points=1,
    needs="message_is_delivered",
    hint="How many bytes does the length field announce, and how many are sent?",
)
def every_language_arrives(server: Server) -> None:
    """Text in any language arrives, and the messages after it as well."""
    alice, bob = server.client("alice"), server.client("bob")
    for text in LANGUAGES:
        alice.asks(f"MSG bob {text}")
        bob.gets(f"FROM alice {text}")
    alice.asks("MSG bob bye")
    bob.gets("FROM alice bye")


@check(
    points=1,
    needs="message_is_delivered",
    hint="Is there a reason to treat the sender unlike any other recipient?",
)
def message_to_oneself_arrives(server: Server) -> None:
    """A message to oneself is delivered like any other."""
    alice = server.client("alice")
    alice.asks("MSG alice note to self").gets("FROM alice note to self")


@check(
    points=1,
    needs="message_is_delivered",
    hint="Who is the sender, as the recipient should see it? What if that has no name yet?",
)
def sender_needs_a_name(server: Server) -> None:
    """MSG from a client without a name is answered with ERROR, and not delivered."""
    bob, stranger = server.client("bob"), server.client()
    stranger.asks("MSG bob hi").gets_error()
    stranger.asks("MSG bob " + "x" * 1016).gets_error()  # 1024 bytes; the answer may not be more
    stranger.asks("NAME carol").gets("HELLO carol")
    stranger.asks("MSG bob it is me")
    bob.gets("FROM carol it is me")


@check(
    points=1,
    needs="name_is_accepted",
    hint="What does looking up a name give when there is nobody of that name?",
)
def recipient_must_exist(server: Server) -> None:
    """MSG to a name that nobody has is answered with ERROR."""
    alice = server.client("alice")
    server.client()  # has no name, and none of these is its name
    for name in ("bob", "ALICE", "alic", "alicealice", "alice\n", "", "None", "x" * 1017):
        alice.asks(f"MSG {name} hi").gets_error()
    alice.asks("NAME alice").gets("HELLO alice")


@check(
    points=1,
    needs="message_is_delivered",
    hint="What is left of the message after the name, and after the space behind it?",
)
def text_is_required(server: Server) -> None:
    """MSG without a text, or with an empty one, is answered with ERROR."""
    alice, bob = server.client("alice"), server.client("bob")
    for message in (
        "MSG",
        "MSG ",
        "MSG bob",
        "MSG bob ",
        "MSG  ",
        "MSG  bob hi",
        "MSG " + "x" * 1020,
    ):
        alice.asks(message).gets_error()
    alice.asks("MSG bob .")
    bob.gets("FROM alice .")


@check(
    points=1,
    needs="message_is_delivered",
    hint="Does anything in your server keep messages in a form that has no order?",
)
def order_is_kept(server: Server) -> None:
    """Messages from one sender to one recipient arrive in the order they were sent."""
    alice, bob = server.client("alice"), server.client("bob")
    numbers = range(100)
    alice.asks(*(f"MSG bob number {number}" for number in numbers))
    for number in numbers:
        bob.gets(f"FROM alice number {number}")


@check(
    points=1,
    needs="message_is_delivered",
    hint="FROM and the sender's name may need more room than MSG and the recipient's did.",
)
def overlong_delivery_is_an_error(server: Server) -> None:
    """A text that does not fit behind FROM and the name is refused, not delivered."""
    alice, bob = server.client("alice"), server.client("b")
    fits = "x" * (1024 - len("FROM alice "))
    alice.asks(f"MSG b {fits}")
    bob.gets(f"FROM alice {fits}")
    alice.asks(f"MSG b {fits}x").gets_error()
    half = "é" * ((1024 - len("MSG b ")) // 2)  # 1018 bytes, in 509 characters
    alice.asks(f"MSG b {half}").gets_error()
    alice.asks("MSG b bye")
    bob.gets("FROM alice bye")


@check(
    points=1,
    needs="message_is_delivered",
    hint="Under which name does the recipient know the sender at that moment?",
)
def messages_follow_renaming(server: Server) -> None:
    """After a NAME, messages go out and come in under the new name only."""
    alice, bob = server.client("alice"), server.client("bob")
    alice.asks("NAME carol").gets("HELLO carol")
    alice.asks("MSG bob hi")
    bob.gets("FROM carol hi")
    bob.asks("MSG carol hello")
    alice.gets("FROM bob hello")
    bob.asks("MSG alice hello").gets_error()


@check(
    points=1,
    needs="name_is_accepted",
    hint="The command is the whole first word, as it is. And what stands behind the word ERROR?",
)
def unknown_command_is_an_error(server: Server) -> None:
    """Anything that is not a command is answered with ERROR, and the connection stays."""
    alice = server.client("alice")
    for command in ("NAME bob", "GET_NAMES", "MSG alice hi", "EXIT"):
        word, _, rest = command.partition(" ")
        for wrong in (word.lower(), word.title(), f"{word}S", f"X{word}", f" {word}", f"{word}\n"):
            alice.asks(f"{wrong} {rest}").gets_error()
            alice.asks(wrong).gets_error()
        alice.asks(f"{word}\t{rest}").gets_error()
    for message in ("HELLO", "?", "ERROR", "FROM bob hi", "פקודה", "x" * 1024):
        alice.asks(message).gets_error()
    alice.asks("NAME alice").gets("HELLO alice")


@check(
    points=1,
    needs="name_is_accepted",
    hint="A message of length 0 is a message. What does your code do when there is no first word?",
)
def empty_message_is_an_error(server: Server) -> None:
    """The empty message is answered with ERROR, and the connection stays."""
    alice = server.client("alice")
    alice.asks("").gets_error()
    alice.asks(" ").gets_error()
    alice.asks("NAME alice").gets("HELLO alice")
