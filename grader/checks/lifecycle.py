"""Stage lifecycle: every way of leaving, and starting again."""

from __future__ import annotations

from collections.abc import Callable

from grader.declaration import check
from grader.exercise import frame
from grader.harness.client import Client
from grader.harness.server import Server


def each_way_of_vanishing(half: bytes) -> list[Callable[[Client], None]]:
    """Return the ways in which a client may vanish, having sent part of a message."""
    return [
        lambda client: client.sends(half).waits_until_read().closes(),
        lambda client: client.sends(half).waits_until_read().resets(),
        lambda client: client.sends(half).closes(),
        lambda client: client.sends(half).resets(),
    ]


@check(
    points=1,
    needs="name_is_accepted",
    hint="EXIT has no answer but the end of the connection. Who closes the socket?",
)
def exit_closes_the_connection(server: Server) -> None:
    """EXIT is answered with nothing: the server closes the connection, and only this one."""
    alice, bob = server.client("alice"), server.client("bob")
    alice.asks("EXIT").gets_cut_off()
    bob.asks("NAME bob").gets("HELLO bob")
    server.client("carol").asks("EXIT now please").gets_cut_off()
    bob.asks("NAME bob").gets("HELLO bob")


@check(
    points=1,
    needs="exit_closes_the_connection",
    hint="What do you keep about a client, and where? All of it must go.",
)
def exit_frees_the_name(server: Server) -> None:
    """After EXIT the name is free for others."""
    for _ in range(3):
        server.client().takes_over("alice").asks("EXIT").gets_cut_off()


@check(
    points=1,
    needs="exit_closes_the_connection",
    hint="Does leaving assume anywhere that the client has a name?",
)
def exit_works_without_a_name(server: Server) -> None:
    """EXIT works before NAME as well."""
    bob = server.client("bob")
    server.client().asks("EXIT").gets_cut_off()
    bob.asks("NAME bob").gets("HELLO bob")


@check(
    points=0.5,
    needs="exit_closes_the_connection",
    hint="What is still queued for the client when its EXIT is read?",
)
def answers_before_exit_are_sent(server: Server) -> None:
    """What was asked before EXIT, in the same segment, is still answered."""
    client = server.client("alice")
    client.asks("NAME carol", "MSG carol to myself", "NAME 7up", "EXIT")
    client.gets("HELLO carol").gets("FROM carol to myself").gets_error().gets_cut_off()


@check(
    points=0.5,
    needs="answers_before_exit_are_sent",
    hint="One send may not take all that waits. When does the connection close? And the name?",
)
def backlog_is_sent_before_exit(server: Server) -> None:
    """After EXIT the name is free at once, and all that waits for the client is still sent."""
    bob, alice = server.client("bob", receive_buffer=4096), server.client("alice")
    bob.reads = False
    text = "x" * 1000
    for first in range(0, 900, 100):
        alice.asks(*[f"MSG bob {number:03}{text}" for number in range(first, first + 100)])
        alice.asks("NAME alice").gets("HELLO alice")
    bob.asks("EXIT").waits_until_read().ends_stream()
    server.client().takes_over("bob")
    bob.reads = True
    for number in range(900):
        bob.gets(f"FROM alice {number:03}{text}")
    bob.gets_cut_off()


@check(
    points=1,
    needs="exit_closes_the_connection",
    hint="Once EXIT was read: what becomes of the messages behind it in the buffer?",
)
def nothing_is_served_after_exit(server: Server) -> None:
    """What follows EXIT in the stream is ignored."""
    alice, bob = server.client("alice"), server.client("bob")
    alice.asks("EXIT", "MSG bob too late", "NAME carol").gets_cut_off()
    bob.asks("NAME bob").gets("HELLO bob")
    carol = server.client("carol")
    carol.asks("NAME carol", "EXIT", "?", "MSG bob too late").gets("HELLO carol").gets_cut_off()
    bob.asks("NAME bob").gets("HELLO bob")


@check(
    points=1,
    needs="name_is_accepted",
    hint="recv returns b'' when the client has closed. What has to happen then, and how often?",
)
def closing_frees_the_name(server: Server) -> None:
    """A client that closes its connection is forgotten, and its name is free."""
    bob = server.client("bob")
    server.client("alice").closes()
    server.client().takes_over("alice")
    bob.asks("MSG bob still here").gets("FROM bob still here")


