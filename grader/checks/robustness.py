"""Stage robustness: slow clients, many clients, no waste."""

from __future__ import annotations

import os

from grader.declaration import check
from grader.exercise import MAX_BACKLOG, frame
from grader.harness.client import Client
from grader.harness.server import Server

TEXT = "x" * 1000  # FROM alice and this make a frame of 1015 bytes
FEW = 1000  # such frames: together a little less than MAX_BACKLOG
SHORT = 1500  # frames of at most 19 bytes, which fit into the rest
SPARE_DESCRIPTORS = 20  # more than any server needs for itself after a while


def stops_reading(server: Server, name: str) -> Client:
    """Return a named client that from now on leaves in its socket whatever the server sends."""
    client = server.client(name, receive_buffer=4096)
    client.reads = False
    return client


@check(
    points=1,
    needs="several_clients_have_names",
    hint="While your server waits in accept or in recv for one client, who serves the others?",
)
def silent_client_delays_nobody(server: Server) -> None:
    """A client that connects and says nothing delays nobody."""
    server.client()
    server.client("alice")
    server.client()
    server.client("bob").asks("NAME bob").gets("HELLO bob")


@check(
    points=1,
    needs="silent_client_delays_nobody",
    hint="select says that something can be read; it does not say that four bytes can.",
)
def half_a_length_field_delays_nobody(server: Server) -> None:
    """A client that sends half a length field delays nobody."""
    bob = server.client("bob")
    whole = frame("NAME alice")
    for cut in (1, 2, 3):
        slow = server.client().sends(whole[:cut]).waits_until_read()
        bob.asks("NAME bob").gets("HELLO bob")
        slow.sends(whole[cut:]).gets("HELLO alice")
        slow.asks(f"NAME former{cut}").gets(f"HELLO former{cut}")


@check(
    points=1,
    needs="half_a_length_field_delays_nobody",
    hint="After the length field your server waits for the payload. Where does it wait?",
)
def half_a_payload_delays_nobody(server: Server) -> None:
    """A client that sends half a message delays nobody."""
    bob = server.client("bob")
    whole = frame("NAME alice")
    for cut in (4, 5, len(whole) - 1):
        slow = server.client().sends(whole[:cut]).waits_until_read()
        bob.asks("NAME bob").gets("HELLO bob")
        slow.sends(whole[cut:]).gets("HELLO alice")
        slow.asks(f"NAME former{cut}").gets(f"HELLO former{cut}")


@check(
    points=1,
    needs="messages_may_be_glued",
    hint="Do all answers to one client go through the same queue, in the order they arise?",
)
def answers_come_in_order(server: Server) -> None:
    """A client that asks 300 times without waiting gets its answers in that order."""
    alice = server.client("alice")
    alice.asks(*[f"MSG alice {n}" if n % 3 else "?" * n for n in range(300)])
    for n in range(300):
        if n % 3:
            alice.gets(f"FROM alice {n}")
        else:
            alice.gets_error()


