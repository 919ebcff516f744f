"""The harness: what it knows of a sleeping process, and that pieces arrive apart."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest

from grader.harness import sock_diag, waiting
from grader.harness.asleep import endless_sleep
from grader.harness.segments import send_apart, unread_by_peer
from grader.harness.transcript import Transcript
from grader.harness.verdict import SHOWN, CheckFailed, shown, shown_value

linux = pytest.mark.skipif(sys.platform != "linux", reason="Linux can tell, others cannot")


@contextlib.contextmanager
def running(source: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program that has printed one line, which says that it is where it should be."""
    process = subprocess.Popen(
        [sys.executable, "-c", source], stdout=subprocess.PIPE, start_new_session=True
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        yield process
    finally:
        os.killpg(process.pid, signal.SIGKILL)  # with its children
        process.wait()


READY = "import os, socket, select, threading, time\nprint('ready', flush=True)\n"
PAIR = "a, b = socket.socketpair()\n"

SLEEPERS = {
    "recv": READY + PAIR + "a.recv(1)",
    "select": READY + PAIR + "select.select([a], [], [])",
    "poll": READY + PAIR + "p = select.poll(); p.register(a, select.POLLIN); p.poll()",
    "epoll": READY + PAIR + "e = select.epoll(); e.register(a, select.EPOLLIN); e.poll()",
    "accept": READY + "socket.create_server(('127.0.0.1', 0)).accept()",
    "send": READY + PAIR + "while True: a.send(bytes(65536))",
    "lock": READY + "threading.Event().wait()",
    "threads": READY + PAIR + "threading.Thread(target=a.recv, args=(1,)).start(); b.recv(1)",
    "child": READY + PAIR + "os.fork(); a.recv(1)",
    "asyncio": READY + "import asyncio\nasyncio.new_event_loop().run_forever()",
}
RESTLESS = {
    "spin": READY + "while True: pass",
    "select with time-out": READY + PAIR + "while True: select.select([a], [], [], 0.1)",
    "poll with time-out": READY + "p = select.poll()\nwhile True: p.poll(100)",
    "sleep": READY + "time.sleep(1000)",
    "one thread spins": READY + "threading.Thread(target=time.sleep, args=(99,)).start()\n"
    "threading.Event().wait()",
    "child spins": READY + PAIR + "if os.fork():\n  a.recv(1)\nwhile True: pass",
}


@linux
@pytest.mark.parametrize("source", SLEEPERS.values(), ids=SLEEPERS)
def test_endless_sleep_is_recognised(source: str) -> None:
    with running(source) as process:
        assert waiting.settles(process.pid)
        before = endless_sleep(process.pid)
        assert before is not None
        assert endless_sleep(process.pid) == before


@linux
@pytest.mark.parametrize("source", RESTLESS.values(), ids=RESTLESS)
def test_what_may_wake_by_itself_is_not_asleep(
    source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "LAST_RESORT", 1.0)
    with running(source) as process:
        assert not waiting.settles(process.pid)


@linux
def test_waking_changes_the_fingerprint() -> None:
    source = "import sys\nprint('ready', flush=True)\nfor line in sys.stdin: pass"
    with subprocess.Popen(
        [sys.executable, "-c", source], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert waiting.settles(process.pid)
        before = endless_sleep(process.pid)
        process.stdin.write(b"wake up\n")
        process.stdin.flush()
        assert waiting.settles(process.pid)
        assert endless_sleep(process.pid) != before
        process.kill()


@linux
def test_ended_process_is_not_asleep() -> None:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    assert endless_sleep(process.pid) is None


def test_a_wait_ends_when_nothing_will_come() -> None:
    with running(SLEEPERS["recv"]) as process:
        ours, theirs = socket.socketpair()
        with ours, theirs:
            assert not waiting.readable(ours, process.pid)
            theirs.send(b"x")
            assert waiting.readable(ours, process.pid)


# Pieces

RECORDER = """
import socket
listener = socket.create_server(("127.0.0.1", 0))
print("ready", flush=True)
print(listener.getsockname()[1], flush=True)
client, _ = listener.accept()
sizes = []
while data := client.recv(65536):
    sizes.append(len(data))
print(sizes, flush=True)
"""


@linux
def test_pieces_arrive_apart() -> None:
    with running(RECORDER) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        with socket.create_connection(("127.0.0.1", port)) as sock:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            pieces = [bytes(1 + number % 5) for number in range(300)]
            send_apart(sock, pieces, process.pid)
        sizes = process.stdout.readline().decode().strip()
    assert sizes == str([len(piece) for piece in pieces])


@linux
@pytest.mark.parametrize("answers", [True, False], ids=["sock_diag", "proc"])
def test_unread_bytes_are_counted(answers: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not answers:  # as in a container whose kernel offers little
        monkeypatch.delattr(socket, "AF_NETLINK")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        ours = socket.create_connection(listener.getsockname())
        theirs, _ = listener.accept()
        with ours, theirs:
            assert unread_by_peer(ours) == 0
            ours.sendall(bytes(1000))
            assert unread_by_peer(ours) == 1000
            theirs.recv(400)
            assert unread_by_peer(ours) == 600
            theirs.close()
            assert unread_by_peer(ours) == 0


@linux
def test_bytes_are_unread_before_they_are_accepted_and_not_after_the_end() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        ours = socket.create_connection(listener.getsockname())
        with ours:
            ours.sendall(b"12345")
            assert sock_diag.unread_by_peer(ours) == 5
            theirs, _ = listener.accept()
            ours.sendall(b"678")
            assert sock_diag.unread_by_peer(ours) == 8
            theirs.recv(100)
            assert sock_diag.unread_by_peer(ours) == 0
            theirs.sendall(bytes(1000))
            theirs.close()
            assert sock_diag.unread_by_peer(ours) == 0, "the listener is another end"


# Words


def test_values_are_shown_in_one_short_line() -> None:
    assert shown("") == "(empty)"
    assert shown("a\x1b[0m\nb") == "a\\x1b[0m\\nb"
    assert shown("שלום") == "שלום"
    assert "(4000 bytes)" in shown("é" * 2000)
    assert len(shown("x" * 5000)) < SHOWN + 20
    assert shown_value(b"0005HELLO") == "b'0005HELLO'"
    assert "1024 in all" in shown_value("x" * 1024)


def test_failure_is_harmless_to_look_at() -> None:
    failure = CheckFailed("one\x1b[31m\ntwo\x00")
    assert failure.text == "one\\x1b[31m\ntwo\\x00"


def test_transcript_knows_what_was_printed_before_each_answer() -> None:
    transcript, printed = Transcript(), "one\ntwo\nthree\n"
    position = 0
    transcript.follow(lambda: position)
    transcript.did("alice", "(connects)")
    position = 4
    transcript.got("alice", "HELLO alice")
    position = 8
    transcript.sent("alice", "EXIT")
    steps, rest = transcript.steps(lambda start, end: printed[start : end if end >= 0 else None])
    assert [step.printed for step in steps] == ["", "one\n", ""]
    assert rest == "two\nthree\n"


def test_transcript_knows_what_went_in_one_segment() -> None:
    transcript = Transcript()
    transcript.sent("alice", "ONE")
    transcript.sent("alice", "TWO")
    transcript.carried("alice", b"0003ONE0003TWO")
    assert [*transcript.each_sent("alice", [b"00", b"04EXIT"])] == [b"00", b"04EXIT"]
    steps, _ = transcript.steps(lambda start, end: "")
    assert [step.segment for step in steps] == [1, 1, 2, 3]
    assert transcript.sent_by("alice") == b"0003ONE0003TWO0004EXIT"
