"""`watch`, at real terminals: saves, keys, stopping, and what is left when it ends."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tests.running import OUTER_LIMIT, ROOT, SOLUTION

if os.name == "nt":
    pytest.skip("the terminals of these tests are POSIX", allow_module_level=True)

from tests.at_a_terminal import command

RIGHT = "return str(len(payload)).zfill(LENGTH_FIELD_SIZE).encode() + payload"
COUNTS_CHARACTERS = "return str(len(text)).zfill(LENGTH_FIELD_SIZE).encode() + payload"
TITLE = "The length field counts the bytes of the payload, not its characters."
HANGS = "while True: pass"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A submission that is graded fast: the protocol, and a server that is not written yet."""
    mine = tmp_path / "mine"
    mine.mkdir()
    shutil.copy(SOLUTION / "chat_protocol.py", mine)
    return mine


def edit(folder: Path, old: str, new: str) -> None:
    """Save the file as careful editors do: write another one, and put it in its place."""
    path = folder / "chat_protocol.py"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.with_name(".chat_protocol.py.swp").write_text(text.replace(old, new), encoding="utf-8")
    path.with_name(".chat_protocol.py.swp").replace(path)


def test_a_student_saves_and_sees(folder: Path) -> None:
    edit(folder, RIGHT, COUNTS_CHARACTERS)
    with command("watch", folder) as terminal:
        text = terminal.shows("n shows the next one")
        assert f"✗ {TITLE}" in text
        assert "chat_protocol.py, line " in text
        assert "What to look at" in text

        edit(folder, COUNTS_CHARACTERS, RIGHT)
        text = terminal.shows("+1.5 points:", "n shows the next one")
        assert f"✓ {TITLE}" in text
        assert "protocol      18/18" in text
        assert "the last was chat_protocol.py" in text

        edit(folder, RIGHT, RIGHT.replace("encode()", "encode("))
        text = terminal.shows("SyntaxError: '(' was never closed")
        assert "Python cannot read chat_protocol.py, line " in text
        row, caret = next(
            (row, text.splitlines()[number + 1])
            for number, row in enumerate(text.splitlines())
            if row.strip().startswith("return str(len(payload))")
        )
        assert row[len(caret) - 1] == "("
        assert "protocol      18/18" in text

        edit(folder, RIGHT.replace("encode()", "encode("), COUNTS_CHARACTERS)
        text = terminal.shows("This passed", "n shows the next one")
        assert f"✗ {TITLE}" in text.partition("This passed")[2]
        terminal.press("q")
        assert terminal.ends() == 0
        assert terminal.is_as_before()


def test_keys(folder: Path) -> None:
    edit(folder, RIGHT, COUNTS_CHARACTERS)
    with command("watch", folder, columns=80, rows=300) as terminal:
        terminal.shows("n shows the next one")
        assert not terminal.is_as_before(), "keys must come without Enter"
        terminal.press("h")
        assert "Hint 2" not in terminal.shows("Hint 1 of 3", "Compare len('é')")
        terminal.press("hx\x1b[A")  # x and the arrow mean nothing
        terminal.shows("Hint 2 of 3", "(create_msg)")
        terminal.press("n")
        assert TITLE not in terminal.shows("2 of 5 failures")
        terminal.press("a")
        text = terminal.until(lambda text: text.count("Go to ") > 2)
        assert TITLE in text
        terminal.press("d")
        text = terminal.shows("(untouched)", f"+    {COUNTS_CHARACTERS}")
        assert "-    # TODO 1: The length field, then the payload." in text
        terminal.press("r")
        terminal.shows("The verdicts are those of the last save", "n shows the next one")
        terminal.press("q")
        assert terminal.ends() == 0
    with command("hint", "length_counts_bytes", "--submission", folder) as terminal:
        assert terminal.ends() == 0
        assert "Hint 3 of 3" in terminal.text(), "hints are counted in the folder's file"


def test_save_in_the_middle_of_a_run_stops_that_run(folder: Path) -> None:
    edit(folder, RIGHT, HANGS)
    with command("watch", folder) as terminal:
        terminal.shows("1 of 109 checks so far")
        (busy,) = [p for p in terminal.family() if is_in_its_loop(p)] or [None]
        edit(folder, HANGS, RIGHT)
        terminal.shows("protocol      18/18", "n shows the next one")
        if busy:
            assert psutil.wait_procs([busy], timeout=OUTER_LIMIT)[1] == []
        assert not any(is_in_its_loop(process) for process in terminal.family())


