"""How many messages per second the reference server passes on."""

from __future__ import annotations

import os
import socket
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]


def server(runs: int) -> None:
    """One sender, one recipient, 50,000 messages of 100 bytes, pipelined; whole seconds."""
    rates = [messages_per_second(50_000) for _ in range(runs)]
    low, middle, high = min(rates), statistics.median(rates), max(rates)
    print(
        f"the reference server         median {middle:,.0f} messages/s  ({low:,.0f} to {high:,.0f})"
    )


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
