"""Stage names: connecting, NAME and GET_NAMES."""

from __future__ import annotations

from grader.declaration import check
from grader.harness.client import Client
from grader.harness.server import Server
from grader.harness.verdict import shown

LONGEST = "a234567890123456"  # 16 characters


@check(
    points=1,
    hint="Look at address and port. Then follow one message: accept, recv, its answer, send.",
)
def server_answers(server: Server) -> None:
    """The server listens on 127.0.0.1, port 5555, and answers a client."""
    server.client().asks("NAME alice").gets_any("an answer")


@check(
    points=2,
    needs="server_answers",
    hint="HELLO, one space, and the name. What stands before them on the wire?",
)
def name_is_accepted(server: Server) -> None:
    """NAME alice is answered with HELLO alice."""
    server.client().asks("NAME alice").gets("HELLO alice")


@check(
    points=1,
    needs="name_is_accepted",
    hint="Where does your server remember a client's name? Bob and bob are two names.",
)
def several_clients_have_names(server: Server) -> None:
    """Several clients have names at once, of every length and kind that is allowed."""
    for name in ("alice", "b", "Z9", LONGEST, "Alice", "al", "lice", "alicea", "NAME", "None"):
        server.client(name)


@check(
    points=1,
    needs="name_is_accepted",
    hint="Before a name is given: which names are in use now?",
)
def duplicate_name_is_refused(server: Server) -> None:
    """A name that is taken is refused, and its owner keeps it."""
    server.client("alice")
    mallory = server.client()
    mallory.asks("NAME alice").gets_error()
    mallory.asks("NAME mallory").gets("HELLO mallory")
    server.client().asks("NAME alice").gets_error()


@check(
    points=1,
    needs="name_is_accepted",
    hint="What stands after the first space is the name, all of it. Is it a valid one?",
)
def invalid_name_is_refused(server: Server) -> None:
    """A name that is not valid is answered with ERROR."""
    client = server.client()
    for name in ("", "7up", "bob smith", "bob ", " bob", LONGEST + "7", "dvořák", "שלום", "a_b"):
        client.asks(f"NAME {name}").gets_error()
    client.asks("NAME").gets_error()
    client.asks("NAME " + "x" * 1019).gets_error()  # 1024 bytes in all; the answer may not be more
    client.asks("NAME bob").gets("HELLO bob")


@check(
    points=1,
    needs="name_is_accepted",
    hint="Who has the name that is asked for? If it is the one who asks, is that a conflict?",
)
def own_name_can_be_asked_for_again(server: Server) -> None:
    """Asking for the name that one has already is answered with HELLO."""
    server.client("bob")
    alice = server.client("alice")
    alice.asks("NAME alice").gets("HELLO alice")
    alice.asks("GET_NAMES").gets_names("alice", "bob")


@check(
    points=1,
    needs="several_clients_have_names",
    hint="Go through every place where a name is stored. What happens there at a second NAME?",
)
def renaming_frees_the_old_name(server: Server) -> None:
    """A second NAME renames, and the old name is free at once."""
    alice = server.client("alice")
    alice.asks("NAME carol").gets("HELLO carol")
    server.client("alice")
    server.client().asks("NAME carol").gets_error()


@check(
    points=1,
    needs="renaming_frees_the_old_name",
    hint="Decide first whether the new name may be had. Only then forget the old one.",
)
def refused_name_changes_nothing(server: Server) -> None:
    """Who is refused a new name keeps the old one."""
    alice = server.client("alice")
    server.client("bob")
    alice.asks("NAME bob").gets_error()
    alice.asks("NAME 7up").gets_error()
    stranger = server.client().asks("NAME alice").gets_error()
    alice.asks("NAME alice").gets("HELLO alice")
    stranger.asks("GET_NAMES").gets_names("alice", "bob")


@check(
    points=2,
    needs="several_clients_have_names",
    hint="Who has a name? Each of them once, as it is, with one space before it.",
)
def names_are_listed(server: Server) -> None:
    """GET_NAMES lists every client that has a name, whoever asks."""
    alice = server.client("alice")
    alice.asks("GET_NAMES").gets_names("alice")
    server.client("bob")
    server.client("Bob")
    stranger = server.client()
    alice.asks("GET_NAMES").gets_names("alice", "bob", "Bob")
    stranger.asks("GET_NAMES").gets_names("alice", "bob", "Bob")


@check(
    points=1,
    needs="names_are_listed",
    hint="With nobody to list, the answer is the one word NAMES. Is there a space behind it?",
)
def nobody_is_listed_as_nobody(server: Server) -> None:
    """GET_NAMES is answered with just NAMES while no client has a name."""
    server.client()
    server.client().asks("GET_NAMES").gets("NAMES")


@check(
    points=1,
    needs="names_are_listed",
    hint="The list is made from who is there now, under the name that each one has now.",
)
def list_follows_renaming(server: Server) -> None:
    """GET_NAMES lists everybody once, under the present name; extra words do not matter."""
    alice, bob = server.client("alice"), server.client("bob")
    alice.asks("NAME carol").gets("HELLO carol")
    bob.asks("GET_NAMES").gets_names("carol", "bob")
    bob.asks("GET_NAMES please").gets_names("carol", "bob")


@check(
    points=0.5,
    needs="names_are_listed",
    hint="How long is the answer with 100 names? Nothing may be longer than 1024 bytes.",
)
def long_list_is_cut(server: Server) -> None:
    """A list of names that does not fit has only whole names, and ' ...' after them."""
    asker = server.client()
    names = [f"client{number:010}" for number in range(59)] + ["fifteenletters7"]
    for name in names:
        server.client(name)
    asker.asks("GET_NAMES").gets_names(*names)  # exactly 1024 bytes: this fits
    server.client("onetoomany345678")
    asks_for_cut_list(asker, [*names, "onetoomany345678"], 59)


@check(
    points=0.5,
    needs="long_list_is_cut",
    hint="With how many bytes is the answer full: 1024, or one less?",
)
def cut_list_is_full(server: Server) -> None:
    """A list that must be cut has as many names as fit, to the last byte."""
    asker = server.client()
    names = [f"abc{number:03}" for number in range(146)]
    for name in names:
        server.client(name)
    asks_for_cut_list(asker, names, 145)  # with the dots: 1024 bytes


def asks_for_cut_list(asker: Client, names: list[str], count: int) -> None:
    """Ask for the names; exactly `count` of them must come, with dots after them."""
    wanted = f"`NAMES`, then {count} whole names, as many as fit, and ` ...` at the end"
    came = asker.asks("GET_NAMES").gets_any(wanted)
    words = came.split(" ")
    listed = {*words[1:-1]} & {*names}
    if words[0] != "NAMES" or words[-1] != "..." or not len(listed) == len(words) - 2 == count:
        raise asker.unexpected(wanted, f"{len(words) - 2} names in `{shown(came)}`")
    asker.asks("NAME 7up").gets_error()  # and nothing came before that