@check(
    points=1,
    needs="message_is_delivered",
    hint="What does send do when the recipient's buffers are full? Which sockets are non-blocking?",
)
def client_that_never_reads_delays_nobody(server: Server) -> None:
    """A client that never reads delays nobody, however much is sent to it."""
    stops_reading(server, "bob")
    alice, carol = server.client("alice"), server.client("carol")
    for _ in range(server.frames_that_overflow(len(TEXT)) // 100):
        alice.asks(*[f"MSG bob {TEXT}"] * 100)
        alice.asks("NAME alice").skips_errors().gets("HELLO alice")
    carol.asks("MSG alice hi")
    alice.gets("FROM carol hi")


@check(
    points=1,
    needs="client_that_never_reads_delays_nobody",
    hint="send returns how many bytes it took. Where are the others until it can take more?",
)
def slow_reader_gets_everything(server: Server) -> None:
    """A client that reads late still gets everything, up to a backlog of 1 MiB."""
    # Long ones fill the system's buffers as well; short ones are many before they are much.
    bob, alice = stops_reading(server, "bob"), server.client("alice")
    texts = [f"{number:04}{TEXT[4:]}" for number in range(FEW)]
    texts += [f"{number:03}" for number in range(SHORT)]  # the limit is one of bytes
    for first in range(0, len(texts), 100):
        alice.asks(*[f"MSG bob {text}" for text in texts[first : first + 100]])
        alice.asks("NAME alice").gets("HELLO alice")
    bob.reads = True
    for number, text in enumerate(texts):
        bob.gets(f"FROM alice {text}")
        if number in (200, 500):  # bob takes his time, and alice does not suffer from it
            alice.asks("NAME alice").gets("HELLO alice")
    bob.asks("NAME bob").gets("HELLO bob")


@check(
    points=1,
    needs="client_that_never_reads_delays_nobody",
    hint="How long may the queue for one client become? Who looks?",
)
def backlog_is_limited(server: Server) -> None:
    """A client for which more than 1 MiB waits is disconnected, and its name is free."""
    bob, alice = stops_reading(server, "bob"), server.client("alice")
    for _ in range(server.frames_that_overflow(len(TEXT), MAX_BACKLOG) // 100 + 1):
        alice.asks(*[f"MSG bob {TEXT}"] * 100)
        alice.asks("NAME alice").skips_errors().gets("HELLO alice")
    server.client().takes_over("bob")
    bob.reads = True
    bob.gets_end_after_messages()


@check(
    points=1,
    needs="silent_client_delays_nobody",
    hint="What does each client cost your server? Is there a fixed number of anything?",
)
def two_hundred_clients(server: Server) -> None:
    """Two hundred clients at once are all served."""
    crowd = [server.client(f"guest{number}") for number in range(200)]
    for guest in reversed(crowd):
        guest.asks("NAME 7up")
    for guest in crowd:
        guest.gets_error()
    for number, guest in enumerate(crowd):
        guest.asks(f"NAME again{number}").gets(f"HELLO again{number}")


@check(
    points=1,
    needs="name_is_accepted",
    hint="Which sockets do you ask select about? An idle one can be written to nearly always.",
)
def idle_server_rests(server: Server) -> None:
    """While nobody says anything, the server uses no CPU time."""
    server.client("alice")
    server.client()
    server.client().sends(b"0010half").waits_until_read()
    server.rests("Three clients are connected and say nothing.")


@check(
    points=1,
    needs="idle_server_rests",
    hint="Which calls tell that a client has left: recv, send? Is it still watched after that?",
)
def server_rests_after_clients_left(server: Server) -> None:
    """After clients have left, in whatever way, the server uses no CPU time."""
    bob = server.client("bob")
    server.client("alice").closes()
    server.client("carol").resets()
    server.client("dave").sends(b"0010half").closes()
    server.client("erin").asks("EXIT").gets_cut_off()
    bob.asks("NAME bob").gets("HELLO bob")
    server.rests("Four clients have left.")
    frank = stops_reading(server, "frank")
    server.keeps_waiting("frank", sender=bob)
    frank.asks("EXIT").waits_until_read().resets()
    bob.asks("NAME bob").gets("HELLO bob")
    server.rests("A client has left while messages waited for it.")


@check(
    points=1,
    needs="client_that_never_reads_delays_nobody",
    hint="When a send takes nothing more, who says when to try again?",
)
def server_rests_while_a_backlog_waits(server: Server) -> None:
    """While a backlog waits for a client that does not read, the server uses no CPU time."""
    stops_reading(server, "bob")
    alice = server.client("alice")
    for _ in range(FEW // 100):
        alice.asks(*[f"MSG bob {TEXT}"] * 100)
        alice.asks("NAME alice").gets("HELLO alice")
    server.rests("A client does not read what waits for it.")


@check(
    points=1,
    needs="vanishing_frees_the_name",
    hint="A socket that is forgotten but not closed still costs a descriptor.",
)
def descriptors_are_returned(server: Server) -> None:
    """A thousand clients that come and go leave no open descriptor behind."""
    bob = server.client("bob")
    allowed = server.descriptors() + SPARE_DESCRIPTORS
    for hundred in range(10):
        for number in range(100):
            guest = server.client(f"guest{hundred}x{number}")
            leave = (Client.closes, Client.resets, Client.leaves_by_exit)[number % 3]
            leave(guest)
        bob.asks("NAME bob").gets("HELLO bob")
        if not server.waits_until(lambda: server.descriptors() <= allowed):
            raise server.failure(
                f"{100 * (hundred + 1)} clients came and left. The server should have about as "
                f"many descriptors open as before; it has {server.descriptors()}, and it had "
                f"{allowed - SPARE_DESCRIPTORS}."
            )


@check(
    points=1,
    needs="two_hundred_clients",
    hint="What does select do with a descriptor of 1024 or more? Whose connection should that end?",
)
def more_clients_than_select_can_watch(roomy_server: Server) -> None:
    """With more clients than select can watch, those who came before are still served."""
    crowd_is_served(roomy_server, 500 if os.name == "nt" else 1000)


@check(
    points=1,
    needs="two_hundred_clients",
    hint="accept raises OSError when no descriptor is left. Whose problem may that become?",
)
def more_clients_than_descriptors(narrow_server: Server) -> None:
    """With more clients than the system has descriptors, those who came before are still served."""
    crowd_is_served(narrow_server, 230)  # of 256 descriptors


def crowd_is_served(server: Server, size: int) -> None:
    """Connect nearly as many clients as there is room for, and more; the first are served on."""
    # Every fifth is greeted before the next ones come, so that no queue of newcomers overflows.
    crowd = [server.client(None if number % 5 else f"guest{number}") for number in range(size)]
    server.knocks(100)
    for guest in (crowd[0], crowd[size // 2], crowd[-1]):
        guest.asks("NAME 7up").gets_error()
    server.rests(f"{size} clients are connected, and 100 more knock.")
    for guest in crowd[10:210]:
        guest.closes()
    crowd[0].asks("NAME bob").gets("HELLO bob")
    crowd[-1].asks("NAME 7up").gets_error()
    server.client("late")
