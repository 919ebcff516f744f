"""Asks the kernel whether a process waits for an event that nobody but its peers can cause.

A program that sleeps in `select`, `recv` or a lock without a time-out, and was not woken by what
it was sent, will not answer it later either. To know that beats waiting: the verdict comes soon,
and it does not depend on how busy the machine is. Where the kernel cannot be asked (not Linux,
another architecture, a time-out inside the call) the answer is "cannot tell".

Source: proc(5), on /proc/pid/task/tid/syscall and status; the kernel's syscall tables.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

# Calls that block without a limit: syscall number -> which argument is the time-out, as an index,
# and None for calls that have none. A null pointer and -1 both mean "for ever".
_MACHINE = os.uname().machine if sys.platform == "linux" else ""
_X86_64 = {
    **dict.fromkeys((0, 1, 20, 42, 43, 44, 45, 46, 47, 61, 288, 247)),  # read, write(v), connect,
    # accept, sendto, recvfrom, sendmsg, recvmsg, wait4, accept4, waitid
    **{23: 4, 270: 4, 7: 2, 271: 2, 232: 3, 281: 3, 202: 3},  # select, pselect6, poll, ppoll,
    # epoll_wait, epoll_pwait, futex
}
_AARCH64 = {
    **dict.fromkeys((63, 64, 66, 203, 202, 206, 207, 211, 212, 260, 242, 95)),
    **{72: 4, 73: 2, 22: 3, 98: 3},  # pselect6, ppoll, epoll_pwait, futex
}
_BLOCKING = {"x86_64": _X86_64, "aarch64": _AARCH64}.get(_MACHINE, {})
_WRITES = {"x86_64": {1, 20, 44, 46}, "aarch64": {64, 66, 206, 211}}.get(_MACHINE, set())
_FOR_EVER = {0, 0xFFFFFFFF, 0xFFFFFFFFFFFFFFFF}
_POINTER_TIMEOUTS = {23, 270, 271, 202, 72, 73, 98}  # for these only a null pointer is for ever

Sleep = tuple[tuple[int, int], ...]  # each thread, and how often it has gone to sleep so far


def endless_sleep(pid: int) -> Sleep | None:
    """Return a fingerprint if every thread of the process and its children sleeps without a limit.

    None if one of them runs, has a time-out, or cannot be asked. Two equal fingerprints some time
    apart mean that nothing woke any of them in between.
    """
    return _sleep(pid, _blocks_for_ever)


def quiet_sleep(pid: int) -> Sleep | None:
    """As endless_sleep, but a limit may end the sleep.

    None as well if a thread waits to be rid of what it writes: the reader may be slow, and then it
    goes on.
    """
    return _sleep(pid, lambda call: not _is_write(call))


def _sleep(pid: int, is_accepted: Callable[[str], bool]) -> Sleep | None:
    """Return the fingerprint if every thread sleeps in a system call that is accepted."""
    if sys.platform != "linux" or not _BLOCKING:
        return None
    sleep: list[tuple[int, int]] = []
    try:
        for process in family(pid):
            for task in Path(f"/proc/{process}/task").iterdir():
                status = (task / "status").read_text()
                if "\nState:\tZ" in status:  # ended, and only waits for its parent to notice
                    continue
                # "S": an event will wake it; "D" would be a disk, which answers by itself.
                if "\nState:\tS" not in status:
                    return None
                call = (task / "syscall").read_text()
                if call.startswith("running") or not is_accepted(call):
                    return None
                sleep.append((int(task.name), _switches(status)))
    except OSError:  # it has just ended, or may not be looked at
        return None
    return tuple(sorted(sleep))


def is_at_work(pid: int) -> bool:
    """Tell whether a thread of the process or its children runs, or would if it were its turn.

    False as well where that cannot be told. A loop that never waits is at work at every look,
    however little CPU time a busy machine has given it.
    """
    if sys.platform != "linux":
        return False
    try:
        tasks = [t for p in family(pid) for t in Path(f"/proc/{p}/task").iterdir()]
        return any("\nState:\tR" in (task / "status").read_text() for task in tasks)
    except OSError:
        return False


def family(pid: int) -> list[int]:
    """Return the process and all its descendants. Raises OSError where Linux does not say."""
    found = [pid]
    for process in found:
        for task in Path(f"/proc/{process}/task").iterdir():
            found += map(int, (task / "children").read_text().split())
    return found


def _blocks_for_ever(syscall: str) -> bool:
    fields = syscall.split()  # number, six arguments, stack pointer, program counter
    if len(fields) < 9 or int(fields[0]) not in _BLOCKING:
        return False
    number = int(fields[0])
    argument = _BLOCKING[number]
    if argument is None:
        return True
    timeout = int(fields[1 + argument], 16)
    return timeout == 0 if number in _POINTER_TIMEOUTS else timeout in _FOR_EVER - {0}


def _switches(status: str) -> int:
    lines = [line.split() for line in status.splitlines() if "ctxt_switches" in line]
    return sum(int(line[1]) for line in lines)


def _is_write(syscall: str) -> bool:
    return int(syscall.split()[0]) in _WRITES
