"""A chat server with two threads for each client: one reads and answers, the other one writes.
Between them lies a queue of bytes with an upper limit, so nobody ever waits for a slow reader.
"""

from __future__ import annotations

import contextlib
import os
import socket
import sys
import threading
from collections.abc import Callable

import chat_protocol
from chat_protocol import MAX_BACKLOG, PORT, ProtocolError, StreamCut

HOST = "127.0.0.1"
PIECE = 65536  # bytes that the writer hands to one send
STACK = 256 * 1024  # bytes; two thousand threads of the usual size would ask for a lot of memory
PAUSE = 1.0  # seconds until the next try when there is no descriptor for another client


class Client:
    """One connection, and the bytes that wait to be sent to it."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.name: str | None = None  # changed under the server's lock only
        self.finished = False  # nothing more may be queued
        self._queue = bytearray()
        self._changed = threading.Condition()

    def send(self, text: str) -> None:
        """Queue a message without waiting; cut the client off if too much piles up."""
        frame = chat_protocol.create_msg(text)
        with self._changed:
            if not self.finished:
                self._queue += frame
                self._changed.notify()
            if len(self._queue) > MAX_BACKLOG:
                self.cut_off()

    def finish(self) -> None:
        """Queue nothing more; the writer ends when it has sent the rest."""
        with self._changed:
            self.finished = True
            self._changed.notify()

    def cut_off(self) -> None:
        """End the connection at once. That wakes both threads; the reader closes the socket."""
        with self._changed:
            self._queue.clear()
            self.finish()
        with contextlib.suppress(OSError):  # the other side has cut it already
            self.sock.shutdown(socket.SHUT_RDWR)

    def write(self) -> None:
        """Send what is in the queue, until it is finished and empty. This is the writer thread."""
        while piece := self._next_piece():
            try:
                sent = self.sock.send(piece)
            except OSError:
                self.cut_off()
                return
            with self._changed:
                del self._queue[:sent]

    def _next_piece(self) -> bytes:
        with self._changed:
            self._changed.wait_for(lambda: self._queue or self.finished)
            return bytes(self._queue[:PIECE])


class Server:
    """Accepts clients, and knows who goes by which name."""

    def __init__(self) -> None:
        self.members: dict[str, Client] = {}
        self.lock = threading.Lock()  # for the members; nobody waits for a socket while holding it
        self.somebody_left = threading.Event()
        self.listener = socket.socket()
        option = socket.SO_EXCLUSIVEADDRUSE if os.name == "nt" else socket.SO_REUSEADDR
        self.listener.setsockopt(socket.SOL_SOCKET, option, 1)
        self.listener.bind((HOST, PORT))
        self.listener.listen(128)

    def accept_forever(self) -> None:
        while True:
            self.somebody_left.clear()
            try:
                sock, _ = self.listener.accept()
            except ConnectionError:  # gone before it was let in
                continue
            except OSError:  # no descriptor is left
                self.somebody_left.wait(PAUSE)
                continue
            with contextlib.suppress(OSError):
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if not started(self.serve, Client(sock)):
                sock.close()

    def serve(self, client: Client) -> None:
        """Take care of one client from its first byte to its last. This is the reader thread."""
        writer = started(client.write)
        try:
            if writer:
                self.read(client)
        finally:
            with self.lock:
                self.forget(client)
            client.finish()
            if writer:
                writer.join()
            client.sock.close()
            self.somebody_left.set()

    def read(self, client: Client) -> None:
        """Answer every message until the client leaves, is cut off, or breaks the rules."""
        try:
            while not client.finished:
                message = chat_protocol.get_msg(client.sock)
                if message is None or not self.answer(client, message):
                    return
        except (StreamCut, OSError):
            return
        except ProtocolError as error:
            client.send(f"ERROR {error}")

    def answer(self, client: Client, message: str) -> bool:
        """Do what one message asks for; False if it was the last."""
        command, arguments = chat_protocol.parse_message(message)
        if command == "EXIT":
            return False
        if command == "NAME":
            client.send(self.rename(client, arguments))
        elif command == "GET_NAMES":
            with self.lock:
                names = list(self.members)
            client.send(chat_protocol.names_msg(names))
        elif command == "MSG":
            if complaint := self.deliver(client, *chat_protocol.parse_message(arguments)):
                client.send(complaint)
        else:
            client.send("ERROR I know NAME, GET_NAMES, MSG and EXIT")
        return True

    def rename(self, client: Client, name: str) -> str:
        """Give a client its name; return the answer."""
        if not chat_protocol.is_valid_name(name):
            return "ERROR a name is a letter, then up to 15 letters and digits"
        with self.lock:
            if self.members.get(name, client) is not client:
                return f"ERROR {name} is somebody else"
            self.forget(client)
            self.members[name] = client
            client.name = name
        return f"HELLO {name}"

    def forget(self, client: Client) -> None:
        """Free the client's name, if it has one. The lock must be held."""
        if client.name is not None:
            del self.members[client.name]
            client.name = None

    def deliver(self, sender: Client, name: str, text: str) -> str:
        """Queue a text for the member of that name; return what is wrong with it, or nothing."""
        with self.lock:
            recipient = self.members.get(name)
            if sender.name is None:
                return "ERROR tell me your NAME first"
            if recipient is None:
                return "ERROR nobody goes by that name"
            if not text:
                return "ERROR there is no text"
            try:
                recipient.send(f"FROM {sender.name} {text}")
            except ValueError:
                return "ERROR the text is too long"
            if recipient.finished:
                self.forget(recipient)
            return ""


def started(work: Callable[..., None], *arguments: object) -> threading.Thread | None:
    """Start a thread and return it; None if the system has none left."""
    thread = threading.Thread(target=work, args=arguments, daemon=True)
    try:
        thread.start()
    except RuntimeError:
        return None
    return thread


def main() -> None:
    threading.stack_size(STACK)
    try:
        server = Server()
    except OSError as error:
        sys.exit(f"cannot listen on {HOST}:{PORT}: {error.strerror}")
    print(f"listening on {HOST}:{PORT}", flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        server.accept_forever()


if __name__ == "__main__":
    main()
