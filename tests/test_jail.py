"""The jail: what a submission finds around it, and what is left of it afterwards."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from grader.jail.network import PortLease
from grader.jail.output import KEPT, Output
from grader.jail.submission import MAX_FILE, NotASubmission, read_submission
from tests.running import OUTER_LIMIT, ROOT, SOLUTION, grade, output_of, run_grader

linux = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux")

# Answers every client with one line, which it computes by itself, and then serves nobody.
TELLER = """
import os, socket, sys
def fact():
    {fact}
listener = socket.create_server(("127.0.0.1", 5555))
client, _ = listener.accept()
client.recv(100)
text = str(fact())[:80].encode()
client.sendall(b"%04d" % len(text) + text)
client.recv(1)
"""


def ask(folder: Path, fact: str, tier: str = "", **environment: str) -> str:
    """Return what the body of a function returns when it runs inside a submission's server."""
    source = TELLER.format(fact=fact.replace("\n", "\n    "))
    (folder / "chat_server.py").write_text(source, encoding="utf-8")
    jail = ["--jail", tier] if tier else []
    document = grade(folder, "--only", "name_is_accepted", *jail, **environment)
    told = output_of(document, "name_is_accepted")
    came = [line for line in told.splitlines() if " got:" in line]
    assert len(came) == 1, told
    return came[0].partition("`")[2].removesuffix("`")


# What it finds


def test_environment_is_clean(tmp_path: Path) -> None:
    names = ask(tmp_path, "return sorted(os.environ)", SECRET_TOKEN="x", PYTHONPATH="/nowhere")
    assert names == "['HOME', 'LANG', 'PATH', 'TEMP', 'TERM', 'TMP', 'TMPDIR', 'USERPROFILE']"


def test_home_and_temporary_folder_are_the_scratch_folder(tmp_path: Path) -> None:
    home = ask(tmp_path, "return os.environ['HOME'] + ' ' + os.environ['TMPDIR']")
    assert home.split()[0] == home.split()[1]
    assert home.split()[0].endswith("/scratch")
    assert not Path(home.split()[0]).exists()


@linux
def test_no_descriptor_is_inherited(tmp_path: Path) -> None:
    fact = (
        "kinds = []\n"
        "for number in sorted(map(int, os.listdir('/proc/self/fd'))):\n"
        "    try: kinds.append(os.readlink(f'/proc/self/fd/{number}').split(':')[0])\n"
        "    except OSError: pass\n"
        "return kinds"
    )
    # Input, output, errors, the channel on which the launcher reports, twice; listener and client.
    assert ask(tmp_path, fact) == (
        "['/dev/null', 'pipe', 'pipe', 'socket', 'socket', 'socket', 'socket']"
    )


def test_only_the_standard_library_can_be_imported(tmp_path: Path) -> None:
    fact = "try: import pytest\nexcept ImportError: return 'none'\nreturn pytest.__file__"
    assert ask(tmp_path, fact) == "none"


def test_program_runs_as_main_in_its_own_folder(tmp_path: Path) -> None:
    (tmp_path / "beside.py").write_text("word = 'imported'\n")
    fact = (
        "import beside\n"
        "return __name__, os.path.dirname(__file__) == os.getcwd(), beside.word, sys.stdin.read()"
    )
    assert ask(tmp_path, fact) == "('__main__', True, 'imported', '')"


@linux
def test_the_outside_network_is_out_of_reach(tmp_path: Path) -> None:
    fact = "return [line.split(':')[0].strip() for line in open('/proc/net/dev')][2:]"
    interfaces = ask(tmp_path, fact)
    if "own network" in grade(SOLUTION, "--only", "server_answers")["extra_data"]["sandbox"]:
        assert "lo" in interfaces
        assert "eth" not in interfaces


def test_every_check_gets_a_fresh_copy(tmp_path: Path) -> None:
    mark = "open('been-here', 'x').close()\n"
    source = (SOLUTION / "chat_server.py").read_text(encoding="utf-8")
    (tmp_path / "chat_server.py").write_text(
        source.replace('if __name__ == "__main__":\n', f'if __name__ == "__main__":\n    {mark}')
    )
    (tmp_path / "chat_protocol.py").write_bytes((SOLUTION / "chat_protocol.py").read_bytes())
    assert grade(tmp_path, "--stage", "names")["score"] == 14
    assert not (tmp_path / "been-here").exists()


# The other ways of running


