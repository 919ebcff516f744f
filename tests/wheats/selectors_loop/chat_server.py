"""A chat server in one thread around selectors.DefaultSelector. A socket is registered for writing
only while something waits to be sent to it, and each registration carries its own callback.
"""

from __future__ import annotations

import os
import selectors
import socket
import sys
from collections.abc import Callable
from selectors import EVENT_READ, EVENT_WRITE

import chat_protocol
from chat_protocol import MAX_BACKLOG, MessageBuffer, ProtocolError

ADDRESS = ("127.0.0.1", chat_protocol.PORT)
CHUNK = 8192
# The selector of Windows watches 512 sockets and no more, the listener among them.
MAX_CONNECTIONS = 511 if os.name == "nt" else sys.maxsize


class Connection:
    """A client's socket with its two buffers, registered for just those events that matter now."""

    def __init__(self, server: Server, sock: socket.socket) -> None:
        self.server = server
        self.sock = sock
        self.name: str | None = None
        self.inbox = MessageBuffer()
        self.outbox = bytearray()
        self.leaving = False  # nothing more is read; closed as soon as the outbox is empty
        self.is_open = True
        server.selector.register(sock, EVENT_READ, self.on_event)

    def on_event(self, events: int) -> None:
        if self.is_open and events & EVENT_WRITE:
            self.flush()
        if self.is_open and events & EVENT_READ and not self.leaving:
            self.receive()

    def receive(self) -> None:
        try:
            data = self.sock.recv(CHUNK)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self.close()
            return
        self.inbox.feed(data)
        try:
            while not self.leaving and (message := self.inbox.next_message()) is not None:
                self.server.answer(self, *chat_protocol.parse_message(message))
        except ProtocolError as error:
            self.send(f"ERROR {error}")
            self.leave()

    def send(self, message: str) -> None:
        """Put a message into the outbox."""
        self.outbox += chat_protocol.create_msg(message)
        if len(self.outbox) > MAX_BACKLOG:
            self.close()
        self.register()

    def flush(self) -> None:
        """Send as much of the outbox as goes out without waiting."""
        try:
            del self.outbox[: self.sock.send(self.outbox)]
        except BlockingIOError:
            return
        except OSError:
            self.close()
        self.register()

    def register(self) -> None:
        """Tell the selector which events matter now; close if there will be no more."""
        events = EVENT_READ * (not self.leaving) | EVENT_WRITE * bool(self.outbox)
        if not self.is_open:
            return
        if not events:
            self.close()
        elif events != self.server.selector.get_key(self.sock).events:
            self.server.selector.modify(self.sock, events, self.on_event)

    def leave(self) -> None:
        """Free the name now, and close when everything is sent."""
        self.server.forget(self)
        self.leaving = True
        self.register()

    def close(self) -> None:
        self.server.forget(self)
        self.leaving = True
        if self.is_open:
            self.is_open = False
            self.server.selector.unregister(self.sock)
            self.sock.close()
            self.server.listen()


class Server:
    """The listening socket, the names, and the answers."""

    def __init__(self) -> None:
        self.selector = selectors.DefaultSelector()
        self.names: dict[str, Connection] = {}
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        windows = os.name == "nt"
        reuse = socket.SO_EXCLUSIVEADDRUSE if windows else socket.SO_REUSEADDR
        self.socket.setsockopt(socket.SOL_SOCKET, reuse, 1)
        self.socket.bind(ADDRESS)
        self.socket.listen(100)
        self.socket.setblocking(False)
        self.listen()

    def run(self) -> None:
        while True:
            for key, events in self.selector.select():
                callback: Callable[[int], None] = key.data
                callback(events)

    def listen(self) -> None:
        """Let newcomers in, from now on or again."""
        if self.socket not in self.selector.get_map():
            self.selector.register(self.socket, EVENT_READ, self.on_newcomer)

    def on_newcomer(self, _: int) -> None:
        try:
            sock, _address = self.socket.accept()
        except (BlockingIOError, ConnectionError):  # it went away again
            return
        except OSError:  # no descriptor is left: newcomers wait until somebody leaves
            self.selector.unregister(self.socket)
            return
        if len(self.selector.get_map()) > MAX_CONNECTIONS:
            sock.close()
            return
        sock.setblocking(False)
        Connection(self, sock)

    def forget(self, connection: Connection) -> None:
        if connection.name is not None:
            del self.names[connection.name]
            connection.name = None

    def answer(self, client: Connection, command: str, arguments: str) -> None:
        if command == "NAME":
            client.send(self.take_name(client, arguments))
        elif command == "GET_NAMES":
            client.send(chat_protocol.names_reply(self.names))
        elif command == "MSG":
            self.deliver(client, arguments)
        elif command == "EXIT":
            client.leave()
        else:
            client.send("ERROR no such command")

    def take_name(self, client: Connection, name: str) -> str:
        if not chat_protocol.is_valid_name(name):
            return "ERROR not a valid name"
        if name in self.names and self.names[name] is not client:
            return "ERROR the name is in use"
        self.forget(client)
        client.name = name
        self.names[name] = client
        return f"HELLO {name}"

    def deliver(self, sender: Connection, arguments: str) -> None:
        name, text = chat_protocol.parse_message(arguments)
        if sender.name is None:
            sender.send("ERROR you have no name yet")
        elif name not in self.names:
            sender.send("ERROR no such client")
        elif text == "":
            sender.send("ERROR no text")
        else:
            try:
                self.names[name].send(f"FROM {sender.name} {text}")
            except ValueError:
                sender.send("ERROR too long for one message")


def main() -> None:
    try:
        server = Server()
    except OSError as error:
        sys.exit(f"Could not listen on port {ADDRESS[1]}: {error.strerror}")
    print(f"Chat server on {ADDRESS[0]}, port {ADDRESS[1]}", flush=True)
    try:
        server.run()
    except KeyboardInterrupt:
        print("Bye")


if __name__ == "__main__":
    main()
