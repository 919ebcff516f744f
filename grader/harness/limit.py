"""The limit for which a process of the submission was stopped, in words for the student."""

from __future__ import annotations

import os
import signal

from grader.jail.inside.limits import ADDRESS_SPACE, CPU_LIMIT, DISK_LIMIT, THREADS_LIMIT
from grader.jail.launch import Launched


def limit_reached(process: Launched, status: int) -> str:
    """Return why a process was stopped; "" if it reached no limit. `status` is its exit status."""
    if process.limit:  # the watch has stopped it, and said so
        return process.limit
    if os.name != "nt" and status == -signal.SIGXCPU:
        return f"it used more than {CPU_LIMIT} s of CPU time"
    return ""


def limit_behind(kind: str, message: str) -> str:
    """Return the limit that an exception may come from, in a sentence; "" if it comes from none.

    >>> limit_behind("OSError", "[Errno 28] No space left on device")
    'A program may write 64 MiB here.'
    """
    if "[Errno 27]" in message or "[Errno 28]" in message:  # EFBIG, ENOSPC
        return f"A program may write {DISK_LIMIT // 1024**2} MiB here."
    if "can't start new thread" in message or "[Errno 11]" in message:  # EAGAIN
        return f"A program may have {THREADS_LIMIT} threads and processes here."
    if kind == "MemoryError":
        return f"A process may have {ADDRESS_SPACE // 1024**3} GiB of memory here."
    return ""
