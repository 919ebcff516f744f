"""The kit's programs on a Windows Python under Wine, with msvcrt itself.

They need the Windows Python that tests/windows/set_up.sh makes; PYNETLAB_WINDOWS_PYTHON names it.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest

from grader.harness import waiting
from grader.harness.screen import Screen
from tests.running import OUTER_LIMIT, ROOT, SOLUTION

WINDOWS_PYTHON = os.environ.get("PYNETLAB_WINDOWS_PYTHON", "")

pytestmark = [
    pytest.mark.skipif(
        not WINDOWS_PYTHON,
        reason="no Windows Python: tests/windows/set_up.sh makes one for PYNETLAB_WINDOWS_PYTHON",
    ),
    pytest.mark.xdist_group("windows"),  # one Wine, one process that talks to it
]


@pytest.fixture(scope="module", autouse=True)
def wine_stays_up() -> Iterator[None]:
    """Wine ends soon after the last program in it, and must not while the next one starts."""
    staying = "print('up', flush=True); input()"
    with subprocess.Popen(
        [WINDOWS_PYTHON, "-c", staying], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None and process.stdout is not None
        assert process.stdout.readline().split() == [b"up"]
        yield
        process.communicate(b"\n")


def on_windows(
    folder: Path, *arguments: str, typed: str = "", **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run the Windows Python with these arguments, and return what came of it."""
    for _ in range(2):
        run = subprocess.run(
            [WINDOWS_PYTHON, *arguments],
            cwd=folder,
            env={**os.environ, **environment},
            input=typed,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=OUTER_LIMIT,
        )
        # Python itself says why it fails. Without a word it was Wine that has not started it, which
        # was seen once in some thousand starts, on a busy machine.
        if run.returncode != 1 or run.stdout or run.stderr:
            break
    return run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the solution on a port of its own."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    for path in SOLUTION.glob("*.py"):
        text = path.read_text(encoding="utf-8").replace("PORT = 5555", f"PORT = {port}")
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    (tmp_path / "port").write_text(str(port))
    return tmp_path


def port_of(folder: Path) -> int:
    return int((folder / "port").read_text())


