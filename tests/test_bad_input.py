"""Whatever is given to the grader, it says one clear thing, and gives a score where it can."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from tests.running import OUTER_LIMIT, ROOT, SOLUTION, grade, outcomes, output_of, run_grader

PROTOCOL, NAMES, CLIENT = 18, 14, 14  # points of these stages


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the solution, to be spoilt."""
    copy = tmp_path / "submission"
    copy.mkdir()
    for path in SOLUTION.glob("*.py"):
        (copy / path.name).write_bytes(path.read_bytes())
    return copy


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


# Not a submission


def test_no_such_folder(tmp_path: Path) -> None:
    run = run_grader(tmp_path / "nowhere")
    assert run.returncode == 2
    assert re.fullmatch(r"There is no folder \S+nowhere\.\n", run.stderr)


def test_a_file_is_not_a_submission() -> None:
    run = run_grader(SOLUTION / "chat_server.py")
    assert run.returncode == 2
    assert run.stderr.count("\n") == 1
    assert "give the folder" in run.stderr


def test_an_empty_folder_is_not_a_submission(tmp_path: Path) -> None:
    run = run_grader(tmp_path)
    assert run.returncode == 2
    assert run.stderr.count("\n") == 1
    assert "neither chat_protocol.py nor chat_server.py nor chat_client.py" in run.stderr


@pytest.mark.parametrize(
    "arguments", [("--stage", "nothing"), ("--only", "nothing"), ("--fast",), ("a", "b")]
)
def test_wrong_usage_is_one_line(arguments: tuple[str, ...]) -> None:
    run = run_grader(*arguments)
    assert run.returncode == 2
    assert run.stderr.count("\n") == 1, run.stderr


# Something is missing or cannot be read


def test_missing_server_still_earns_the_protocol(folder: Path) -> None:
    (folder / "chat_server.py").unlink()
    document = grade(folder)
    assert document["score"] == PROTOCOL + CLIENT
    assert output_of(document, "server_answers").startswith("chat_server.py is missing.")
    assert outcomes(document)["name_is_accepted"] == "blocked"
    assert "chat_server.py is missing." in document["output"]


def test_missing_protocol_is_said_once(folder: Path) -> None:
    (folder / "chat_protocol.py").unlink()
    document = grade(folder)
    assert document["score"] == 0
    told = [test for test in document["tests"] if test["extra_data"]["outcome"] != "blocked"]
    assert [test["extra_data"]["check"] for test in told] == [
        "protocol_can_be_imported",
        "server_answers",
        "client_connects",
        "missing_server_is_told",
    ]
    assert "chat_protocol.py is missing." in told[0]["output"]
    assert "No module named 'chat_protocol'" in told[1]["output"]


def test_syntax_error_is_shown_with_its_line(folder: Path) -> None:
    edit(folder / "chat_server.py", "while True:", "while True")
    document = grade(folder)
    assert document["score"] == PROTOCOL + CLIENT
    output = output_of(document, "server_answers")
    line = (folder / "chat_server.py").read_text().splitlines().index("        while True") + 1
    assert f"chat_server.py, line {line}:  while True" in output
    assert "Python cannot read the program: SyntaxError: expected ':'" in output


def test_syntax_error_in_the_protocol(folder: Path) -> None:
    edit(folder / "chat_protocol.py", "PORT = 5555", "PORT = = 5555")
    document = grade(folder)
    assert document["score"] == 0
    for check in ("protocol_can_be_imported", "server_answers"):
        assert "PORT = = 5555" in output_of(document, check)
        assert "SyntaxError: invalid syntax" in output_of(document, check)


def test_exception_at_import(folder: Path) -> None:
    edit(folder / "chat_protocol.py", "PORT = 5555", "PORT = int('x')")
    output = output_of(grade(folder), "protocol_can_be_imported")
    assert "ValueError: invalid literal for int()" in output
    assert "PORT = int('x')" in output


# Servers that do not serve


def write_server(folder: Path, source: str) -> str:
    """Replace the server by this program; return what the student is told about it."""
    (folder / "chat_server.py").write_text(source, encoding="utf-8")
    document = grade(folder, "--stage", "names")
    assert document["score"] == 0
    blocked = [name for name, outcome in outcomes(document).items() if outcome == "blocked"]
    assert len(blocked) == len(document["tests"]) - 1
    return output_of(document, "server_answers")