def is_in_its_loop(process: psutil.Process) -> bool:
    try:
        return process.cpu_times().user > 0.3 and "launcher" in " ".join(process.cmdline())
    except psutil.Error:
        return False


ENDS = {"Ctrl-C": ("\x03", None, 0), "SIGTERM": ("", signal.SIGTERM, 143)}


@pytest.mark.parametrize(("key", "number", "status"), ENDS.values(), ids=ENDS)
def test_end_in_the_middle_of_a_run_leaves_nothing(
    key: str, number: int | None, status: int, folder: Path, tmp_path: Path
) -> None:
    edit(folder, RIGHT, HANGS)
    scratch = tmp_path / "tmp"
    scratch.mkdir()
    with command("watch", folder, TMPDIR=str(scratch)) as terminal:
        terminal.shows("of 109 checks so far")
        children = terminal.family()
        assert children
        if number is None:
            terminal.press(key)
        else:
            terminal.process.send_signal(number)
        assert terminal.ends() == status
        assert terminal.is_as_before()
        assert "Traceback" not in terminal.text()
        assert psutil.wait_procs(children, timeout=OUTER_LIMIT)[1] == []
        assert list(scratch.iterdir()) == []


def test_killed_watch_leaves_no_process(folder: Path) -> None:
    with command("watch", folder) as terminal:
        terminal.shows("n shows the next one")
        terminal.until(lambda _: bool(terminal.family()))  # the one that waits for the next run
        children = terminal.family()
        terminal.process.kill()
        assert psutil.wait_procs(children, timeout=OUTER_LIMIT)[1] == []


def test_polling_is_said_and_dumb_terminal_gets_no_control_sequences(folder: Path) -> None:
    with command("watch", folder, "--poll", TERM="dumb") as terminal:
        terminal.shows("Looking at the files every 0.3 s, as was asked for.", "watching for saves")
        edit(folder, RIGHT, COUNTS_CHARACTERS)
        terminal.shows("This passed", TITLE)
        assert b"\x1b" not in terminal.written


def test_folder_may_vanish_and_come_back(folder: Path) -> None:
    with command("watch", folder) as terminal:
        terminal.shows("n shows the next one")
        folder.rename(folder.with_name("elsewhere"))
        terminal.shows("There is no folder")
        folder.with_name("elsewhere").rename(folder)
        terminal.until(lambda text: "There is no folder" not in text)
        edit(folder, RIGHT, COUNTS_CHARACTERS)
        terminal.shows("This passed", TITLE)


def test_narrow_terminal_without_colour_or_unicode(folder: Path) -> None:
    edit(folder, RIGHT, COUNTS_CHARACTERS)
    plain = {"PYTHONIOENCODING": "ascii", "NO_COLOR": "1"}
    with command("watch", folder, columns=60, **plain) as terminal:
        text = terminal.shows("n shows the next one")
        terminal.press("a")
        text += terminal.until(lambda text: text.count("Go to ") > 1)
        assert "x The length field counts the bytes" in text
        assert b"\x1b[3" not in terminal.written
        terminal.written.decode("ascii")
        words = " ".join(text.split())
        assert "What to look at: Compare len('\\xe9')" in words


def test_without_a_terminal_each_save_is_told(folder: Path) -> None:
    watch = subprocess.Popen(
        [sys.executable, "-m", "grader", "watch", str(folder)],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        start_new_session=True,
    )
    assert watch.stdout is not None
    told = ""
    try:
        while "Ctrl-C ends this" not in told:
            told += watch.stdout.readline()
        edit(folder, RIGHT, COUNTS_CHARACTERS)
        while "This passed" not in told:
            told += watch.stdout.readline()
    finally:
        watch.send_signal(signal.SIGINT)
        rest, complaint = watch.communicate(timeout=OUTER_LIMIT)
    assert watch.returncode == 0
    assert "\x1b" not in told + rest
    assert complaint == ""


def test_what_is_no_submission_is_refused(tmp_path: Path) -> None:
    with command("watch", tmp_path / "nowhere") as terminal:
        assert terminal.ends() == 2
        assert "There is no folder" in terminal.text()
        assert terminal.is_as_before()
