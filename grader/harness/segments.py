"""Segments that must arrive apart, arrive apart.

TCP is free to join what was sent separately: 599 sends were seen by a server in 5 recvs. So the
next piece is sent only when the peer has read the one before, which Linux tells.
"""

from __future__ import annotations

import re
import socket
import sys
from collections.abc import Iterable
from pathlib import Path

from grader.harness import sock_diag, waiting


def send_apart(sock: socket.socket, pieces: Iterable[bytes], pid: int) -> None:
    """Send each piece after the process `pid` has read the one before.

    The socket must have TCP_NODELAY set. If the peer stops reading, the rest is sent all the
    same. Raises OSError if it has closed.
    """
    reads = True
    for number, piece in enumerate(pieces):
        if number and reads:
            reads = wait_until_read(sock, pid)
        sock.sendall(piece)


def wait_until_read(sock: socket.socket, pid: int) -> bool:
    """Wait until the peer has read all that was sent to it; False if it does not."""
    if sys.platform != "linux":
        waiting.pause()
        return True
    return waiting.spin_until(lambda: not unread_by_peer(sock), pid)


def unread_by_peer(sock: socket.socket) -> int:
    """Return how many bytes wait in the peer's receive queue; 0 if it has closed its end."""
    try:
        try:
            return sock_diag.unread_by_peer(sock)
        except sock_diag.Unknown:
            return _receive_queue(sock.getpeername(), sock.getsockname())
    except OSError:  # not connected any more
        return 0


def _receive_queue(local: tuple[str, int], peer: tuple[str, int]) -> int:
    """Return how many bytes wait at one end. Source: proc_net_tcp.rst of the kernel."""
    pattern = re.compile(rf"{_entry(local)} \w*{_entry(peer)} \w\w \w{{8}}:(\w{{8}})")
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            found = pattern.search(Path(table).read_text())
        except OSError:
            continue
        if found:
            return int(found[1], 16)
    return 0


def _entry(address: tuple[str, int]) -> str:
    host = int.from_bytes(socket.inet_aton(address[0]), sys.byteorder)
    return f"{host:08X}:{address[1]:04X}"
