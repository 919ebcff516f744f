"""Reading keys from a POSIX terminal in the way of Windows' module `msvcrt`.

`kbhit()` tells whether a key waits, `getwch()` returns the next one, without echo and without
waiting for Enter. This file is given to you complete. On Windows it hands out msvcrt's own calls.

What differs between terminals and `msvcrt` is made equal here:

    Enter           '\\r'
    Backspace       '\\x08'
    arrows and other special keys: '\\x00', and then one more character that tells which

The terminal is changed at the first call, and put back when the program ends: at its end, by an
exception, by Ctrl-C or by SIGTERM.
"""

from __future__ import annotations

import atexit
import codecs
import os
import select
import signal
import sys
import threading
from collections import deque
from types import FrameType

if os.name != "nt":
    import termios

ESCAPE_DELAY = 0.05  # seconds; the rest of an escape sequence comes sooner, a person does not
SPECIAL_KEYS = {"A": "H", "B": "P", "C": "M", "D": "K", "H": "G", "F": "O"}  # as msvcrt has them

_keys: deque[str] = deque()  # read from the terminal, and not yet handed out
_decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
_saved: list[object] | None = None  # the terminal's modes as they were


def fileno() -> int:
    """Return the descriptor that select can watch: readable means that keys may have come."""
    return sys.stdin.fileno()


def kbhit() -> bool:
    """Tell whether a key waits to be read."""
    _prepare_terminal()
    while not _keys and _readable(0):
        _read()
    return bool(_keys)


def getwch() -> str:
    """Wait for the next key and return its character. Raises EOFError if the terminal is gone."""
    _prepare_terminal()
    while not _keys:
        _read()
    return _keys.popleft()


def restore_terminal() -> None:
    """Put the terminal's modes back as they were before the first call."""
    global _saved
    if _saved is not None:
        saved, _saved = _saved, None
        termios.tcsetattr(fileno(), termios.TCSADRAIN, saved)  # type: ignore[arg-type]


def _prepare_terminal() -> None:
    """At the first call: no echo, no waiting for Enter, and a promise to put that back."""
    global _saved
    if _saved is not None:
        return
    _saved = termios.tcgetattr(fileno())
    atexit.register(restore_terminal)
    if threading.current_thread() is threading.main_thread():  # no other may handle signals
        signal.signal(signal.SIGTERM, _end)
        signal.signal(signal.SIGCONT, _continue)
    _set_modes()


def _set_modes() -> None:
    modes = termios.tcgetattr(fileno())
    local_modes = 3  # their place in the list; see termios(3)
    modes[local_modes] &= ~(termios.ICANON | termios.ECHO)  # Ctrl-C goes on to be a signal
    termios.tcsetattr(fileno(), termios.TCSADRAIN, modes)


def _end(number: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + number)  # runs what was registered with atexit, unlike the signal


def _continue(number: int, frame: FrameType | None) -> None:
    if _saved is not None:  # the shell had the terminal while this program was stopped (Ctrl-Z)
        _set_modes()


def _readable(seconds: float) -> bool:
    return bool(select.select([fileno()], [], [], seconds)[0])


def _read() -> None:
    """Read what has been typed, at least one byte, and take it apart into keys."""
    text = _decoder.decode(_read_bytes())
    while text:
        if text[0] == "\x1b":
            text = _take_escape_sequence(text)
            continue
        _keys.append({"\n": "\r", "\x7f": "\x08", "\x00": ""}.get(text[0], text[0]))
        text = text[1:]


def _read_bytes() -> bytes:
    data = os.read(fileno(), 1024)
    if not data:
        raise EOFError("the terminal is gone")
    return data


def _take_escape_sequence(text: str) -> str:
    """Turn the escape sequence at the beginning into a special key; return the text behind it."""
    end = _sequence_end(text)
    while end == 0 and _readable(ESCAPE_DELAY):
        text += _decoder.decode(_read_bytes())
        end = _sequence_end(text)
    if end <= 1:  # the Escape key itself, or a sequence that was never finished
        _keys.append("\x1b")
        return text[1:] if end else ""
    _keys.extend(("\x00", SPECIAL_KEYS.get(text[end - 1], "\x00")))
    return text[end:]


def _sequence_end(text: str) -> int:
    """Return the length of the sequence: 1 if it is a lone Escape, 0 if more of it must come.

    ESC [ parameters letter, or ESC O letter; source: ECMA-48, 5.4.
    """
    if len(text) < 2:
        return 0
    if text[1] == "O":
        return 3 if len(text) > 2 else 0
    if text[1] != "[":
        return 1
    for position, character in enumerate(text[2:], 2):
        if "@" <= character <= "~":
            return position + 1
    return 0


if os.name == "nt":
    import msvcrt

    kbhit, getwch = msvcrt.kbhit, msvcrt.getwch
