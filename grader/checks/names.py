"""Stage names: connecting, NAME and GET_NAMES."""

from __future__ import annotations

from grader.declaration import check
from grader.harness.server import Server


@check(points=1, hint="Which four calls turn a socket into one that others can connect to?")
def server_accepts_connections(server: Server) -> None:
    """The server listens on 127.0.0.1, port 5555, and clients can connect."""
    server.client()
    server.client()


@check(
    points=2,
    needs="server_accepts_connections",
    hint="Follow one message through your server: accept, recv, a whole message, the answer, send.",
)
def name_is_accepted(server: Server) -> None:
    """NAME alice is answered with HELLO alice."""
    server.client().asks("NAME alice").gets("HELLO alice")
