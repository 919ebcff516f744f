"""Asks Linux about one TCP connection, by sock_diag(7).

/proc/net/tcp says the same, but for all connections of the machine, and takes a millisecond.
"""

from __future__ import annotations

import errno
import socket
import struct
from collections.abc import Callable

from grader.harness import waiting

NETLINK_SOCK_DIAG = 4  # linux/netlink.h
SOCK_DIAG_BY_FAMILY = 20  # linux/sock_diag.h
NLM_F_REQUEST = 1
ANY_STATE = 0xFFFFFFFF
NO_COOKIE = 0xFFFFFFFF
TCP_LISTEN = 10
HEADER = struct.Struct("=IHHII")  # struct nlmsghdr: length, type, flags, sequence, sender
REQUEST = struct.Struct("=BBBxI")  # struct inet_diag_req_v2: family, protocol, extensions, states
CONNECTION = struct.Struct("!HH16s16s")  # struct inet_diag_sockid: ports and addresses; then
REST_OF_CONNECTION = struct.Struct("=III")  # interface, cookie
ANSWER = struct.Struct("=BBBB48xIIIII")  # struct inet_diag_msg: family, state ... receive queue
INET_DIAG_INFO = 2  # linux/inet_diag.h: an extension of the answer, a struct tcp_info
ATTRIBUTE = struct.Struct("=HH")  # struct nlattr: length, type
RECEIVED = struct.Struct("=128xQ")  # struct tcp_info: bytes_received, in Linux since 4.1
SENT = struct.Struct("=144xI52xQQ")  # notsent_bytes, bytes_sent, bytes_retrans, since 4.19


class Gone(Exception):
    """There is no such end of a connection."""


class Unknown(Exception):
    """The kernel does not say: it was built without, or this is no such system."""


def unread_by_peer(sock: socket.socket) -> int:
    """Return how many bytes that were written to a connection its peer has not read so far.

    It is 0 where the peer has closed its end. Raises Unknown, and OSError if it is no connection.
    """
    ours, theirs = sock.getsockname(), sock.getpeername()
    # What is on its way still waits nowhere. So it is asked first what has arrived, and only then
    # what of that waits to be read.
    try:
        on_its_way = _written(sock) - _asked(theirs, ours, _received)
        return max(on_its_way, 0) + _asked(theirs, ours, _receive_queue)
    except Gone:
        return 0


def _written(sock: socket.socket) -> int:
    try:
        info = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256)
        queued, sent, sent_again = SENT.unpack_from(info)
    except (AttributeError, struct.error) as error:
        raise Unknown from error
    return int(sent - sent_again + queued)


def _receive_queue(answer: bytes) -> int:
    return int(ANSWER.unpack_from(answer, HEADER.size)[5])


def _received(answer: bytes) -> int:
    position = HEADER.size + ANSWER.size
    while position + ATTRIBUTE.size <= len(answer):
        length, kind = ATTRIBUTE.unpack_from(answer, position)
        if kind == INET_DIAG_INFO:
            return int(RECEIVED.unpack_from(answer, position + ATTRIBUTE.size)[0])
        position += max(length + 3 & ~3, ATTRIBUTE.size)
    raise Unknown


def _asked(local: tuple[str, int], peer: tuple[str, int], number: Callable[[bytes], int]) -> int:
    """Return a number from what the kernel says of the end `local`. Raises Gone, Unknown."""
    try:
        with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_SOCK_DIAG) as kernel:
            kernel.settimeout(waiting.LAST_RESORT)
            kernel.send(_request(local, peer))
            answer = kernel.recv(4096)
    except (OSError, AttributeError) as error:
        raise Unknown from error
    _, kind, *_ = HEADER.unpack_from(answer)
    if kind != SOCK_DIAG_BY_FAMILY:
        (error_number,) = struct.unpack_from("=i", answer, HEADER.size)
        if error_number == -errno.ENOENT:
            raise Gone
        raise Unknown
    if ANSWER.unpack_from(answer, HEADER.size)[1] == TCP_LISTEN:
        raise Gone
    return number(answer)


def _request(local: tuple[str, int], peer: tuple[str, int]) -> bytes:
    addresses = (socket.inet_aton(address) for address, _ in (local, peer))
    connection = CONNECTION.pack(local[1], peer[1], *addresses)
    extension = 1 << INET_DIAG_INFO - 1
    body = REQUEST.pack(socket.AF_INET, socket.IPPROTO_TCP, extension, ANY_STATE)
    body += connection + REST_OF_CONNECTION.pack(0, NO_COOKIE, NO_COOKIE)
    length = HEADER.size + len(body)
    return HEADER.pack(length, SOCK_DIAG_BY_FAMILY, NLM_F_REQUEST, 0, 0) + body
