"""A chat server on socketserver.ThreadingTCPServer: a handler for each client, in a thread of its
own, reads from a file object, and a second thread empties the handler's queue of frames.
"""

from __future__ import annotations

import contextlib
import os
import queue
import socket
import socketserver
import sys
import threading
from typing import Any

import chat_protocol
from chat_protocol import MAX_BACKLOG, EndInside, ProtocolError

HOST = "127.0.0.1"


class Outbox(threading.Thread):
    """Sends frames one after the other; who puts them in does not wait."""

    def __init__(self, sock: socket.socket) -> None:
        super().__init__(daemon=True)
        self.broken = False  # the connection has ended, or was given up
        self._sock = sock
        self._frames: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._backlog = 0  # bytes
        self._counting = threading.Lock()

    def put(self, frame: bytes) -> None:
        """Queue a frame; give the client up if more than MAX_BACKLOG bytes wait for it."""
        if self._count(len(frame)) > MAX_BACKLOG:
            self.give_up()
        self._frames.put(frame)

    def finish(self) -> None:
        """Let the thread end behind the last frame, and wait for that."""
        self._frames.put(b"")
        self.join()

    def give_up(self) -> None:
        """Cut the connection; whoever reads from it or writes to it will notice."""
        self.broken = True
        with contextlib.suppress(OSError):
            self._sock.shutdown(socket.SHUT_RDWR)

    def run(self) -> None:
        while frame := self._frames.get():
            try:
                while frame and not self.broken:
                    sent = self._sock.send(frame)
                    self._count(-sent)
                    frame = frame[sent:]
            except OSError:
                self.give_up()

    def _count(self, change: int) -> int:
        with self._counting:
            self._backlog += change
            return self._backlog


class Handler(socketserver.StreamRequestHandler):
    """Talks with one client."""

    disable_nagle_algorithm = True
    server: ChatServer

    def setup(self) -> None:
        super().setup()
        self.name = ""
        self.outbox = Outbox(self.connection)
        self.outbox.start()

    def handle(self) -> None:
        try:
            while not self.outbox.broken:
                message = chat_protocol.read_message(self.rfile)
                if message is None or message.partition(" ")[0] == "EXIT":
                    return
                self.answer(*chat_protocol.parse_message(message))
        except (EndInside, OSError):
            return
        except ProtocolError as error:
            self.send(f"ERROR {error}")

    def finish(self) -> None:
        self.server.free_name_of(self)
        self.outbox.finish()
        super().finish()

    def send(self, text: str) -> None:
        self.outbox.put(chat_protocol.create_msg(text))

    def answer(self, command: str, arguments: str) -> None:
        if command == "NAME":
            self.answer_name(arguments)
        elif command == "GET_NAMES":
            self.send(chat_protocol.listing(self.server.names()))
        elif command == "MSG":
            self.answer_msg(*chat_protocol.parse_message(arguments))
        else:
            self.send("ERROR that is no command")

    def answer_name(self, name: str) -> None:
        if not chat_protocol.is_valid_name(name):
            self.send("ERROR that is no name")
        elif not self.server.give_name(name, self):
            self.send("ERROR that name is taken")
        else:
            self.send(f"HELLO {name}")

    def answer_msg(self, name: str, text: str) -> None:
        if not self.name:
            self.send("ERROR first of all, what is your NAME?")
            return
        if not text:
            self.send("ERROR there is nothing to deliver")
            return
        try:
            if not self.server.deliver(name, f"FROM {self.name} {text}"):
                self.send("ERROR there is nobody to deliver it to")
        except ValueError:
            self.send("ERROR there is too much to deliver")


class ChatServer(socketserver.ThreadingTCPServer):
    """Makes the handlers, and keeps their names."""

    allow_reuse_address = os.name != "nt"
    daemon_threads = True
    request_queue_size = 128

    def __init__(self) -> None:
        self.handlers: dict[str, Handler] = {}
        self.lock = threading.Lock()  # for the dictionary above
        self.somebody_left = threading.Event()
        super().__init__((HOST, chat_protocol.PORT), Handler)

    def server_bind(self) -> None:
        if os.name == "nt":
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        super().server_bind()

    def get_request(self) -> tuple[socket.socket, Any]:
        """Accept a client. Where no descriptor is left, pause: it would be tried again at once."""
        self.somebody_left.clear()
        try:
            return super().get_request()
        except ConnectionError:
            raise
        except OSError:
            self.somebody_left.wait(1)
            raise  # serve_forever takes it for a client that went away

    def shutdown_request(self, request: Any) -> None:
        super().shutdown_request(request)
        self.somebody_left.set()

    def give_name(self, name: str, handler: Handler) -> bool:
        with self.lock:
            if self.handlers.setdefault(name, handler) is not handler:
                return False
            if handler.name != name:
                self._forget(handler)
            handler.name = name
            return True

    def free_name_of(self, handler: Handler) -> None:
        with self.lock:
            self._forget(handler)

    def _forget(self, handler: Handler) -> None:
        if self.handlers.get(handler.name) is handler:
            del self.handlers[handler.name]

    def names(self) -> list[str]:
        with self.lock:
            return [*self.handlers]

    def deliver(self, name: str, text: str) -> bool:
        """Hand a text to the client of that name; False if there is none."""
        with self.lock:
            handler = self.handlers.get(name)
            if handler is None:
                return False
            handler.send(text)
            if handler.outbox.broken:
                self._forget(handler)
            return True


def main() -> None:
    try:
        server = ChatServer()
    except OSError as error:
        sys.exit(f"No server on port {chat_protocol.PORT}: {error.strerror}")
    print(f"Waiting for clients on port {chat_protocol.PORT}", flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        server.serve_forever()


if __name__ == "__main__":
    main()