@contextlib.contextmanager
def server(folder: Path, python: str) -> Iterator[subprocess.Popen[str]]:
    """Run chat_server.py; it listens when this begins."""
    process = subprocess.Popen(
        [python, "chat_server.py"],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("Listening on 127.0.0.1")
        yield process
    finally:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


class Peer:
    """A client that speaks in frames written by hand."""

    def __init__(self, folder: Path) -> None:
        self.sock = socket.create_connection(("127.0.0.1", port_of(folder)), timeout=OUTER_LIMIT)
        self.stream = self.sock.makefile("rb")

    def says(self, text: str) -> Peer:
        payload = text.encode()
        self.sock.sendall(b"%04d" % len(payload) + payload)
        return self

    def hears(self) -> str:
        return self.stream.read(int(self.stream.read(4))).decode()

    def vanishes(self) -> None:
        self.stream.close()
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()


# The server


def test_server_serves_and_stands_a_client_that_vanishes(folder: Path) -> None:
    with server(folder, WINDOWS_PYTHON):
        alice, bob = Peer(folder), Peer(folder)
        assert alice.says("NAME alice").hears() == "HELLO alice"
        assert bob.says("NAME bob").hears() == "HELLO bob"
        bob.says("MSG alice  שלום  ")
        assert alice.hears() == "FROM bob  שלום  "
        bob.vanishes()
        assert alice.says("MSG alice still here").hears() == "FROM alice still here"
        assert alice.says("NAME bob").hears() == "HELLO bob"


def test_server_starts_again_at_once(folder: Path) -> None:
    with server(folder, WINDOWS_PYTHON):
        leaver = Peer(folder).says("EXIT")
        assert leaver.stream.read() == b""
    with server(folder, WINDOWS_PYTHON):
        assert Peer(folder).says("NAME alice").hears() == "HELLO alice"


def test_second_server_is_refused_with_a_word(folder: Path) -> None:
    with server(folder, WINDOWS_PYTHON):
        second = on_windows(folder, "chat_server.py")
    assert second.returncode == 1
    assert second.stderr.startswith("Cannot listen on 127.0.0.1")
    assert "Traceback" not in second.stderr


def test_more_clients_than_select_can_watch(folder: Path) -> None:
    with server(folder, WINDOWS_PYTHON):
        first = Peer(folder)
        crowd = [Peer(folder) for _ in range(520)]
        assert first.says("NAME alice").hears() == "HELLO alice"
        assert crowd[505].says("NAME bob").hears() == "HELLO bob"
        assert crowd[-1].sock.recv(1) == b"", "the one too many is turned away"


# The client


class Terminal:
    """chat_client.py in a console, which Wine makes of a pseudo-terminal."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.screen = Screen()
        self.process = subprocess.Popen(
            [WINDOWS_PYTHON, *(arguments or ("chat_client.py",))],
            cwd=folder,
            stdin=self.screen.stdio.input,
            stdout=self.screen.stdio.output,
            stderr=self.screen.stdio.output,
            start_new_session=True,
        )

    def shows(self, words: str) -> bool:
        def event(seconds: float) -> bool:
            if words not in self.screen.text():
                waiting.wait_for_any([self.screen], seconds)
                self.screen.take_in()
            return words in self.screen.text()

        # Wine answers for its console in another process, which may wake this one at any time.
        return any(waiting.happens(event, os.getpid()) for _ in range(3))

    def types(self, text: str) -> None:
        for character in text:
            self.screen.press(character.encode())


@contextlib.contextmanager
def terminal(folder: Path, *arguments: str) -> Iterator[Terminal]:
    running = Terminal(folder, *arguments)
    try:
        yield running
    finally:
        running.process.kill()
        running.process.wait()
        running.screen.close()


def test_client_chats_in_a_console(folder: Path) -> None:
    with server(folder, sys.executable), terminal(folder) as alice:
        assert alice.shows("Connected."), alice.screen.text()
        alice.types("NAMX\x7fE alice\r")
        assert alice.shows("HELLO alice"), alice.screen.text()
        alice.types("MSG ali")
        assert alice.shows("> MSG ali"), alice.screen.text()
        bob = Peer(folder).says("NAME bob")
        assert bob.hears() == "HELLO bob"
        bob.says("MSG alice hello from Linux")
        assert alice.shows("FROM bob hello from Linux"), alice.screen.text()
        alice.types("ce שלום\r")
        assert alice.shows("FROM alice שלום"), alice.screen.text()
        alice.types("EXIT\r")
        assert alice.process.wait(OUTER_LIMIT) == 0


def test_client_reads_a_pipe(folder: Path) -> None:
    with server(folder, sys.executable):
        client = on_windows(
            folder, "chat_client.py", typed="NAME alice\nMSG alice two  spaces שלום\n"
        )
    told = client.stdout
    assert client.returncode == 0, told
    assert "HELLO alice" in told
    assert "FROM alice two  spaces שלום" in told


def test_client_says_that_the_server_has_gone(folder: Path) -> None:
    with server(folder, sys.executable) as running, terminal(folder) as alice:
        assert alice.shows("Connected.")
        running.kill()
        assert alice.shows("The server has closed the connection."), alice.screen.text()
        assert alice.process.wait(OUTER_LIMIT) == 1


def test_client_without_a_server_says_so(folder: Path) -> None:
    client = on_windows(folder, "chat_client.py")
    assert client.returncode == 1
    assert client.stdout.startswith("There is no server at 127.0.0.1")
    assert client.stdout.strip().count("\n") == 0


def test_keyboard_offers_the_calls_of_msvcrt(folder: Path) -> None:
    source = (
        "import keyboard, msvcrt\n"
        "print(keyboard.kbhit is msvcrt.kbhit, keyboard.getwch is msvcrt.getwch)\n"
    )
    (folder / "same.py").write_text(source)
    run = on_windows(folder, "same.py")
    assert run.stdout.split() == ["True", "True"]


# The grader


def grade_on_windows(*options: str) -> str:
    packages = Path(WINDOWS_PYTHON).with_name("packages")
    run = on_windows(
        ROOT,
        *("-m", "grader", "grade", "solution", *options),
        PYTHONPATH=f"Z:{packages};Z:{ROOT}",
    )
    assert run.returncode in (0, 1), run.stderr
    return run.stdout


def test_grader_grades_without_fork_and_namespaces() -> None:
    document = json.loads(grade_on_windows("--stage", "names", "--json", "-"))
    assert document["score"] == 14
    assert document["extra_data"]["sandbox"] == "plain, own ports"


def test_grader_says_what_windows_lacks() -> None:
    document = json.loads(grade_on_windows("--stage", "client", "--json", "-"))
    reasons = {test["extra_data"]["blocked_by"] for test in document["tests"]}
    assert reasons == {"needs a POSIX terminal"}


# What Wine has not, in the outputs of a notebook: errors after an RST; what a wake-up costs, which
# is Wine's own time; and Windows has no poll.
NOT_UNDER_WINE = "recv: ConnectionResetError", "  select ", "  poll ", "  selectors "


def without_what_wine_has_not(shown: str) -> list[str]:
    return [line for line in shown.splitlines() if not line.startswith(NOT_UNDER_WINE)]


@pytest.mark.parametrize("name", ["01_length_field_framing", "02_select", "03_server", "04_client"])
def test_cells_of_the_notebooks_say_the_same_on_windows(tmp_path: Path, name: str) -> None:
    (stored,) = (SOLUTION / "notebooks").glob(f"{name}*.ipynb")
    cells = [c for c in nbformat.read(stored, 4).cells if c.cell_type == "code"]
    for path in [*SOLUTION.glob("*.py"), *(SOLUTION / "notebooks").glob("[a-z]*.py")]:
        shutil.copy(path, tmp_path)
    shutil.copytree(ROOT / "grader", tmp_path / "grader", ignore=shutil.ignore_patterns("__py*"))
    text = "import sys\nsys.stdout.reconfigure(encoding='utf-8', newline='\\n')\n"
    text += "\n".join(cell.source for cell in cells).replace('PROGRAMS = ".."', 'PROGRAMS = "."')
    (tmp_path / "cells.py").write_text(text, encoding="utf-8")
    run = on_windows(tmp_path, "cells.py")
    assert run.returncode == 0, run.stderr
    shown = "".join(o.text for c in cells for o in c.outputs if o.output_type == "stream")
    assert without_what_wine_has_not(run.stdout) == without_what_wine_has_not(shown)