def test_server_that_exits_at_once(folder: Path) -> None:
    told = write_server(folder, "print('good', 'bye')\n")
    assert "chat_server.py ended by itself" in told
    assert "good bye" in told


def test_server_that_listens_on_nothing(folder: Path) -> None:
    told = write_server(folder, "import threading\nthreading.Event().wait()\n")
    assert "The server listens on no port." in told


def test_server_that_listens_on_another_port(folder: Path) -> None:
    edit(folder / "chat_server.py", "HOST, chat_protocol.PORT))", "HOST, 5556))")
    told = output_of(grade(folder, "--stage", "names"), "server_answers")
    assert "port 5555" in told
    assert "The server listens on port 5556 instead." in told


def test_server_that_never_answers_is_found_out_soon(folder: Path) -> None:
    source = "import socket\ns = socket.create_server(('127.0.0.1', 5555))\n"
    (folder / "chat_server.py").write_text(source + "kept = []\nwhile 1: kept.append(s.accept())\n")
    started = time.monotonic()
    document = grade(folder)
    assert time.monotonic() - started < 15
    assert "the server does not answer" in output_of(document, "server_answers")
    assert document["score"] == PROTOCOL + CLIENT


def test_server_that_prints_rubbish_is_graded(folder: Path) -> None:
    rubbish = "import sys\nsys.stdout.buffer.write(bytes(range(256)) * 400_000)\n"
    source = (folder / "chat_server.py").read_text(encoding="utf-8")
    source = source.replace("import errno\n", "import errno\n" + rubbish)
    (folder / "chat_server.py").write_text(source, encoding="utf-8")
    document = grade(folder, "--only", "name_is_accepted")
    assert document["tests"][0]["status"] == "passed"
    run = run_grader(folder, "--only", "name_is_accepted")
    assert run.returncode == 0


def test_rubbish_is_shown_harmlessly(folder: Path) -> None:
    told = write_server(folder, "print('\\x1b[31mred\\x07', flush=True)\nraise SystemExit(3)\n")
    assert "red" in told
    run = run_grader(folder, "--stage", "names")
    assert "\x1b" not in run.stdout
    assert "\x07" not in run.stdout


# Files that do not belong there


@pytest.mark.parametrize("name", ["conftest.py", "__init__.py"])
def test_foreign_file_is_ignored_and_named(folder: Path, name: str) -> None:
    (folder / name).write_text("raise SystemExit('never run')\n")
    document = grade(folder, "--stage", "names")
    assert document["score"] == NAMES
    assert any(note.startswith(f"{name} ") for note in document["extra_data"]["notes"])


def test_file_that_hides_a_standard_module_is_named(folder: Path) -> None:
    (folder / "socket.py").write_text("")
    document = grade(folder)
    assert document["score"] == PROTOCOL, "python chat_server.py would fail here as well"
    assert "socket.py has the name of a standard module" in document["output"]
    assert "module 'socket' has no attribute" in output_of(document, "server_answers")


def test_file_that_hides_an_unused_module_costs_nothing(folder: Path) -> None:
    (folder / "turtle.py").write_text("")
    document = grade(folder, "--stage", "names")
    assert document["score"] == NAMES
    assert "turtle.py has the name of a standard module" in document["output"]


# Ctrl-C


@pytest.mark.skipif(os.name == "nt", reason="signals of a terminal are POSIX")
def test_interrupt_leaves_no_process_behind(folder: Path, tmp_path: Path) -> None:
    edit(folder / "chat_server.py", "    main()\n", "    import time; time.sleep(1000)\n")
    scratch = tmp_path / "tmp"
    scratch.mkdir()
    grader = subprocess.Popen(
        [sys.executable, "-m", "grader", "grade", str(folder)],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(scratch)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    family = psutil.Process(grader.pid)
    deadline = time.monotonic() + OUTER_LIMIT
    children: list[psutil.Process] = []
    while len(children) < 5 and time.monotonic() < deadline:  # lanes, launchers, a program
        children = family.children(recursive=True)
    os.killpg(grader.pid, signal.SIGINT)
    _, complaint = grader.communicate(timeout=OUTER_LIMIT)
    assert grader.returncode == 130
    assert complaint == "Interrupted: there is no score.\n"
    assert psutil.wait_procs(children, timeout=OUTER_LIMIT)[1] == []
    assert list(scratch.iterdir()) == []