@pytest.mark.parametrize(
    "environment",
    [
        {"PYNETLAB_SHARED_NETWORK": "1"},
        {"PYNETLAB_FRESH_LAUNCHER": "1"},
        {"PYNETLAB_SHARED_NETWORK": "1", "PYNETLAB_FRESH_LAUNCHER": "1"},
    ],
    ids=["own ports", "no fork", "own ports, no fork"],
)
def test_reference_scores_100_without_namespaces_and_without_fork(
    environment: dict[str, str],
) -> None:
    document = grade(SOLUTION, **environment)
    lost = [test["output"] for test in document["tests"] if test["status"] != "passed"]
    assert lost == []
    wanted = "own ports" if "PYNETLAB_SHARED_NETWORK" in environment else "own network"
    assert wanted in document["extra_data"]["sandbox"]


def test_four_gradings_on_shared_ports_do_not_meet() -> None:
    command = [sys.executable, "-m", "grader", "grade", "solution", "--stage", "lifecycle"]
    environment = {**os.environ, "PYNETLAB_SHARED_NETWORK": "1"}
    runs = [
        subprocess.Popen(
            [*command, "--json", "-"], cwd=ROOT, env=environment, stdout=subprocess.PIPE
        )
        for _ in range(4)
    ]
    scores = [json.loads(run.communicate(timeout=OUTER_LIMIT)[0])["score"] for run in runs]
    assert scores == [13, 13, 13, 13]


def test_leased_ports_differ() -> None:
    leases = [PortLease() for _ in range(50)]
    assert len({lease.port for lease in leases}) == 50
    for lease in leases:
        lease.release()


# What is left


@linux
def test_what_a_server_leaves_behind_is_stopped(tmp_path: Path) -> None:
    (tmp_path / "chat_server.py").write_text(
        "import os, socket\n"
        "if os.fork() == 0:\n"
        "    os.setsid()\n"
        "    if os.fork() == 0:\n"
        "        os.execvp('sleep', ['sleep', '424242'])\n"
        "    os._exit(0)\n"
        "socket.create_server(('127.0.0.1', 5555)).accept()\n"
    )
    grade(tmp_path, "--only", "server_answers")
    left = [process for process in psutil.process_iter() if is_the_sleeper(process)]
    assert left == []


def is_the_sleeper(process: psutil.Process) -> bool:
    try:
        return process.cmdline() == ["sleep", "424242"]
    except psutil.Error:
        return False


@linux
def test_killed_grader_leaves_no_process_behind(tmp_path: Path) -> None:
    (tmp_path / "chat_server.py").write_text("import threading\nthreading.Event().wait()\n")
    grader = subprocess.Popen(
        [sys.executable, "-m", "grader", "grade", str(tmp_path), "--stage", "names"],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    family = psutil.Process(grader.pid)
    children: list[psutil.Process] = []
    deadline = time.monotonic() + OUTER_LIMIT
    while len(children) < 2 and time.monotonic() < deadline:
        children = family.children(recursive=True)
    grader.send_signal(signal.SIGKILL)
    grader.wait(OUTER_LIMIT)
    assert psutil.wait_procs(children, timeout=OUTER_LIMIT)[1] == []


def test_scratch_folder_is_removed(tmp_path: Path) -> None:
    run_grader(SOLUTION, "--only", "server_answers", TMPDIR=str(tmp_path), TEMP=str(tmp_path))
    assert list(tmp_path.iterdir()) == []


# What is read of a submission


def test_submission_is_read_with_its_folders(tmp_path: Path) -> None:
    (tmp_path / "chat_server.py").write_text("x")
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "one.py").write_text("y")
    for skipped in (".git", "__pycache__", "my-env"):
        (tmp_path / skipped).mkdir()
        (tmp_path / skipped / "file.py").write_text("z")
    (tmp_path / "my-env" / "pyvenv.cfg").write_text("")
    submission = read_submission(tmp_path)
    assert submission.files == {"chat_server.py": b"x", "parts/one.py": b"y"}


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX files")
def test_what_is_left_out_is_named(tmp_path: Path) -> None:
    (tmp_path / "chat_server.py").write_text("x")
    (tmp_path / "link.py").symlink_to("/etc/passwd")
    (tmp_path / "big.py").write_bytes(bytes(MAX_FILE + 1))
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "bad\x1bname").symlink_to("/")
    submission = read_submission(tmp_path)
    assert set(submission.files) == {"chat_server.py"}
    notes = "\n".join(submission.notes)
    for words in ("link.py is a symbolic link", "big.py is larger", "pipe is not a regular file"):
        assert words in notes
    assert "\x1b" not in notes


def test_folder_with_too_many_files_is_refused(tmp_path: Path) -> None:
    for number in range(201):
        (tmp_path / f"{number}.py").write_text("")
    with pytest.raises(NotASubmission, match="more than 200 files"):
        read_submission(tmp_path)


