"""What is told from inside a program: where it is and what its calls returned; help, never more."""

from __future__ import annotations

from pathlib import Path

from grader.harness import testimony
from tests.chaffs import CHAFFS
from tests.running import SOLUTION, grade, outcomes, output_of

HEAD = """
import os, select, signal, socket, sys, threading, time
listener = socket.create_server(("127.0.0.1", 5555))
"""


def told(folder: Path, source: str, check: str = "server_answers", **environment: str) -> str:
    """Return what is told of a server that consists of these lines."""
    (folder / "chat_server.py").write_text(HEAD + source, encoding="utf-8")
    return output_of(grade(folder, "--only", check, **environment), check)


def scores(folder: Path, *arguments: str, **environment: str) -> dict[str, str]:
    return outcomes(grade(folder, *arguments, **environment))


# The same verdicts without it


def test_reference_scores_the_same_without_a_witness() -> None:
    assert scores(SOLUTION, PYNETLAB_WITHOUT_WITNESS="1") == scores(SOLUTION)


def test_wrong_program_scores_the_same_without_a_witness(tmp_path: Path) -> None:
    (chaff,) = [chaff for chaff in CHAFFS if chaff.name == "length_counts_characters"]
    chaff.write_to(tmp_path)
    without = scores(tmp_path, "--stage", "messages", PYNETLAB_WITHOUT_WITNESS="1")
    assert without == scores(tmp_path, "--stage", "messages")
    assert "failed" in without.values()


# What is told


def test_program_that_does_not_answer_is_asked_where_it_is(tmp_path: Path) -> None:
    text = told(
        tmp_path,
        "def wait(sock):\n    return sock.recv(4, socket.MSG_WAITALL) + sock.recv(9999, 256)\n"
        "wait(listener.accept()[0])\n",
    )
    assert "Where chat_server.py is:" in text
    assert "chat_server.py, line 5, in wait:  return sock.recv(4, socket.MSG_WAITALL)" in text
    assert "It waits in recv for bytes from client-1" in text
    assert "recv(4)      4 bytes" in text
    assert "b'0010'" in text


def test_each_thread_is_asked(tmp_path: Path) -> None:
    text = told(
        tmp_path,
        "def one():\n    listener.accept()[0].recv(9999, 256)\n"
        "threading.Thread(target=one).start()\nthreading.Event().wait()\n",
    )
    assert "line 5, in one:" in text
    assert "line 7, in <module>:  threading.Event().wait()" in text


def test_loop_in_vain_is_told_once(tmp_path: Path) -> None:
    text = told(
        tmp_path,
        "sock = listener.accept()[0]\nsock.setblocking(False)\n"
        "while True:\n    select.select([listener], [sock], [], 5)\n",
        PYNETLAB_LAST_RESORT="1",
    )
    assert text.count("0 to read, 1 to write, many times") == 1


def test_frames_of_ours_are_not_in_a_traceback(tmp_path: Path) -> None:
    text = told(tmp_path, "sock = listener.accept()[0]\nsock.setblocking(False)\nsock.recv(-1)\n")
    assert "stopped with ValueError" in text
    assert "PyNetLab" not in text
    assert "witness" not in text


def test_program_that_refuses_to_tell_is_graded_all_the_same(tmp_path: Path) -> None:
    for refusal in (
        "signal.signal(signal.SIGUSR2, signal.SIG_IGN)",
        "signal.signal(signal.SIGUSR2, signal.SIG_DFL)",
        "signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))",
        "sys._current_frames = None",
    ):
        text = told(tmp_path, f"{refusal}\nlistener.accept()[0].recv(9999, 256)\n")
        assert "nothing: the server does not answer" in text, refusal
        assert "Where chat_server.py is:" not in text, refusal


def test_flood_of_testimony_is_limited(tmp_path: Path) -> None:
    text = told(
        tmp_path,
        "import gc, json\n"
        "ours = [s for s in gc.get_objects() if type(s) is socket.socket and s.family == 1]\n"
        "lie = {'event': 'asked', 'calls': [{'call': 'x' * 999}] * 999, 'threads': [[]] * 999}\n"
        "for s in ours:\n    s.sendall(json.dumps(lie).encode() + b'\\n')\n"
        "listener.accept()[0].recv(9999, 256)\n",
    )
    assert "nothing: the server does not answer" in text
    assert len(text) < 4000


HOSTILE = "\x1b[31m\x00<b>"


def test_testimony_is_taken_for_what_it_is() -> None:
    good_place = [HOSTILE, 1, HOSTILE]
    call = {
        **{"call": HOSTILE, "place": good_place, "size": 4, "raised": HOSTILE, "said": ""},
        **{"count": -1, "port": 1, "offset": -5, "times": 1},
    }
    report = {
        "threads": [None, {}, {"places": "x"}, {"places": [good_place], "waits_in": call}],
        "calls": [None, 7, {"call": 1}, {**call, "size": "x"}, {**call, "place": [1]}, call],
    }
    read = testimony.Testimony(report, {}, lambda port: "alice", lambda who: b"0005HELLO")
    assert len(read.calls) == 1
    for text in (read.calls[0].name, read.calls[0].result):
        assert text == "\\x1b[31m\\x00<b>"
    assert read.calls[0].data == b""
    assert len(read.threads) == 1


def test_bytes_beside_a_recv_are_the_graders_own() -> None:
    call = {
        **{"call": "recv", "place": None, "size": 99, "raised": "", "said": ""},
        **{"count": 3, "port": 1, "offset": 2, "times": 1},
    }
    read = testimony.Testimony(
        {"calls": [call]}, {}, lambda port: "alice", lambda who: b"0005HELLO"
    )
    assert read.calls[0].data == b"05H"
