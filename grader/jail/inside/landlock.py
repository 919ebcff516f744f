"""Tier medium: the kernel's Landlock says which files and ports a program may reach.

It needs no privilege and cannot be taken off again. Source: landlock(7), linux/landlock.h.
"""

from __future__ import annotations

import contextlib
import os
import struct

from . import system

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446  # the same numbers on all machines
RULE_PATH_BENEATH, RULE_NET_PORT = 1, 2
EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1, 2, 4, 8
TRUNCATE, IOCTL_DEV = 1 << 14, 1 << 15
FILE_RIGHTS = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV  # what a file can have
READ = EXECUTE | READ_FILE | READ_DIR
BIND_TCP, CONNECT_TCP = 1, 2
SCOPES = 1 | 2  # abstract UNIX sockets and signals stay among the restricted
_RIGHTS_SINCE = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}  # version: how many rights on files it knows


def version() -> int:
    """Return the version of Landlock that the kernel offers, 0 for none."""
    if not system.is_linux:
        return 0
    try:
        return system.call("syscall", CREATE_RULESET, None, 0, 1)
    except OSError:
        return 0


def restrict(readable: list[str], writable: list[str], port: int | None) -> None:
    """Allow reading below some paths, and everything below others; nothing else from now on.

    With a `port`, no other TCP port may be bound or connected to (version 4); without one, all may.
    Paths that do not exist are passed over. Raises OSError where there is no Landlock.
    """
    offered = version()
    all_rights = (1 << _RIGHTS_SINCE[min(offered, 5)]) - 1 if offered else 0
    ports = BIND_TCP | CONNECT_TCP if offered >= 4 and port is not None else 0
    attributes = struct.pack("QQQ", all_rights, ports, SCOPES if offered >= 6 else 0)
    size = 8 if offered < 4 else 16 if offered < 6 else 24
    ruleset = system.call("syscall", CREATE_RULESET, attributes[:size], size, 0)
    try:
        for path in readable:
            _allow(ruleset, path, READ & all_rights)
        for path in writable:
            _allow(ruleset, path, all_rights)
        if ports:
            rule = struct.pack("QQ", ports, port)
            system.call("syscall", ADD_RULE, ruleset, RULE_NET_PORT, rule, 0)
        system.prctl(system.PR_SET_NO_NEW_PRIVS, 1)
        system.call("syscall", RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: str, rights: int) -> None:
    with contextlib.suppress(FileNotFoundError, NotADirectoryError, PermissionError):
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
        try:
            if not os.path.isdir(path):
                rights &= FILE_RIGHTS
            rule = struct.pack("=Qi", rights, descriptor)
            system.call("syscall", ADD_RULE, ruleset, RULE_PATH_BENEATH, rule, 0)
        finally:
            os.close(descriptor)
