"""`run`: starts the student's own programs as they would be started by hand, on any system.

They run in the submission's folder, with the Python that made `.venv` (so that they see the
standard library and nothing else), at this terminal, which afterwards is as it was before.
Nothing is isolated here: it is the student who runs their own program.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import IO, Any

import psutil

from grader import exercise
from grader.loop.keys import ending_tidily

PROGRAMS = {"server": exercise.SERVER_FILE, "client": exercise.CLIENT_FILE}
LOOK_EVERY = 0.05  # seconds between two looks whether the server listens; its end is an event
STOP_LIMIT = 5  # seconds until a server that was asked to stop is killed
CANNOT_START = 2


def run_alone(which: str, folder: Path) -> int:
    """Run one program at this terminal; return its exit status."""
    with ending_tidily():
        return _at_the_terminal(folder / PROGRAMS[which], folder)


def run_pair(server_folder: Path, client_folder: Path, say: Any) -> int:
    """Run a server in the background and a client at this terminal; return the client's status.

    The server is stopped when the client ends, and what it printed is shown then. `say` prints a
    line.
    """
    with ending_tidily(), tempfile.TemporaryFile() as printed:
        with _in_the_background(
            server_folder / PROGRAMS["server"], server_folder, printed
        ) as server:
            try:
                if not _listens(server):
                    status = server.wait()
                    say(f"{PROGRAMS['server']} ended before it listened on a port: {status}.")
                    _show_printed(printed, say)
                    return CANNOT_START
            except KeyboardInterrupt:
                return 128 + signal.SIGINT
            status = _at_the_terminal(client_folder / PROGRAMS["client"], client_folder)
        _show_printed(printed, say)
        return status


def _at_the_terminal(program: Path, folder: Path) -> int:
    """Run a program with our terminal; Ctrl-C is its own business, twice ends it for certain."""
    with _terminal_put_back():
        process = subprocess.Popen(_command(program), cwd=folder, env=_environment())
        try:
            status = _wait(process)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
    return status if status >= 0 else 128 - status


def _wait(process: subprocess.Popen[bytes]) -> int:
    """Wait for the program; Ctrl-C reaches it as well, and it ends in its own way, or is killed."""
    presses = 0

    def pressed(number: int, frame: FrameType | None) -> None:
        nonlocal presses
        presses += 1
        if presses == 2:
            process.kill()

    before = signal.signal(signal.SIGINT, pressed)
    try:
        return process.wait()
    finally:
        signal.signal(signal.SIGINT, before)


@contextlib.contextmanager
def _terminal_put_back() -> Iterator[None]:
    """Give the terminal back the modes it has now, whatever a program does to them."""
    if os.name == "nt" or sys.stdin is None or not sys.stdin.isatty():
        yield
        return
    import termios

    terminal = sys.stdin.fileno()
    saved = termios.tcgetattr(terminal)
    try:
        yield
    finally:
        with contextlib.suppress(termios.error):  # the terminal is gone
            termios.tcsetattr(terminal, termios.TCSADRAIN, saved)


@contextlib.contextmanager
def _in_the_background(
    program: Path, folder: Path, printed: IO[bytes]
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program that Ctrl-C does not reach; at the end it is stopped with all it started."""
    how: dict[str, Any] = (
        {"creationflags": getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)}
        if os.name == "nt"
        else {"start_new_session": True}
    )
    process = subprocess.Popen(
        _command(program),
        cwd=folder,
        env=_environment(),
        stdin=subprocess.DEVNULL,
        stdout=printed,
        stderr=subprocess.STDOUT,
        **how,
    )
    try:
        yield process
    finally:
        _stop(process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    if os.name == "nt":
        process.kill()
        process.wait()
        return
    for number in (signal.SIGINT, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(STOP_LIMIT)


def _listens(server: subprocess.Popen[bytes]) -> bool:
    """Wait until the server listens on the exercise's port, without connecting to it."""
    while True:
        with contextlib.suppress(psutil.Error):
            for connection in psutil.Process(server.pid).net_connections("tcp"):
                listens = connection.status == psutil.CONN_LISTEN and connection.laddr
                if listens and connection.laddr.port == exercise.PORT:
                    return True
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(LOOK_EVERY)
            return False


def _show_printed(printed: IO[bytes], say: Any) -> None:
    printed.seek(0)
    text = printed.read().decode("utf-8", "replace").strip()
    if text:
        say("What the server printed:")
        for line in text.splitlines():
            say(f"  {line}")


def _command(program: Path) -> list[str]:
    python = getattr(sys, "_base_executable", None) or sys.executable
    return [python, program.name]


def _environment() -> dict[str, str]:
    ours = ("PYNETLAB_ROOT", "VIRTUAL_ENV", "PYTHONHOME")
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    return {**kept, "PYTHONUNBUFFERED": "1", "PYTHONDONTWRITEBYTECODE": "1"}