# Output


def test_output_keeps_the_first_and_the_last() -> None:
    reader, writer = os.pipe()
    output = Output(os.fdopen(reader, "rb", buffering=0))
    with os.fdopen(writer, "wb") as pipe:
        pipe.write(b"first" + b"." * 10_000_000 + b"last\xff")
    output.finish(OUTER_LIMIT)
    text = output.text()
    assert text.startswith("first...")
    assert text.endswith("last\\xff")
    assert f"{10_000_010 - 2 * KEPT} bytes" in text
    assert len(text) < 2 * KEPT + 100


def test_short_output_is_kept_whole() -> None:
    reader, writer = os.pipe()
    output = Output(os.fdopen(reader, "rb", buffering=0))
    with os.fdopen(writer, "wb") as pipe:
        pipe.write("שלום\n".encode())
    output.finish(OUTER_LIMIT)
    assert output.text() == "שלום\n"


# The tiers


def as_stranger(*arguments: str) -> list[str]:
    """Return a command as an ordinary user would give it, with a Python that everybody may read."""
    packages = next(path for path in sys.path if path.endswith("site-packages"))
    environment = [
        f"PYTHONPATH={ROOT}:{packages}",
        "PYTHONDONTWRITEBYTECODE=1",
        "PATH=/usr/bin:/bin",
    ]
    user = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]
    return [*user, "env", "-i", *environment, "/usr/bin/python3", "-m", "grader", *arguments]


@linux
@pytest.mark.parametrize("tier", ["strong", "medium", "plain"])
def test_reference_scores_100_in_each_tier(tier: str) -> None:
    if tier == "strong" and not shutil.which("bwrap"):
        pytest.skip("bubblewrap is not installed")
    document = grade(SOLUTION, "--jail", tier)
    assert document["score"] == 100
    assert document["extra_data"]["sandbox"].startswith(f"{tier}, ")


@linux
@pytest.mark.parametrize("tier", ["strong", "medium"])
def test_student_is_not_root_and_has_no_capability(tmp_path: Path, tier: str) -> None:
    if tier == "strong" and not shutil.which("bwrap"):
        pytest.skip("bubblewrap is not installed")
    who = ask(
        tmp_path,
        "lines = open('/proc/self/status').read().splitlines()\n"
        "caps = [line.split()[1].strip('0') for line in lines if line.startswith('CapE')]\n"
        "return [os.getuid() == 0, caps, *[line for line in lines if 'NoNewP' in line]]",
        tier=tier,
    )
    kept = who.partition("[")[2].partition("]")[0]
    assert kept.startswith("False, ['")
    # A Python in root's home can be read by others only with one right, which Landlock then limits.
    assert kept.partition("['")[2].partition("'")[0] in (("",) if tier == "strong" else ("", "4"))
    assert who.endswith(r"NoNewPrivs:\t1']")


@linux
def test_strong_shows_nothing_but_the_submission(tmp_path: Path) -> None:
    if not shutil.which("bwrap"):
        pytest.skip("bubblewrap is not installed")
    folders = "return sorted(os.listdir('/tmp')), os.path.exists('/home')"
    assert ask(tmp_path, folders, tier="strong") == "(['scratch', 'submission'], False)"
    seen = ask(
        tmp_path, "return sorted(n for n in os.listdir('/proc') if n.isdigit())", tier="strong"
    )
    assert seen == "['1', '2']"  # the init of the namespace, and the server


@linux
def test_doctor_names_the_tier_in_force() -> None:
    command = [sys.executable, "-m", "grader", "doctor"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=OUTER_LIMIT)
    assert run.returncode == 0, run.stderr
    tier = grade(SOLUTION, "--only", "server_answers")["extra_data"]["sandbox"].partition(",")[0]
    assert f"Gradings here run in tier {tier}." in run.stdout


def test_strong_is_refused_where_it_cannot_be_had() -> None:
    run = run_grader(SOLUTION, "--jail", "strong", PATH="/nowhere")
    assert run.returncode == 3
    assert run.stdout == ""
    assert run.stderr.startswith("Tier strong cannot be had here: ")
    assert len(run.stderr.splitlines()) == 1


@linux
@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to become somebody else")
@pytest.mark.skipif(not Path("/usr/bin/python3").exists(), reason="needs a Python for everybody")
@pytest.mark.parametrize("tier", ["strong", "medium"])
def test_ordinary_user_has_the_tiers_too(tier: str) -> None:
    if tier == "strong" and not shutil.which("bwrap"):
        pytest.skip("bubblewrap is not installed")
    command = as_stranger("grade", str(SOLUTION), "--jail", tier)
    run = subprocess.run(command, cwd="/", capture_output=True, text=True, timeout=OUTER_LIMIT)
    if "No module named" in run.stderr or "ermission denied" in run.stderr:
        pytest.skip("this checkout, or its packages, cannot be read by others")
    assert run.returncode == 0, run.stdout + run.stderr


