"""All waiting of the harness, in one place. Everything that waits, waits on an event.

Three things end a wait for an event that does not come: the kernel says that the submission's
process sleeps and will not be woken (see asleep.py); it has worked for longer than any right one;
or, where nothing can be told of it, the last resort.
A program that somebody else has started has the pid 0: nobody looks at it, and it has its time.
"""

from __future__ import annotations

import os
import select
import selectors
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

import psutil

from grader.harness.asleep import endless_sleep, is_at_work


class HasFileno(Protocol):
    """What can be waited for: a socket, a terminal."""

    def fileno(self) -> int: ...


LAST_RESORT = float(os.environ.get("PYNETLAB_LAST_RESORT", "10"))  # seconds
RUN_LIMIT = float(os.environ.get("PYNETLAB_RUN_LIMIT", "300"))  # seconds, for a whole grading
ANSWER_LIMIT = 2.0  # seconds for a program to say where it is; it need not, and no verdict waits
MOST_WORK = 3.0  # seconds of CPU time between a request and its answer; a tenth is much
LOOK_EVERY = 0.25  # seconds between two looks at a process that does not answer
REST_LIMIT = 0.5  # seconds that a failure waits for what else may be on its way; no verdict does
TURN_LIMIT = 0.06  # seconds that a program may still have something to do, before it must rest
SHORTEST_PAUSE = 0.002  # seconds; see pause()


class _Run:
    """When the grading run must be over: another last resort, for what wastes time on purpose."""

    ends_at = float("inf")  # on time.monotonic()


def begin_run() -> None:
    """Count RUN_LIMIT from now on; when it has passed, nothing is waited for any more."""
    _Run.ends_at = time.monotonic() + RUN_LIMIT


def run_is_over() -> bool:
    return time.monotonic() >= _Run.ends_at


if hasattr(select, "poll"):
    _READ, _WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE
    _POLL_EVENTS = {
        _READ: select.POLLIN,
        _WRITE: select.POLLOUT,
        _READ | _WRITE: select.POLLIN | select.POLLOUT,
    }


def poll(sock: socket.socket, events: int, seconds: float) -> int:
    """Wait until a socket is ready; return which of `events` (selectors.EVENT_*) came, or 0."""
    if not hasattr(select, "poll"):  # Windows
        with selectors.DefaultSelector() as selector:
            selector.register(sock, events)
            ready = selector.select(seconds)
            return ready[0][1] if ready else 0
    poller = select.poll()
    poller.register(sock, _POLL_EVENTS[events])
    came = poller.poll(seconds * 1000)
    if not came:
        return 0
    wrong = came[0][1] & ~(select.POLLIN | select.POLLOUT)  # an error shows in the next call
    readable = selectors.EVENT_READ if came[0][1] & select.POLLIN or wrong else 0
    writable = selectors.EVENT_WRITE if came[0][1] & select.POLLOUT or wrong else 0
    return events & (readable | writable)


def wait_for_any(sources: Iterable[HasFileno], seconds: float) -> None:
    """Wait until one of the sources is readable."""
    with selectors.DefaultSelector() as selector:
        for source in sources:
            selector.register(source, selectors.EVENT_READ)
        selector.select(seconds)


def readable(sock: socket.socket, pid: int) -> bool:
    """Wait until there is something to read; False if the process `pid` will not cause it."""
    return happens(lambda seconds: bool(poll(sock, selectors.EVENT_READ, seconds)), pid)


def happens(event: Callable[[float], bool], pid: int) -> bool:
    """Wait until `event(seconds)`, which waits itself for so long, is true.

    False if it will not happen: the process and its children were seen asleep, with nothing that
    woke them in between; or the process has used MOST_WORK of CPU time since, as only a loop
    without an end does; or LAST_RESORT has passed, or the time for the whole run.
    """
    deadline = min(time.monotonic() + LAST_RESORT, _Run.ends_at)
    before, at_first = None, None
    while not pid or time.monotonic() < deadline:
        if event(LOOK_EVERY):
            return True
        now = endless_sleep(pid) if pid else None
        if now is not None and now == before:
            break
        at_first = at_first if at_first is not None else cpu_seconds(pid)
        if cpu_seconds(pid) - at_first > MOST_WORK:
            break
        before = now
    return event(0)


def cpu_seconds(pid: int) -> float:
    """Return the CPU time that a process has used, in seconds; 0 where that cannot be told."""
    if not pid or os.name == "nt":
        return 0
    try:
        times = psutil.Process(pid).cpu_times()
    except psutil.Error:
        return 0
    return float(times.user + times.system)


def hears(sock: socket.socket, until: float) -> bool:
    """Wait until there is something to read, up to a moment of the monotonic clock.

    After that moment it is False whatever there is: some never stop talking.
    """
    left = until - time.monotonic()
    return left > 0 and bool(poll(sock, selectors.EVENT_READ, left))


def while_patient(times: float = 1) -> Iterator[None]:
    """Yield again and again until LAST_RESORT has passed, so many times over.

    For a loop that is done in no time with a right program, and that a hostile one could keep
    going for ever, by something more each time.
    """
    deadline = time.monotonic() + times * LAST_RESORT
    while time.monotonic() < deadline:
        yield


def settles(pid: int) -> bool:
    """Wait until the process has nothing more to do; False if that cannot be told."""
    nothing = threading.Event()
    deadline = min(time.monotonic() + LAST_RESORT, _Run.ends_at)
    before, at_first = None, cpu_seconds(pid)
    while pid and time.monotonic() < deadline:
        now = endless_sleep(pid)
        if now is not None and now == before:
            return True
        if cpu_seconds(pid) - at_first > MOST_WORK:
            return False
        before = now
        nothing.wait(LOOK_EVERY)
    return False


def comes_to_rest(pid: int) -> None:
    """Wait until the process sleeps, but not long: then what it had to say can be read."""
    until = time.monotonic() + REST_LIMIT
    while endless_sleep(pid) is None and time.monotonic() < until:
        pause()


def finishes_its_turn(pid: int) -> None:
    """Wait until no thread of the process is at work, but not long: it may be one that spins."""
    until = time.monotonic() + TURN_LIMIT
    while is_at_work(pid) and time.monotonic() < until:
        pause()


def yield_processor() -> None:
    if hasattr(os, "sched_yield"):
        os.sched_yield()
    else:
        pause()


def pause() -> None:
    """Let the shortest time pass after which segments were seen to arrive apart.

    For systems that cannot say whether a segment has been read, and between two looks at what
    nobody is in a hurry for; no verdict depends on it.
    """
    threading.Event().wait(SHORTEST_PAUSE)


def spin_until(
    condition: Callable[[], bool], pid: int, between: Callable[[], None] = yield_processor
) -> bool:
    """Wait for something that no event tells of; `between` two looks, give way to others.

    With `pause` it takes a little longer, and next to no CPU time. False as for `happens`.
    """

    def event(seconds: float) -> bool:
        end = time.monotonic() + seconds
        while not (seen := condition()) and time.monotonic() < end:
            between()
        return seen

    return happens(event, pid)
