"""The calls of the Linux kernel that Python does not offer, and their numbers.

Source: the headers linux/prctl.h, linux/sched.h, linux/mount.h, linux/capability.h, and the
kernel's syscall tables.
"""

from __future__ import annotations

import ctypes
import os
import sys
from typing import Any

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_SECCOMP = 1, 4, 22
PR_CAPBSET_DROP, PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS, PR_CAP_AMBIENT = 24, 36, 38, 47
PR_CAP_AMBIENT_RAISE, PR_CAP_AMBIENT_CLEAR_ALL = 2, 4
CLONE_NEWNS, CLONE_NEWIPC, CLONE_NEWPID = 0x20000, 0x8000000, 0x20000000
MS_NOSUID, MS_NODEV, MS_NOEXEC = 2, 4, 8

is_linux = sys.platform == "linux"
_libc: Any = ctypes.CDLL(None, use_errno=True) if is_linux else None


def call(function: str, *arguments: Any) -> int:
    """Call a function of the C library. Raises OSError where it returns less than 0."""
    result: int = getattr(_libc, function)(*arguments)
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{function}: {os.strerror(number)}")
    return result


def prctl(option: int, *arguments: int) -> int:
    values = [ctypes.c_ulong(value) for value in (*arguments, 0, 0, 0, 0)[:4]]
    return call("prctl", option, *values)


def mount(kind: str, target: str, flags: int, options: str = "") -> None:
    call("mount", kind.encode(), target.encode(), kind.encode(), flags, options.encode())