# The limits


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such limits")
def test_cpu_time_is_limited_and_told(tmp_path: Path) -> None:
    (tmp_path / "chat_server.py").write_text(
        "import resource\n"
        "_, hard = resource.getrlimit(resource.RLIMIT_CPU)\n"
        "resource.setrlimit(resource.RLIMIT_CPU, (1, hard))\n"  # sooner than the kit's own
        "while True: pass\n"
    )
    told = output_of(grade(tmp_path, "--only", "server_answers"), "server_answers")
    assert "chat_server.py was stopped, because it used more than 8 s of CPU time." in told


@linux
def test_memory_is_limited_and_told(tmp_path: Path) -> None:
    (tmp_path / "chat_server.py").write_text("b'x' * 900_000_000\nimport time\n" * 400)
    told = output_of(grade(tmp_path, "--only", "server_answers"), "server_answers")
    assert "chat_server.py was stopped, because it used more than 512 MiB of memory." in told


@linux
def test_processes_are_limited_and_told(tmp_path: Path) -> None:
    (tmp_path / "chat_server.py").write_text(
        "import os, signal\n"
        "for number in range(600):\n"
        "    if os.fork() == 0: signal.pause()\n"
        "signal.pause()\n"
    )
    told = output_of(grade(tmp_path, "--only", "server_answers"), "server_answers")
    assert "because it had started more than 400 processes." in told


@linux
def test_disk_is_limited_and_told(tmp_path: Path) -> None:
    (tmp_path / "chat_server.py").write_text(
        "import tempfile\n"
        "with tempfile.TemporaryFile() as file:\n"
        "    for number in range(100): file.write(bytes(1024 * 1024))\n"
    )
    told = output_of(grade(tmp_path, "--only", "server_answers"), "server_answers")
    assert "The program stopped with OSError" in told
    assert "A program may write 64 MiB here." in told


@linux
def test_threads_are_limited_and_told(tmp_path: Path) -> None:
    if not shutil.which("bwrap"):
        pytest.skip("bubblewrap is not installed")
    (tmp_path / "chat_server.py").write_text(
        "import threading\n"
        "over = threading.Event()\n"
        "threads = [threading.Thread(target=over.wait, daemon=True) for _ in range(3500)]\n"
        "for thread in threads: thread.start()\n"
    )
    document = grade(tmp_path, "--only", "server_answers", "--jail", "strong")
    told = output_of(document, "server_answers")
    assert "can't start new thread" in told
    assert "A program may have 3000 threads and processes here." in told


def test_time_of_the_whole_run_is_limited_and_told() -> None:
    run = run_grader(SOLUTION, "--stage", "names", "--json", "-", PYNETLAB_RUN_LIMIT="0")
    assert run.returncode == 1
    document = json.loads(run.stdout)
    assert document["score"] == 0
    told = output_of(document, "server_answers")
    words = "The time for the whole grading, 0 s, was used up before this check began."
    assert told.startswith(words)


def test_folders_without_end_are_cut_off(tmp_path: Path) -> None:
    (tmp_path / "chat_protocol.py").write_text("")
    folder = tmp_path
    for _ in range(40):
        folder = folder / "d"
        folder.mkdir()
    (tmp_path / "d" / "data.txt").write_text("")
    submission = read_submission(tmp_path)
    assert sorted(submission.files) == ["chat_protocol.py", "d/data.txt"]
    assert [note for note in submission.notes if "folders deep" in note]


def test_kinds_that_no_chat_needs_are_left_out_and_named(tmp_path: Path) -> None:
    for name in ("chat_protocol.py", "evil.pth", "socket.so", "names.txt"):
        (tmp_path / name).write_text("")
    submission = read_submission(tmp_path)
    assert sorted(submission.files) == ["chat_protocol.py", "names.txt"]
    assert "evil.pth is no kind of file that a chat needs; it was left out." in submission.notes
    assert "socket.so is no kind of file that a chat needs; it was left out." in submission.notes


def test_large_submission_is_refused(tmp_path: Path) -> None:
    for number in range(9):
        (tmp_path / f"chat_{number}.py").write_bytes(b"#" * (1024 * 1024))
    with pytest.raises(NotASubmission, match="more than 8 MiB"):
        read_submission(tmp_path)
