"""Runs parts of a grading side by side, each in a process of its own, where the system has fork.

Each part says what it finds as it finds it. The caller's process stays as it was: what a part does
to its own (a network of its own, say) ends with it.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection, wait
from typing import Any

STOP_LIMIT = 10  # seconds in which a lane that was told to stop must have tidied up
PR_SET_PDEATHSIG = 1  # linux/prctl.h

Say = Callable[[Any], None]
Task = Callable[[Say], None]


class LaneDied(Exception):
    """A part ended without saying why, or does not end."""


def side_by_side(tasks: Sequence[Task], hear: Say, seconds: float) -> None:
    """Run the tasks at the same time; `hear` is called with whatever each of them says.

    What they say must be picklable. Raises what one of them raises, and LaneDied where one does
    not end in so many seconds (a last resort); then, and where this process is interrupted, the
    others are stopped first.
    """
    if not hasattr(os, "fork"):
        for task in tasks:
            task(hear)
        return
    deadline = time.monotonic() + seconds
    lanes: dict[Connection, multiprocessing.process.BaseProcess] = {}
    try:
        with _blocked_signals():
            for task in tasks:
                connection, lane = _start(task)
                lanes[connection] = lane
        _listen(set(lanes), hear, deadline)
    finally:
        with _ignoring(signal.SIGINT):
            for lane in lanes.values():
                _stop(lane)


def _start(task: Task) -> tuple[Connection, multiprocessing.process.BaseProcess]:
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    lane = context.Process(target=_run, args=(task, theirs), daemon=True)
    lane.start()
    theirs.close()
    return ours, lane


def _listen(speaking: set[Connection], hear: Say, deadline: float) -> None:
    while speaking:
        heard = wait(list(speaking), max(deadline - time.monotonic(), 0))
        if not heard:
            raise LaneDied("a process of the grader does not come to an end")
        for connection in heard:
            assert isinstance(connection, Connection)
            try:
                kind, content = connection.recv()
            except EOFError:
                raise LaneDied("a process of the grader ended in the middle of its work") from None
            if kind == "raised":
                raise content
            if kind == "done":
                speaking.remove(connection)
            else:
                hear(content)


def _stop(lane: multiprocessing.process.BaseProcess) -> None:
    if lane.is_alive():
        lane.terminate()
    lane.join(STOP_LIMIT)
    if lane.is_alive():
        lane.kill()
        lane.join()


def _run(task: Task, connection: Connection) -> None:
    """Be a lane: only the process that started it may interrupt it, or that one's end."""
    gc.freeze()  # what was there before the fork need not be looked through again and again
    # Handlers, even if they do nothing, are not inherited by the programs that a lane starts.
    signal.signal(signal.SIGINT, lambda *_: None)
    signal.signal(signal.SIGTERM, _interruption.arrives)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    with contextlib.suppress(KeyboardInterrupt, BrokenPipeError):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT, signal.SIGTERM})
        try:
            task(lambda content: connection.send(("said", content)))
        except Exception as error:
            connection.send(("raised", error))
        else:
            connection.send(("done", None))
        finally:  # it ends anyway, and an interruption now would only be told as a traceback
            _interruption.is_put_off = True


class _Interruption:
    """Interrupts this lane once: now, or at the end of a block that must not be left half done."""

    def __init__(self) -> None:
        self.is_put_off = self.has_come = False

    def arrives(self, *_: object) -> None:
        if not self.has_come:
            self.has_come = True
            if not self.is_put_off:
                raise KeyboardInterrupt


_interruption = _Interruption()


@contextlib.contextmanager
def uninterrupted() -> Iterator[None]:
    """Put off an interruption of this lane until the end of the block."""
    had_come = _interruption.has_come
    _interruption.is_put_off = True
    try:
        yield
    finally:
        _interruption.is_put_off = False
    if _interruption.has_come and not had_come:
        raise KeyboardInterrupt


@contextlib.contextmanager
def _blocked_signals() -> Iterator[None]:
    # A lane must not be interrupted before it is ready for that.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextlib.contextmanager
def _ignoring(number: signal.Signals) -> Iterator[None]:
    try:
        before = signal.signal(number, signal.SIG_IGN)
    except ValueError:  # not the main thread, which alone receives signals
        yield
        return
    try:
        yield
    finally:
        signal.signal(number, before)
