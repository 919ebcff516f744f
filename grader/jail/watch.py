"""Stops a job whose processes together take more than their share: of memory, or of processes.

Each process has limits of its own, which the kernel keeps (inside/limits.py). Those of many
together are looked at from here: closely when the machine as a whole, or the first process of a
job, shows a reason; and now and then without one, as others may just free what this job takes.
"""

from __future__ import annotations

import contextlib
import signal
import sys
import threading
from collections.abc import Callable

import psutil

from grader.jail.launch import Launched

MEMORY_LIMIT = 512 * 1024**2  # bytes; a right server with a thousand clients takes a tenth
PROCESSES_LIMIT = 400
LOOK_EVERY = 0.05  # seconds
CLOSELY_EVERY = 20  # looks
SUSPECT_MEMORY, SUSPECT_PROCESSES = MEMORY_LIMIT // 2, PROCESSES_LIMIT // 2

Kin = Callable[[Launched], list[psutil.Process]]


class Watch:
    """Looks at the running jobs of one jail, in a thread of its own."""

    def __init__(self, kin: Kin) -> None:
        """`kin` returns the processes of a job."""
        self._kin = kin
        self._jobs: dict[int, Launched] = {}
        self._lock = threading.Lock()
        self._is_over = threading.Event()
        self._memory, self._processes = _machine()
        self._thread = threading.Thread(target=self._look_again_and_again, daemon=True)
        self._thread.start()

    def begins(self, job: Launched) -> None:
        with self._lock:
            if not self._jobs:
                self._memory, self._processes = _machine()
            self._jobs[job.pid] = job

    def ends(self, job: Launched) -> None:
        with self._lock:
            self._jobs.pop(job.pid, None)

    def close(self) -> None:
        self._is_over.set()
        self._thread.join()

    def _look_again_and_again(self) -> None:
        looks = 0
        while not self._is_over.wait(LOOK_EVERY):
            looks += 1
            memory, processes = _machine()
            with self._lock:
                is_suspect = (
                    self._memory - memory > SUSPECT_MEMORY
                    or processes - self._processes > SUSPECT_PROCESSES
                    or looks % CLOSELY_EVERY == 0
                )
                for job in self._jobs.values():
                    if is_suspect or _resident(job.pid) > SUSPECT_MEMORY:
                        self._look_at(job)

    def _look_at(self, job: Launched) -> None:
        family = self._kin(job)
        if len(family) > PROCESSES_LIMIT:
            job.limit = f"it had started more than {PROCESSES_LIMIT} processes"
        elif _memory_of(family) > MEMORY_LIMIT:
            job.limit = f"it used more than {MEMORY_LIMIT // 1024**2} MiB of memory"
        else:
            return
        for process in family:
            with contextlib.suppress(psutil.Error):
                process.send_signal(signal.SIGKILL)


def _machine() -> tuple[int, int]:
    """Return how many bytes of memory are left on the machine, and how many processes it runs."""
    return psutil.virtual_memory().available, len(psutil.pids())


def _resident(pid: int) -> int:
    """Return the bytes of memory that one process takes, 0 if it has ended."""
    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.Error:
        return 0


def _memory_of(family: list[psutil.Process]) -> int:
    """Return the bytes that processes take together, what they share counted once."""
    resident = sum(_bytes("memory_info", "rss", process) for process in family)
    if resident <= MEMORY_LIMIT:
        return resident
    share = "pss" if sys.platform == "linux" else "rss"  # elsewhere it cannot be told
    return sum(_bytes("memory_full_info", share, process) for process in family)


def _bytes(ask: str, which: str, process: psutil.Process) -> int:
    try:
        return int(getattr(getattr(process, ask)(), which))
    except psutil.Error:  # it has just ended
        return 0
