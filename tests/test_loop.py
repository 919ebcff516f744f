"""The other commands of the student's loop: home, hint, diff, reset, show, run; and their file."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from grader import exercise, hints
from grader.checks import declared_checks
from grader.jail.submission import read_submission
from grader.loop import diffs, kit, progress
from grader.loop.changes import ago
from grader.loop.saves import silent_file_system
from tests.running import OUTER_LIMIT, ROOT, SOLUTION

SKELETON_FILES = (*exercise.SUBMISSION_FILES, *exercise.GIVEN_FILES)
NAME = ".pynetlab.json"


def lab(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the kit as the door does, without a terminal."""
    return subprocess.run(
        [sys.executable, "-m", "grader", *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, "PYNETLAB_ROOT": str(ROOT), **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=OUTER_LIMIT,
    )


def words(text: str) -> str:
    """Return a text with its lines joined, for finding sentences in."""
    return " ".join(text.split())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A submission outside the kit: the protocol is written, the server and the client are not."""
    mine = tmp_path / "mine"
    mine.mkdir()
    for name in SKELETON_FILES:
        source = SOLUTION if name == "chat_protocol.py" else ROOT / "skeleton"
        shutil.copy(source / name, mine)
    return mine


# Hints


def test_every_check_has_three_hints() -> None:
    checks = declared_checks()
    seen: dict[str, str] = {}
    for check in checks:
        further = hints.of(check.name)
        steps = (check.hint, further.closer, further.nearly)
        for step in steps:
            assert len(step) > 20, check.name
            assert step not in seen, (check.name, seen.get(step))
            assert not any(sign in step for sign in ("!", "\n")), check.name
            seen[step] = check.name
        assert "def " not in further.nearly, "code to copy"
    named = {name for stage in exercise.STAGES for name in hints.of_stage(stage.name)}
    assert named == {check.name for check in checks}


def test_hints_name_functions_that_the_skeleton_has() -> None:
    functions = {todo.function for todo in kit.todos()} | {""}
    for check in declared_checks():
        assert hints.of(check.name).where in functions, check.name


def test_every_todo_belongs_to_one_stage() -> None:
    shared = {s.name: [t.number for t in diffs.todos_of_stage(s.name)] for s in exercise.STAGES}
    assert shared == {
        "protocol": [1, 2, 3, 4, 5, 6, 7, 8, 9],
        "names": [18, 19, 20],
        "messages": [21, 23],
        "lifecycle": [10, 16, 17, 22],
        "framing": [13],
        "client": [24, 25, 26, 27, 28, 29, 30, 31],
        "robustness": [11, 12, 14, 15],
    }


def test_hints_come_one_after_the_other_and_are_counted(folder: Path) -> None:
    check = "duplicate_name_is_refused"
    for number in (1, 2, 3, 3):
        run = lab("hint", check, "--submission", folder)
        assert run.returncode == 0
        assert f"Hint {number} of 3" in run.stdout
        assert f"Hint {number + 1} of 3" not in run.stdout
    assert "chat_server.py, line 122 (TODO 19, ChatServer.answer_name)" in words(run.stdout)
    memory = json.loads((folder / NAME).read_text(encoding="utf-8"))
    assert memory["hints"] == {check: 3}


def test_hint_without_a_check_is_about_the_first_failure(folder: Path) -> None:
    run = lab("hint", "--submission", folder)
    assert "The server listens on 127.0.0.1, port 5555" in run.stdout
    assert "Hint 1 of 3: Look at address and port." in run.stdout


# Home, and what is remembered


def test_home_says_where_one_is_and_what_is_next() -> None:
    run = lab(COLUMNS="60", PYTHONIOENCODING="ascii")
    assert run.returncode == 0
    assert run.stderr == ""
    assert max(map(len, run.stdout.splitlines())) <= 60
    assert run.stdout.isascii()
    assert "protocol       0/18  +o..o" in run.stdout
    assert "Next, write: create_msg puts a length field of four digits" in run.stdout
    assert "in chat_protocol.py, line 37 (TODO 1, create_msg)" in run.stdout
    assert [line for line in run.stdout.splitlines() if "python lab.py" in line] == [
        *("  python lab.py watch", "  python lab.py hint", "  python lab.py grade --all")
    ]


def remembered(folder: Path) -> progress.Progress:
    return progress.load(folder)


def test_what_is_remembered_is_no_part_of_the_submission(folder: Path) -> None:
    before = progress.digest(read_submission(folder))
    lab("hint", "--submission", folder)
    assert (folder / NAME).exists()
    assert NAME not in read_submission(folder).files
    assert progress.digest(read_submission(folder)) == before
    memory = remembered(folder)
    assert memory.grading is not None
    assert memory.grading.score == 18
    assert [*folder.glob(f"{NAME}?*")] == []


DAMAGES = {
    "cut off": '{"version": 1, "hints": {"dup',
    "no object": "[]",
    "null": "null",
    "other types": '{"version": 1, "hints": 5, "passed": []}',
    "infinite": '{"version": 1, "hints": {"name_is_accepted": Infinity}, "passed": {}}',
    "of tomorrow": '{"version": 2}',
    "not text": "\udcff\udcfe",
    "deep": "[" * 100_000,
    "results of nothing": '{"version":1,"hints":{},"passed":{},"results":[["x","passed","",""]]}',
    "short": '{"version":1,"hints":{},"passed":{},"state":"","seconds":0,"sandbox":"",'
    '"results":[["name_is_accepted","passed","",""]]}',
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_damaged_file_is_as_good_as_none(damage: str, tmp_path: Path) -> None:
    (tmp_path / NAME).write_text(damage, encoding="utf-8", errors="surrogateescape")
    assert remembered(tmp_path) == progress.Progress()
    assert progress.save(tmp_path, progress.Progress(hints={"name_is_accepted": 1}))
    assert remembered(tmp_path).hints == {"name_is_accepted": 1}


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")
def test_strange_files_in_its_place_do_no_harm(folder: Path, tmp_path: Path) -> None:
    os.mkfifo(folder / NAME)  # to open it would wait for ever
    assert remembered(folder) == progress.Progress()
    (folder / NAME).unlink()
    elsewhere = tmp_path / "precious"
    elsewhere.write_text("mine")
    (folder / NAME).symlink_to(elsewhere)
    lab("hint", "name_is_accepted", "--submission", folder)
    assert elsewhere.read_text() == "mine"


def test_folder_without_memory_works(folder: Path) -> None:
    (folder / NAME).mkdir()  # nothing can be written there, whoever one is
    run = lab("hint", "name_is_accepted", "--submission", folder)
    assert run.returncode == 0
    assert "Hint 1 of 3" in run.stdout
    assert not progress.save(folder, progress.Progress())
    assert [path.name for path in folder.glob(f"{NAME}*")] == [NAME]


def test_made_up_file_shows_nobody_the_reference(folder: Path) -> None:
    lab("hint", "--submission", folder)
    memory = json.loads((folder / NAME).read_text(encoding="utf-8"))
    memory["results"] = [[result[0], "passed", "", ""] for result in memory["results"]]
    (folder / NAME).write_text(json.dumps(memory), encoding="utf-8")
    run = lab("show", "names", folder)
    assert run.returncode == 1
    assert "Not yet: 13 checks of the stage names still to pass." in words(run.stdout)
    assert "def " not in run.stdout


# The reference, differences, putting back


def test_passed_stage_is_shown_as_a_diff(folder: Path) -> None:
    path = folder / "chat_protocol.py"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("return data\n", "return bytes(data)\n"), encoding="utf-8")
    run = lab("show", "protocol", folder)
    assert run.returncode == 0
    assert "-    return bytes(data)\n+    return data\n" in run.stdout
    assert "SOLUTION" not in "".join(
        line for line in run.stdout.splitlines() if line.startswith("+")
    )
    assert "ChatServer" not in run.stdout


def test_instructor_can_turn_the_reference_off(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from grader import cli

    monkeypatch.setenv("PYNETLAB_ROOT", str(ROOT))
    monkeypatch.setattr(kit, "SHOW_REFERENCE", False)
    assert cli.main(["show", "protocol", str(folder)]) == 2
    said = capsys.readouterr()
    assert said.err == "In this copy of the kit the reference is not shown.\n"
    assert said.out == ""


def test_diff_shows_what_was_changed(folder: Path) -> None:
    run = lab("diff", folder)
    assert run.returncode == 0
    assert "--- chat_protocol.py (untouched)\n+++ chat_protocol.py (yours)\n" in run.stdout
    assert '-    raise NotImplementedError("TODO 8")\n' in run.stdout
    assert "chat_server.py" not in run.stdout
    run = lab("diff", ROOT / "skeleton")
    assert run.stdout == "Nothing is changed: all files are as they were handed out.\n"


def test_reset_puts_a_file_back_and_keeps_what_was_there(folder: Path) -> None:
    path = folder / "chat_protocol.py"
    mine = path.read_bytes()
    run = lab("reset", path)
    assert run.returncode == 0
    assert "kept in chat_protocol.py.before-reset-1." in run.stdout
    assert path.read_bytes() == (ROOT / "skeleton" / "chat_protocol.py").read_bytes()
    assert (folder / "chat_protocol.py.before-reset-1").read_bytes() == mine
    path.write_bytes(b"second")
    lab("reset", path)
    assert (folder / "chat_protocol.py.before-reset-2").read_bytes() == b"second"
    assert (folder / "chat_protocol.py.before-reset-1").read_bytes() == mine
    assert "there was nothing to do" in lab("reset", path).stdout
    path.unlink()
    assert "was missing" in lab("reset", path).stdout
    assert path.exists()


def test_kit_without_its_reference_says_so(folder: Path, tmp_path: Path) -> None:
    for arguments in (["show", "protocol", folder], ["diff", folder]):
        run = lab(*arguments, PYNETLAB_ROOT=str(tmp_path))
        assert run.returncode == 2
        assert run.stderr == (
            "This needs the reference in the folder solution/, which this copy of the kit lacks.\n"
        )


# Bad input


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["grde"], "There is no command 'grde'. Did you mean 'grade'? See --help."),
        (["wach", "x"], "There is no command 'wach'. Did you mean 'watch'? See --help."),
        (["hint", "name_is_acepted"], "Did you mean 'name_is_accepted'?"),
        (["grade", "solution", "--only", "server_answer"], "Did you mean 'server_answers'?"),
        (["grade", "solution", "--stage", "protokol"], "Did you mean 'protocol'? The stages are"),
        (["show", "mesages"], "Did you mean 'messages'?"),
        (["reset", "chat_servre.py"], "Did you mean 'chat_server.py'?"),
        (["reset", "nowhere/chat_server.py"], "There is no folder nowhere."),
        (["run", "sever"], "Did you mean 'server'?"),
        (["run", "server", "nowhere"], "There is no nowhere"),
        (["diff", "nowhere"], "There is no folder nowhere."),
        (["show", "names", "nowhere"], "There is no folder nowhere."),
    ],
)
def test_nearest_is_suggested_in_one_line(arguments: list[str], told: str) -> None:
    run = lab(*arguments)
    assert run.returncode == 2
    assert run.stdout == ""
    assert told in run.stderr
    assert run.stderr.count("\n") == 1


# Small parts


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "just now"),
        (30, "less than a minute ago"),
        (70, "a minute ago"),
        (300, "5 minutes ago"),
        (3590, "an hour ago"),
        (7200, "2 hours ago"),
        (86400, "a day ago"),
        (500_000, "6 days ago"),
    ],
)
def test_time_is_said_as_a_person_would(seconds: float, said: str) -> None:
    assert ago(seconds) == said


def test_file_systems_that_are_silent_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    from collections import namedtuple

    disk = namedtuple("disk", "mountpoint fstype opts")
    disks = [disk("/", "ext4", "rw"), disk("/home", "nfs4", "rw"), disk("/home/a", "xfs", "rw")]
    monkeypatch.setattr("psutil.disk_partitions", lambda all: disks)
    assert silent_file_system(Path("/home/b/mine")) == "nfs4"
    assert silent_file_system(Path("/home/a/mine")) == ""
    assert silent_file_system(Path("/srv")) == ""
