"""How soon `watch` says something after a save (POSIX)."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import shutil
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]


def watch(runs: int) -> None:
    """From a save to what the terminal shows of it: the first verdict, and the full one."""
    for what in ("an untouched skeleton", "a half-done skeleton", "the reference"):
        with tempfile.TemporaryDirectory() as folder:
            files = ["chat_protocol.py", "chat_server.py", "chat_client.py", "keyboard.py"]
            done = {"an untouched skeleton": 0, "a half-done skeleton": 1, "the reference": 4}[what]
            for number, name in enumerate(files):
                shutil.copy(ROOT / ("solution" if number < done else "skeleton") / name, folder)
            if done == 1:  # the protocol is written, and the commands of the server
                text = (ROOT / "solution" / "chat_server.py").read_text(encoding="utf-8")
                half = text.replace("self.leave(client)", "raise NotImplementedError('TODO 22')")
                Path(folder, "chat_server.py").write_text(half, encoding="utf-8")
            times = saves_while_watching(Path(folder), runs)
        for which, seconds in zip(("first verdict", "full verdict"), times, strict=True):
            low, middle, high = min(seconds), statistics.median(seconds), max(seconds)
            print(f"{what:24} {which}: median {middle:.2f} s  ({low:.2f} to {high:.2f})")


def saves_while_watching(folder: Path, runs: int) -> tuple[list[float], list[float]]:
    """Save a file again and again; return the seconds until the first and the full verdict."""
    master, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 100, 0, 0))
    command = [sys.executable, "-m", "grader", "watch", str(folder)]
    environment = {**os.environ, "PYNETLAB_ROOT": str(ROOT), "TERM": "xterm"}
    process = subprocess.Popen(
        command, stdin=terminal, stdout=terminal, cwd=ROOT, env=environment, start_new_session=True
    )

    def until(words: bytes) -> float:
        written = b""
        while not re.search(words, written):
            written += os.read(master, 65536)
        return time.perf_counter()

    first, full = [], []
    try:
        until(b"watching for saves")
        for number in range(runs):
            time.sleep(1)  # the person thinks
            saved = time.perf_counter()
            with (folder / "chat_protocol.py").open("a", encoding="utf-8") as file:
                file.write(f"# {number}\n")
            first.append(until(rb"[1-9]\d* of \d+ checks so far") - saved)
            full.append(until(b"watching for saves") - saved)
    finally:
        process.terminate()
        process.wait()
        os.close(master)
        os.close(terminal)
    return first, full
