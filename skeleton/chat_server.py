# Fill in the numbered TODOs. README.md beside this file says what each of them is for.

"""A chat server for many clients, in one thread.

No call in this program waits for one particular client. There is one place where it waits,
`select`, and there it waits for all of them at once: select returns the sockets that can be read
or written now, each of them gets one short turn, and the loop begins again.

    python chat_server.py           listens on 127.0.0.1, port chat_protocol.PORT
"""

from __future__ import annotations

import errno
import os
import select
import socket
import sys

import chat_protocol
from chat_protocol import MessageBuffer, ProtocolError

HOST = "127.0.0.1"
RECV_SIZE = 4096  # bytes read from one client in one turn; a small share, so that all are served
# On Windows, Ctrl-C does not wake select; there the loop looks up now and then.
IDLE_TURN = 0.5 if os.name == "nt" else None  # seconds that select waits at the most
SELECT_LIMIT = 512 if os.name == "nt" else 1024  # Windows: sockets; elsewhere: descriptor numbers


class Client:
    """One connection: its socket, its name, what came in and what must still go out."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.name: str | None = None  # until a NAME is accepted
        self.inbox = MessageBuffer()
        self.outbox = bytearray()  # frames, or the rest of one, that wait to be sent
        self.leaving = False  # True: read no more, send what waits, then close


class ChatServer:
    """All clients, the socket that new ones knock at, and the loop that serves them."""

    def __init__(self) -> None:
        self.clients: dict[socket.socket, Client] = {}
        self.listener = self.open_listener()
        self.has_room = True  # False: the system has no descriptor left for another client

    def open_listener(self) -> socket.socket:
        """Return a non-blocking socket that listens on HOST and chat_protocol.PORT."""
        # TODO 10: Create, set an option, bind, listen. Which option lets a restart succeed?
        raise NotImplementedError("TODO 10")

    # The loop

    def serve_forever(self) -> None:
        """Serve until the program is stopped."""
        while True:
            self.serve_turn()

    def serve_turn(self) -> None:
        """Wait until some sockets are ready, and give each of them one turn."""
        # TODO 11: Which sockets may be read? Which have something to send? Ask select.
        raise NotImplementedError("TODO 11")

    def accept_client(self) -> None:
        """Take one new connection in, or turn it away if select could not watch it."""
        # TODO 12: accept() gives a new socket. Make it non-blocking, then remember it.
        raise NotImplementedError("TODO 12")

    def receive(self, sock: socket.socket) -> None:
        """Read once from a socket that is ready, and answer every message that is now complete."""
        # TODO 13: One recv, one feed, and every next_message there is. What does b"" mean?
        raise NotImplementedError("TODO 13")

    # Going out: nothing is sent where it arises. It waits in the outbox until select says that
    # the socket takes it, so a client that does not read holds up nobody but itself.

    def send(self, client: Client, text: str) -> None:
        """Put one message into a client's outbox; drop the client if too much waits there."""
        # TODO 14: Frame it and add it to the outbox. When is the backlog too much?
        raise NotImplementedError("TODO 14")

    def send_waiting(self, sock: socket.socket) -> None:
        """Send as much of a client's outbox as its socket takes now: one send, all messages."""
        # TODO 15: send() says how many bytes it took. The others wait for the next turn.
        raise NotImplementedError("TODO 15")

    # Leaving

    def leave(self, client: Client) -> None:
        """Free the client's name, read nothing more from it, and close once its outbox is sent."""
        # TODO 16: The name is free at once. When does the socket close: now, or later?
        raise NotImplementedError("TODO 16")

    def disconnect(self, client: Client) -> None:
        """Forget the client and close its socket; whoever was dropped before stays dropped."""
        # TODO 17: Close the socket, and remove it wherever you keep it. And its name?
        raise NotImplementedError("TODO 17")

    # What the messages mean

    def answer(self, client: Client, message: str) -> None:
        """Do what one complete message asks for."""
        command, arguments = chat_protocol.parse_message(message)
        if command == "NAME":
            self.answer_name(client, arguments)
        elif command == "GET_NAMES":
            self.answer_get_names(client)
        elif command == "MSG":
            self.answer_msg(client, arguments)
        elif command == "EXIT":
            self.answer_exit(client)
        else:
            self.answer_unknown(client)

    def find(self, name: str) -> Client | None:
        """Return the client that goes by this name, None if there is none."""
        # TODO 18: Where do you keep a client's name? Keep it in one place, and look there.
        raise NotImplementedError("TODO 18")

    def answer_name(self, client: Client, name: str) -> None:
        """NAME <name>: call the client so and greet it, or say why not and change nothing."""
        # TODO 19: Is the name valid? Is it somebody else's? Only then does it change.
        raise NotImplementedError("TODO 19")

    def answer_get_names(self, client: Client) -> None:
        """GET_NAMES: list every client that has a name, as many as fit into one message."""
        # TODO 20: NAMES, then a space before each name. What if they do not all fit?
        raise NotImplementedError("TODO 20")

    def answer_msg(self, client: Client, arguments: str) -> None:
        """MSG <name> <text>: hand the text to that client, just as it is."""
        # TODO 21: Who sends? To whom? Is there a text, and does it fit with FROM before it?
        raise NotImplementedError("TODO 21")

    def answer_exit(self, client: Client) -> None:
        """EXIT: say nothing and let the client go."""
        # TODO 22: What was queued for this client is still sent.
        raise NotImplementedError("TODO 22")

    def answer_unknown(self, client: Client) -> None:
        """Anything else, the empty message too: say that it was not understood."""
        # TODO 23: ERROR, a space, and words that help the person who typed it.
        raise NotImplementedError("TODO 23")


def main() -> None:
    try:
        server = ChatServer()
    except OSError as error:
        sys.exit(f"Cannot listen on {HOST}, port {chat_protocol.PORT}: {error.strerror}.")
    try:
        where = f"{HOST}, port {chat_protocol.PORT}"
        print(f"Listening on {where}. Ctrl-C stops the server.", flush=True)
        server.serve_forever()
    except KeyboardInterrupt:
        print("Stopped.")


if __name__ == "__main__":
    main()
