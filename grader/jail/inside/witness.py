"""Tells what a student's program is doing, from inside its process: help for the reader only.

launcher.py loads this file; like the launcher it imports nothing but the standard library and
decides nothing. It notes what recv, send, accept and select returned and in which line they were
called, and it answers a signal with the lines in which the threads are. Nothing is sent before it
is asked for: a call costs a microsecond or two more, and what is kept is limited.
"""

from __future__ import annotations

import os
import select
import selectors
import signal
import socket
import sys
from _thread import get_ident
from collections import deque
from types import CodeType, FrameType
from typing import Any

CALLS_KEPT = 24
CALLERS = 8  # how far up the stack a line of the student's is looked for
PLACES_TOLD = 3  # of each thread, the innermost ones
THREADS_TOLD = 6
ASK = getattr(signal, "SIGUSR2", None)  # the signal that asks; Windows has none

Entry = dict[str, Any]


class Witness:
    """Watches the sockets of one process. Make one, call `watch`, and ask `told` what it saw."""

    def __init__(self, folder: str) -> None:
        self._folder = folder + os.sep
        self._calls: deque[Entry] = deque(maxlen=CALLS_KEPT)
        self._pending: dict[int, Entry] = {}  # thread -> the call it has not returned from
        self._ports: dict[int, int] = {}  # descriptor -> port of the peer that was accepted there
        self._received: dict[int, int] = {}  # descriptor -> bytes so far
        self._idle: list[Entry] = []  # the calls since the last one that moved any bytes

    def watch(self) -> None:
        """From now on, note what the calls of every socket return, and of select."""
        self._watch_accept()
        for name in ("recv", "recv_into", "send", "sendall"):
            self._watch_call(name)
        self._watch_select(select, "select")
        self._watch_select(selectors.DefaultSelector, "select")

    def forget(self) -> None:
        """Begin anew: the next call is the first one."""
        self._calls.clear()
        self._received.clear()
        self._idle.clear()

    def told(self) -> dict[str, Any]:
        """Return where the threads are and what the last calls returned, as plain data."""
        threads = []
        for ident, frame in sys._current_frames().items():
            places = self._places(frame)
            if places:
                pending = self._pending.get(ident)
                threads.append({"places": places, "waits_in": pending})
        now = [id(entry) for entry in self._idle]
        calls = [{**entry, "in_vain": id(entry) in now} for entry in self._calls]
        return {"threads": threads[-THREADS_TOLD:], "calls": calls}

    def _note(self, entry: Entry, *, moved: bool) -> None:
        """Keep a call; one that a loop repeats without moving any bytes is kept once, counted."""
        if moved:
            self._idle.clear()
        else:
            for earlier in self._idle:
                if {**earlier, "times": 1} == entry:
                    earlier["times"] += 1
                    return
            self._idle.append(entry)
            del self._idle[:-CALLS_KEPT]
        self._calls.append(entry)

    def _watch_accept(self) -> None:
        plain = socket.socket.accept

        def accept(sock: socket.socket) -> Any:
            code, line = self._caller(sys._getframe(1))
            try:
                connection, address = plain(sock)
            except BaseException as error:
                if code:
                    kind = type(error).__name__
                    place = self._place(code, line)
                    self._note(_entry("accept", place, raised=kind), moved=False)
                raise
            self._idle.clear()
            if isinstance(address, tuple):
                self._ports[connection.fileno()] = address[1]
                self._received[connection.fileno()] = 0
            return connection, address

        socket.socket.accept = accept  # type: ignore[method-assign,assignment]

    def _watch_select(self, owner: Any, name: str) -> None:
        plain = getattr(owner, name)

        def select(*arguments: Any, **more: Any) -> Any:
            code, line = self._caller(sys._getframe(1))
            result = plain(*arguments, **more)
            if code:
                said = _ready(result)
                self._note(_entry("select", self._place(code, line), said=said), moved=False)
            return result

        setattr(owner, name, select)

    def _watch_call(self, name: str) -> None:
        plain = getattr(socket.socket, name)
        receives = name.startswith("recv")

        def call(sock: socket.socket, *arguments: Any, **more: Any) -> Any:
            descriptor = sock.fileno()
            code, line = self._caller(sys._getframe(1))
            if code is None and descriptor not in self._ports:  # not the student's affair
                return plain(sock, *arguments, **more)
            me = get_ident()
            place = self._place(code, line) if code else None
            entry = self._pending[me] = _entry(name, place, size=_size(receives, arguments))
            entry["port"] = self._ports.get(descriptor, 0)
            entry["offset"] = self._received.get(descriptor, 0)
            try:
                result = plain(sock, *arguments, **more)
                count = len(result) if name == "recv" else result
                entry["count"] = count if isinstance(count, int) else entry["size"]
                if receives:
                    self._received[descriptor] = entry["offset"] + entry["count"]
                return result
            except BaseException as error:
                entry["raised"] = type(error).__name__
                raise
            finally:
                self._pending.pop(me, None)
                self._note(entry, moved=entry["count"] > 0)

        call.__name__ = call.__qualname__ = name
        setattr(socket.socket, name, call)

    def _caller(self, frame: FrameType | None) -> tuple[CodeType | None, int]:
        for _ in range(CALLERS):
            if frame is None:
                break
            if frame.f_code.co_filename.startswith(self._folder):
                return frame.f_code, frame.f_lineno
            frame = frame.f_back
        return None, 0

    def _place(self, code: CodeType, line: int | None) -> list[Any]:
        return [code.co_filename[len(self._folder) :], line or 0, code.co_name]

    def _places(self, innermost: FrameType | None) -> list[list[Any]]:
        found: list[list[Any]] = []
        frame = innermost
        while frame is not None and len(found) < PLACES_TOLD:
            if frame.f_code.co_filename.startswith(self._folder):
                found.insert(0, self._place(frame.f_code, frame.f_lineno))
            frame = frame.f_back
        return found


def _entry(
    name: str, place: list[Any] | None, *, size: int = -1, raised: str = "", said: str = ""
) -> Entry:
    """Return the record of one call: what it was asked for, and what came of it."""
    return {
        **{"call": name, "place": place, "size": size, "raised": raised, "said": said},
        **{"count": -1, "port": 0, "offset": 0, "times": 1},
    }


def _ready(result: Any) -> str:
    """Return what a select found, in words."""
    try:
        if isinstance(result, tuple):
            readers, writers = len(result[0]), len(result[1])
        else:
            readers = sum(bool(events & selectors.EVENT_READ) for _, events in result)
            writers = sum(bool(events & selectors.EVENT_WRITE) for _, events in result)
    except (TypeError, ValueError, IndexError):
        return ""
    if not readers and not writers:
        return "nothing ready"
    return f"{readers} to read, {writers} to write"


def _size(receives: bool, arguments: tuple[Any, ...]) -> int:
    first = arguments[0] if arguments else None
    if receives and isinstance(first, int):
        return first
    try:
        return len(first)  # type: ignore[arg-type]
    except TypeError:
        return -1
