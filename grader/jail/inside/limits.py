"""How much a program may use before the system stops it: the limits that each process carries.

What many processes use together is watched from outside (grader/jail/watch.py).
Source: getrlimit(2), setrlimit(2).
"""

from __future__ import annotations

import contextlib
import threading

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

CPU_LIMIT = 8  # seconds; a right server uses a tenth of a second where a check is hard
ADDRESS_SPACE = 4 * 1024**3  # bytes; most of it is reserved and never used
DISK_LIMIT = 64 * 1024**2  # bytes in one file
THREADS_LIMIT = 3000  # threads and processes; one for each of a thousand clients is all right
STACK = 1024**2  # bytes of each new thread


def set_limits(descriptors: int, others: int) -> None:
    """Limit this process and what it starts; `others` processes of its user run already."""
    threading.stack_size(STACK)
    if resource is None:
        return
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, DISK_LIMIT)
    _limit(resource.RLIMIT_CPU, CPU_LIMIT, CPU_LIMIT + 1)  # first a signal with a name, then death
    _limit(resource.RLIMIT_NOFILE, descriptors)
    _limit(resource.RLIMIT_NPROC, THREADS_LIMIT + others)
    with contextlib.suppress(OSError, ValueError):  # macOS has it in name only
        _limit(resource.RLIMIT_AS, ADDRESS_SPACE)


def _limit(which: int, most: int, at_last: int = 0) -> None:
    _, hard = resource.getrlimit(which)
    soft, new_hard = most, at_last or most
    if hard != resource.RLIM_INFINITY:
        soft, new_hard = min(soft, hard), min(new_hard, hard)
    resource.setrlimit(which, (soft, new_hard))
