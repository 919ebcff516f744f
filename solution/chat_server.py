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
        ### BEGIN SOLUTION Create, set an option, bind, listen. Which option lets a restart succeed?
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        # For some minutes after a server has stopped, its old connections still hold the port.
        # SO_REUSEADDR lets a new server have it at once. On Windows an option of that name would
        # let a stranger take over a port that is in use; SO_EXCLUSIVEADDRUSE forbids just that.
        if os.name == "nt":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, chat_protocol.PORT))
        listener.listen()
        listener.setblocking(False)
        return listener
        ### END SOLUTION

    # The loop

    def serve_forever(self) -> None:
        """Serve until the program is stopped."""
        while True:
            self.serve_turn()

    def serve_turn(self) -> None:
        """Wait until some sockets are ready, and give each of them one turn."""
        ### BEGIN SOLUTION Which sockets may be read? Which have something to send? Ask select.
        readers = [client.sock for client in self.clients.values() if not client.leaving]
        if self.has_room:
            readers.append(self.listener)
        # An idle socket can be written nearly always. To ask about one that has nothing to send
        # would make select return at once, for ever.
        writers = [client.sock for client in self.clients.values() if client.outbox]
        readable, writable, _ = select.select(readers, writers, [], IDLE_TURN)
        for sock in writable:
            self.send_waiting(sock)
        for sock in readable:
            if sock is self.listener:
                self.accept_client()
            else:
                self.receive(sock)
        ### END SOLUTION

    def accept_client(self) -> None:
        """Take one new connection in, or turn it away if select could not watch it."""
        ### BEGIN SOLUTION accept() gives a new socket. Make it non-blocking, then remember it.
        try:
            sock, _ = self.listener.accept()
        except OSError as error:
            # Either the client left before it was accepted, or no descriptor is left. The latter
            # would be reported again at once, so let the next clients wait until somebody leaves.
            self.has_room = error.errno not in (errno.EMFILE, errno.ENFILE)
            return
        sock.setblocking(False)
        # select() raises ValueError for a descriptor it cannot watch, and with that every client
        # would lose its server. It is better to lose the one that is too many.
        position = len(self.clients) + 1 if os.name == "nt" else sock.fileno()
        if position >= SELECT_LIMIT:
            sock.close()
            return
        self.clients[sock] = Client(sock)
        ### END SOLUTION

    def receive(self, sock: socket.socket) -> None:
        """Read once from a socket that is ready, and answer every message that is now complete."""
        ### BEGIN SOLUTION One recv, one feed, and every next_message there is. What does b"" mean?
        client = self.clients.get(sock)
        if client is None:  # it was dropped earlier in this turn
            return
        try:
            data = sock.recv(RECV_SIZE)
        except BlockingIOError:  # select may be mistaken; the next turn will tell
            return
        except OSError:  # the client vanished without a goodbye (RST)
            data = b""
        if not data:
            self.disconnect(client)
            return
        client.inbox.feed(data)
        try:
            while not client.leaving:
                message = client.inbox.next_message()
                if message is None:
                    return
                self.answer(client, message)
        except ProtocolError as error:
            # After malformed input nobody can tell where the next message would begin.
            self.send(client, f"ERROR {error}")
            self.leave(client)
        ### END SOLUTION

    # Going out: nothing is sent where it arises. It waits in the outbox until select says that
    # the socket takes it, so a client that does not read holds up nobody but itself.

    def send(self, client: Client, text: str) -> None:
        """Put one message into a client's outbox; drop the client if too much waits there."""
        ### BEGIN SOLUTION Frame it and add it to the outbox. When is the backlog too much?
        client.outbox += chat_protocol.create_msg(text)
        if len(client.outbox) > chat_protocol.MAX_BACKLOG:
            self.disconnect(client)
        ### END SOLUTION

    def send_waiting(self, sock: socket.socket) -> None:
        """Send as much of a client's outbox as its socket takes now: one send, all messages."""
        ### BEGIN SOLUTION send() says how many bytes it took. The others wait for the next turn.
        client = self.clients[sock]
        try:
            sent = sock.send(client.outbox)
        except BlockingIOError:
            return
        except OSError:  # the client vanished; what waits for it can never arrive
            self.disconnect(client)
            return
        del client.outbox[:sent]
        if client.leaving and not client.outbox:
            self.disconnect(client)
        ### END SOLUTION

    # Leaving

    def leave(self, client: Client) -> None:
        """Free the client's name, read nothing more from it, and close once its outbox is sent."""
        ### BEGIN SOLUTION The name is free at once. When does the socket close: now, or later?
        client.name = None
        client.leaving = True
        if not client.outbox:
            self.disconnect(client)
        ### END SOLUTION

    def disconnect(self, client: Client) -> None:
        """Forget the client and close its socket; whoever was dropped before stays dropped."""
        ### BEGIN SOLUTION Close the socket, and remove it wherever you keep it. And its name?
        client.leaving = True  # answer nothing more that it sent
        client.name = None
        self.clients.pop(client.sock, None)
        client.sock.close()
        self.has_room = True
        ### END SOLUTION

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
        ### BEGIN SOLUTION Where do you keep a client's name? Keep it in one place, and look there.
        for client in self.clients.values():
            if client.name == name:
                return client
        return None
        ### END SOLUTION

    def answer_name(self, client: Client, name: str) -> None:
        """NAME <name>: call the client so and greet it, or say why not and change nothing."""
        ### BEGIN SOLUTION Is the name valid? Is it somebody else's? Only then does it change.
        if not chat_protocol.is_valid_name(name):
            self.send(client, "ERROR a name is 1 to 16 letters and digits, the first a letter")
        elif self.find(name) not in (None, client):
            self.send(client, f"ERROR the name {name} is taken")
        else:
            client.name = name
            self.send(client, f"HELLO {name}")
        ### END SOLUTION

    def answer_get_names(self, client: Client) -> None:
        """GET_NAMES: list every client that has a name, as many as fit into one message."""
        ### BEGIN SOLUTION NAMES, then a space before each name. What if they do not all fit?
        names = [other.name for other in self.clients.values() if other.name]
        reply = " ".join(["NAMES", *names])
        if len(reply) > chat_protocol.MAX_MSG_LENGTH:
            reply = "NAMES"
            for name in names:
                if len(f"{reply} {name} ...") <= chat_protocol.MAX_MSG_LENGTH:
                    reply += f" {name}"
            reply += " ..."
        self.send(client, reply)
        ### END SOLUTION

    def answer_msg(self, client: Client, arguments: str) -> None:
        """MSG <name> <text>: hand the text to that client, just as it is."""
        ### BEGIN SOLUTION Who sends? To whom? Is there a text, and does it fit with FROM before it?
        name, text = chat_protocol.parse_message(arguments)
        recipient = self.find(name)
        if client.name is None:
            self.send(client, "ERROR choose a name first: NAME <name>")
        elif recipient is None:
            self.send(client, "ERROR nobody goes by that name")
        elif not text:
            self.send(client, "ERROR the text is missing: MSG <name> <text>")
        else:
            try:
                self.send(recipient, f"FROM {client.name} {text}")
            except ValueError:  # the text fitted into a message; with FROM before it, it does not
                self.send(client, "ERROR the text is too long")
        ### END SOLUTION

    def answer_exit(self, client: Client) -> None:
        """EXIT: say nothing and let the client go."""
        ### BEGIN SOLUTION What was queued for this client is still sent.
        self.leave(client)
        ### END SOLUTION

    def answer_unknown(self, client: Client) -> None:
        """Anything else, the empty message too: say that it was not understood."""
        ### BEGIN SOLUTION ERROR, a space, and words that help the person who typed it.
        self.send(client, "ERROR unknown command; there are NAME, GET_NAMES, MSG and EXIT")
        ### END SOLUTION


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