@check(
    points=1,
    needs="closing_frees_the_name",
    hint="recv and send may both raise ConnectionResetError. Where is it caught?",
)
def vanishing_frees_the_name(server: Server) -> None:
    """A client that vanishes (RST) is forgotten, and its name is free."""
    bob = server.client("bob")
    server.client("alice").resets()
    server.client().takes_over("alice")
    bob.asks("NAME bob").gets("HELLO bob")


@check(
    points=1,
    needs="vanishing_frees_the_name",
    hint="What does cleaning up assume about a client? It may have no name yet.",
)
def leaving_before_name_harms_nobody(server: Server) -> None:
    """A client may leave before it has said anything, in any way."""
    bob = server.client("bob")
    for leave in (Client.closes, Client.resets):
        with server.halted():
            leave(server.client())
        bob.asks("NAME bob").gets("HELLO bob")
        leave(server.client().asks("?").gets_error())
        bob.asks("NAME bob").gets("HELLO bob")


@check(
    points=1,
    needs="closing_frees_the_name",
    hint="A client that has left must be gone from every place where you keep clients.",
)
def leavers_are_not_listed(server: Server) -> None:
    """Who has left is not listed any more, and the name's next owner gets its messages."""
    bob = server.client("bob")
    for leave in (Client.closes, Client.leaves_by_exit):
        leave(server.client().takes_over("alice"))
        bob.gets_names_at_last("bob")
        alice = server.client().takes_over("alice")
        bob.asks("GET_NAMES").gets_names("alice", "bob")
        bob.asks("MSG alice hi")
        alice.gets("FROM bob hi")
        leave(alice)


@check(
    points=1,
    needs="vanishing_frees_the_name",
    hint="Half a message may stay half for ever. What becomes of it when its sender is gone?",
)
def leaving_inside_a_message_frees_the_name(server: Server) -> None:
    """A client may leave in the middle of a message; the fragment is dropped."""
    bob = server.client("bob")
    for half in (b"0", b"000", b"0009", frame("MSG bob half")[:-1]):
        for leave in each_way_of_vanishing(half):
            leave(server.client().takes_over("alice"))
            server.client().takes_over("alice").closes()
    bob.asks("MSG bob still here").gets("FROM bob still here")


@check(
    points=1,
    needs="vanishing_frees_the_name",
    hint="A send to somebody who has just vanished raises. Who must not suffer from it?",
)
def message_to_a_vanished_client_harms_nobody(server: Server) -> None:
    """MSG to a client that vanishes at that moment harms neither server nor sender."""
    bob = server.client("bob")
    for number in range(10):
        victim = server.client(f"victim{number}")
        with server.halted():  # now the message and the end come in one turn, in either order
            if number % 2:
                victim.resets()
            bob.asks(*[f"MSG victim{number} are you there?"] * 3)
            if not number % 2:
                victim.resets()
        bob.asks("NAME bob").skips_errors().gets("HELLO bob")
    server.client().takes_over("victim9").asks("MSG bob hi")
    bob.gets("FROM victim9 hi")
    carol = server.client("carol", receive_buffer=4096)
    carol.reads = False
    server.keeps_waiting("carol", sender=bob)
    carol.resets()
    bob.asks("NAME bob").gets("HELLO bob")


@check(
    points=1,
    needs="closing_frees_the_name",
    hint="Is a list changed while a loop goes over it? Is a closed socket still in it?",
)
def many_leave_at_once(server: Server) -> None:
    """Thirty clients leave at the same moment, each in its own way."""
    bob = server.client("bob")
    crowd = [server.client(f"guest{number}") for number in range(30)]
    with server.halted():
        for number, guest in enumerate(crowd):
            if number % 3 == 0:
                guest.closes()
            elif number % 3 == 1:
                guest.resets()
            else:
                guest.asks("EXIT")
    for number in range(30):
        server.client().takes_over(f"guest{number}")
    bob.asks("NAME bob").gets("HELLO bob")


@check(
    points=1,
    needs="exit_closes_the_connection",
    hint="Which socket option, set before bind, lets a server have its old port back at once?",
)
def restart_succeeds_at_once(restartable_server: Server) -> None:
    """A server that was stopped can be started again at once on the same port."""
    server = restartable_server
    # The side that closes first keeps the port in TIME_WAIT: let that be the server.
    leaver = server.client("alice")
    leaver.asks("EXIT").gets_cut_off()
    leaver.closes()
    server.client("bob")
    server.restarts()
    server.client("alice")
