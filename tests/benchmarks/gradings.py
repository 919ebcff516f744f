"""How long whole gradings take, and whether they lose points on a busy machine."""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
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
