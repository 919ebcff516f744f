"""Single keys from the terminal, as events; and the terminal as it was, whatever happens."""

from __future__ import annotations

import codecs
import contextlib
import os
import re
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

ESCAPE_SEQUENCE = re.compile("\x1b(?:O.|\\[[0-?]*[ -/]*[@-~]|.?)", re.DOTALL)  # ECMA-48, 5.4
INTERRUPT, END = "\x03", ""  # Ctrl-C where it is a key; the terminal is gone


def have_terminal() -> bool:
    """Tell whether somebody can press a key."""
    return sys.stdin is not None and sys.stdin.isatty()


@contextlib.contextmanager
def reading(tell: Callable[[str], None], resumed: Callable[[], None]) -> Iterator[None]:
    """Tell each key that is pressed, without Enter or echo; put the terminal back at the end.

    Where standard input is no terminal, no key is told. `resumed` is called when the program goes
    on after the shell had the terminal (Ctrl-Z, fg), or when the terminal has another size. Both
    may be called at any time, in another thread or in a signal handler.
    """
    if not have_terminal():
        yield
    elif os.name == "nt":
        threading.Thread(target=_read_console, args=(tell,), daemon=True).start()
        yield
    else:
        with _posix_modes(resumed):
            threading.Thread(target=_read_terminal, args=(tell,), daemon=True).start()
            yield


@contextlib.contextmanager
def _posix_modes(resumed: Callable[[], None]) -> Iterator[None]:
    import termios

    terminal = sys.stdin.fileno()
    saved = termios.tcgetattr(terminal)
    local_modes = 3  # their place in the list; termios(3)

    def set_modes() -> None:
        modes = termios.tcgetattr(terminal)
        modes[local_modes] &= ~(termios.ICANON | termios.ECHO)  # Ctrl-C goes on to be a signal
        termios.tcsetattr(terminal, termios.TCSADRAIN, modes)

    def go_on(number: int, frame: FrameType | None) -> None:
        set_modes()
        resumed()

    def resized(number: int, frame: FrameType | None) -> None:
        resumed()

    handlers: dict[int, Any] = {
        signal.SIGCONT: signal.signal(signal.SIGCONT, go_on),
        signal.SIGWINCH: signal.signal(signal.SIGWINCH, resized),
    }
    set_modes()
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        with contextlib.suppress(termios.error):  # the terminal is gone
            termios.tcsetattr(terminal, termios.TCSADRAIN, saved)


def _read_terminal(tell: Callable[[str], None]) -> None:
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    while True:
        try:
            data = os.read(sys.stdin.fileno(), 1024)
        except OSError:
            data = b""
        if not data:
            return tell(END)
        for key in ESCAPE_SEQUENCE.sub("", decoder.decode(data)):  # arrows and such mean nothing
            tell(key)


def _read_console(tell: Callable[[str], None]) -> None:
    import msvcrt

    getwch: Callable[[], str] = vars(msvcrt)["getwch"]  # is not there for a checker elsewhere
    while True:
        key = getwch()
        if key in "\x00\xe0":  # an arrow or function key; a second character tells which
            getwch()
        else:
            tell(key)


@contextlib.contextmanager
def ending_tidily() -> Iterator[None]:
    """Make the ends that others force on a program (SIGTERM, SIGHUP) run its clearing up."""

    def end(number: int, frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    numbers = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {number: signal.signal(number, end) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
