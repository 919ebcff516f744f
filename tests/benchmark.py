"""Benchmarks, run by hand: `python lab.py test` never runs them.

.venv/bin/python tests/benchmark.py             the times of single gradings (a minute)
.venv/bin/python tests/benchmark.py --steady    250 gradings, 50 of them on a busy machine
.venv/bin/python tests/benchmark.py --together  four gradings at once, fifteen times
.venv/bin/python tests/benchmark.py --watch     from a save to the first verdict and to the last
.venv/bin/python tests/benchmark.py --server    messages per second through the reference
"""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import pty
import re
import shutil
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
NEVER_ANSWERS = """
import socket
listener = socket.create_server(("127.0.0.1", 5555))
kept = []
while True:
    kept.append(listener.accept())
"""
BUSY = 4  # processes that do nothing but spin


def grade(folder: Path) -> tuple[float, int]:
    """Return the wall time in seconds and the score of one grading, by way of the door."""
    command = [sys.executable, str(ROOT / "lab.py"), "grade", str(folder), "--json", "-"]
    started = time.perf_counter()
    run = subprocess.run(command, capture_output=True, check=False)
    seconds = time.perf_counter() - started
    return seconds, json.loads(run.stdout)["score"]


def single(runs: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        silent = Path(folder)
        shutil.copy(ROOT / "solution" / "chat_protocol.py", silent)
        (silent / "chat_server.py").write_text(NEVER_ANSWERS)
        subjects = {
            "the reference": ROOT / "solution",
            "an untouched skeleton": ROOT / "skeleton",
            "a server that never answers": silent,
        }
        for what, subject in subjects.items():
            seconds = [grade(subject)[0] for _ in range(runs)]
            low, middle, high = min(seconds), statistics.median(seconds), max(seconds)
            print(f"{what:28} median {middle:.2f} s  ({low:.2f} to {high:.2f}, {runs} runs)")


def steady() -> None:
    calm = [grade(ROOT / "solution") for _ in range(200)]
    report("200 in a row", calm)
    spinners = [subprocess.Popen([sys.executable, "-c", "while 1: pass"]) for _ in range(BUSY)]
    try:
        report(f"50 beside {BUSY} busy processes", [grade(ROOT / "solution") for _ in range(50)])
    finally:
        for spinner in spinners:
            spinner.kill()


def together() -> None:
    found: list[tuple[float, int]] = []
    for _ in range(15):
        threads = [
            threading.Thread(target=lambda: found.append(grade(ROOT / "solution")))
            for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    report("four at once, 15 times", found)


def report(what: str, gradings: list[tuple[float, int]]) -> None:
    seconds, scores = zip(*gradings, strict=True)
    lost = [score for score in scores if score != 100]
    print(f"{what:28} median {statistics.median(seconds):.2f} s  lost points: {lost or 'none'}")


def server(runs: int) -> None:
    """One sender, one recipient, 50,000 messages of 100 bytes, pipelined; whole seconds."""
    rates = [messages_per_second(50_000) for _ in range(runs)]
    low, middle, high = min(rates), statistics.median(rates), max(rates)
    print(
        f"the reference server         median {middle:,.0f} messages/s  ({low:,.0f} to {high:,.0f})"
    )


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


def messages_per_second(count: int) -> float:
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "solution" / "chat_server.py")],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    try:
        assert process.stdout is not None
        process.stdout.readline()  # it listens
        alice, bob = (socket.create_connection(("127.0.0.1", 5555)) for _ in range(2))
        for sock, name in ((alice, b"NAME alice"), (bob, b"NAME bob")):
            sock.sendall(b"%04d" % len(name) + name)
            sock.recv(100)
        message = b"MSG bob " + b"x" * 92
        frames = (b"%04d" % len(message) + message) * count
        expected = count * len(b"0103FROM alice " + b"x" * 92)
        started = time.perf_counter()
        threading.Thread(target=alice.sendall, args=(frames,), daemon=True).start()
        received = 0
        while received < expected:
            received += len(bob.recv(1 << 20))
        return count / (time.perf_counter() - started)
    finally:
        process.kill()
        process.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description="Benchmarks of PyNetLab, run by hand.")
    for option in ("--steady", "--together", "--server", "--watch"):
        parser.add_argument(option, action="store_true")
    options = parser.parse_args()
    if options.steady:
        steady()
    elif options.together:
        together()
    elif options.server:
        server(5)
    elif options.watch:
        watch(10)
    else:
        single(20)


if __name__ == "__main__":
    main()
