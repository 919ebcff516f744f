"""A network that one grading run has to itself, so that servers on port 5555 never meet.

On Linux the run enters a network namespace of its own. Elsewhere, and where that is forbidden,
every server gets a port that no other grading run on the machine uses.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import random
import socket
import struct
import sys
from pathlib import Path

from grader import exercise

CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000  # linux/sched.h
SIOCSIFFLAGS, IFF_UP, IFF_RUNNING = 0x8914, 0x1, 0x40  # linux/sockios.h, linux/if.h
SHARED_PORTS = range(20000, 30000)  # below what systems hand out to connecting sockets
TCP_WMEM = Path("/proc/sys/net/ipv4/tcp_wmem")  # bytes: least, initial, most; tcp(7)
SMALL_BUFFERS = "4096 16384 262144"
ASSUMED_BUFFER = 8 * 1024 * 1024  # bytes, where the system does not say
FORCE_SHARED = "PYNETLAB_SHARED_NETWORK"  # set: do without namespaces even where they work


def enter_private_network() -> bool:
    """Move this process into a network namespace with a loopback of its own; tell if that worked.

    The process must have one thread only. Nothing is changed where the result is False.
    """
    if not can_have_private_network():
        return False
    _unshare_network()
    return True


def can_have_private_network() -> bool:
    """Tell whether enter_private_network() would work, without changing anything."""
    if sys.platform != "linux" or os.environ.get(FORCE_SHARED):
        return False
    # Some systems allow the first step and forbid the second, so a child tries both.
    child = os.fork()
    if child == 0:
        try:
            _unshare_network()
            os._exit(0)
        finally:
            os._exit(1)
    return os.waitpid(child, 0)[1] == 0


def _unshare_network() -> None:
    """Raises OSError where the system does not allow it."""
    if not _unshare(CLONE_NEWNET):  # needs CAP_SYS_ADMIN; everybody else has it in a user namespace
        user, group = os.geteuid(), os.getegid()
        if not _unshare(CLONE_NEWUSER | CLONE_NEWNET):
            raise OSError("no user namespaces")
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    import fcntl

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = struct.pack("16sh14x", b"lo", IFF_UP | IFF_RUNNING)
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, request)
    # A client that does not read is noticed when the buffers are full; small ones are full sooner.
    with contextlib.suppress(OSError):
        TCP_WMEM.write_text(SMALL_BUFFERS)


def send_buffer() -> int:
    """Return how many bytes the system takes at the most for a peer that does not read."""
    try:
        return int(TCP_WMEM.read_text().split()[2])
    except OSError:
        return ASSUMED_BUFFER


def _unshare(flags: int) -> bool:
    return bool(ctypes.CDLL(None, use_errno=True).unshare(flags) == 0)


class NoPort(Exception):
    """The programs of a submission have left connections on every port of their own network."""


class PortLease:
    """A TCP port of 127.0.0.1 that no other grading run on this machine leases at the same time.

    The claim is a UDP socket on the same number: the system grants it to one process only, takes
    it back when that process ends, and it is in nobody's way on the TCP side.
    """

    def __init__(self) -> None:
        for port in random.sample(SHARED_PORTS, len(SHARED_PORTS)):
            self._claim = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            try:
                self._claim.bind((exercise.HOST, port))
                with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as trial:
                    trial.bind((exercise.HOST, port))
            except OSError:
                self._claim.close()
                continue
            self.port = port
            return
        raise OSError("no port is free for a server")

    def release(self) -> None:
        self._claim.close()
