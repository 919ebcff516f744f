"""Connected sockets on this machine, and ways to wait without a clock. The experiments use them."""

from __future__ import annotations

import os
import select
import socket
import struct

HOST = "127.0.0.1"  # this machine itself: the loopback address
LAST_RESORT = 20  # seconds; no experiment comes near it


def tcp_pair() -> tuple[socket.socket, socket.socket]:
    """Return both ends of a new TCP connection. What goes in at one end comes out at the other."""
    with socket.create_server((HOST, 0)) as listener:
        here = socket.create_connection(listener.getsockname())
        there, _ = listener.accept()
    return here, there


def udp_pair() -> tuple[socket.socket, socket.socket]:
    """Return two UDP sockets that send to each other."""
    here, there = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
    here.bind((HOST, 0))
    there.bind((HOST, 0))
    here.connect(there.getsockname())
    there.connect(here.getsockname())
    return here, there


def wait_for(sock: socket.socket, count: int) -> None:
    """Wait until `count` bytes have arrived at a socket. They stay there, to be read."""
    while True:
        wait_until_readable(sock)
        if len(sock.recv(count, socket.MSG_PEEK)) >= count:  # MSG_PEEK: look, do not take
            return


def wait_until_readable(sock: socket.socket) -> None:
    """Wait until there is something to read, or the connection has ended."""
    if not select.select([sock], [], [], LAST_RESORT)[0]:
        raise TimeoutError("nothing has come")


def send_apart(sender: socket.socket, receiver: socket.socket, pieces: list[bytes]) -> list[bytes]:
    """Send pieces, each when the one before has been received; return what each recv gave."""
    received = []
    for piece in pieces:
        sender.sendall(piece)
        wait_for(receiver, len(piece))
        received.append(receiver.recv(1024))
    return received


def reset(sock: socket.socket) -> None:
    """End a connection without a goodbye, as a program does that is torn away: RST, not FIN."""
    two_numbers = "hh" if os.name == "nt" else "ii"
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack(two_numbers, 1, 0))
    sock.close()


def close(*socks: socket.socket) -> None:
    """Close sockets."""
    for sock in socks:
        sock.close()
