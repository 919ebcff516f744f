"""Asks Linux about one TCP connection, by sock_diag(7).

/proc/net/tcp says the same, but for all connections of the machine, and takes a millisecond.
"""

from __future__ import annotations

import contextlib
import socket
import struct

ANSWER_LIMIT = 1.0  # seconds; the kernel answers at once, if at all
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
ANSWER = struct.Struct("=BBBB48xIII")  # struct inet_diag_msg: family, state ... receive queue


class Unknown(Exception):
    """The kernel does not say: it was built without, or this is no such system."""


def receive_queue(local: tuple[str, int], peer: tuple[str, int]) -> int:
    """Return how many bytes wait to be read at the end `local` of a connection.

    It is 0 where there is no such connection. Raises Unknown.
    """
    with contextlib.ExitStack() as at_the_end:
        try:
            kernel = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_SOCK_DIAG)
            at_the_end.enter_context(kernel)
            kernel.settimeout(ANSWER_LIMIT)
            kernel.send(_request(local, peer))
            answer = kernel.recv(4096)
        except (OSError, AttributeError) as error:
            raise Unknown from error
    _, kind, *_ = HEADER.unpack_from(answer)
    if kind != SOCK_DIAG_BY_FAMILY:
        (error_number,) = struct.unpack_from("=i", answer, HEADER.size)
        if error_number == -2:  # ENOENT
            return 0
        raise Unknown
    _, state, _, _, _, waiting, _ = ANSWER.unpack_from(answer, HEADER.size)
    return 0 if state == TCP_LISTEN else waiting


def _request(local: tuple[str, int], peer: tuple[str, int]) -> bytes:
    addresses = (socket.inet_aton(address) for address, _ in (local, peer))
    connection = CONNECTION.pack(local[1], peer[1], *addresses)
    body = REQUEST.pack(socket.AF_INET, socket.IPPROTO_TCP, 0, ANY_STATE)
    body += connection + REST_OF_CONNECTION.pack(0, NO_COOKIE, NO_COOKIE)
    length = HEADER.size + len(body)
    return HEADER.pack(length, SOCK_DIAG_BY_FAMILY, NLM_F_REQUEST, 0, 0) + body
