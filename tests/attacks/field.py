"""Where attacks are tried: a place with a secret, and a look at what an attack has gained there."""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import psutil
import pytest

from tests.attacks.attack import ROOT, Attack

NOBODY = 65534  # an ordinary user, as whom the grader is run too
OPEN_FOLDERS = ("/tmp", "/var/tmp", "/dev/shm")
LONGEST = 60  # seconds, on a busy machine, that any attack may take
LOOK_EVERY = 0.05  # seconds between two looks at how much memory the grader uses
PACKAGES = str(Path(pytest.__file__).parents[1])  # where what the kit needs is installed
CONTAINER = Path(__file__).with_name("container.py")


@dataclass
class Tried:
    """What became of an attack."""

    status: int
    reports: dict[str, str]  # by kind: terminal, json, junit, errors
    peak: int  # bytes of memory that the grader itself took at the most, without the submission
    seconds: float
    gained: list[str] = field(default_factory=list)  # in words; empty: nothing

    @property
    def document(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.reports["json"])
        return found


class Field:
    """A folder that everybody may read, with a secret in it; use it as a context manager."""

    def __enter__(self) -> Field:
        self.token = secrets.token_hex(12)
        self.mark = f"mark{secrets.token_hex(8)}"
        self._place = Path(tempfile.mkdtemp(prefix="attacked-"))
        self._place.chmod(0o755)
        self.secret = self._place / "secret"
        self.secret.write_text(f"{self.token}\n")
        self.secret.chmod(0o644)
        self.outside = self._folder("outside", 0o777)
        self.scratch = self._folder("scratch", 0o1777)
        self._reports = self._folder("reports", 0o777)
        self._cleanup = contextlib.ExitStack()
        self._tcp = self._cleanup.enter_context(socket.create_server(("127.0.0.1", 0)))
        self._unix = self._cleanup.enter_context(socket.socket(socket.AF_UNIX))
        self._unix.bind(str(self._place / "socket"))
        (self._place / "socket").chmod(0o777)
        self._unix.listen()
        self._opened = self._cleanup.enter_context(self.secret.open())
        return self

    def __exit__(self, *_: object) -> None:
        self._cleanup.close()
        for process in self._left_running():
            with contextlib.suppress(psutil.Error):
                process.kill()
        for path in self._left_lying():
            path.unlink(missing_ok=True)
        shutil.rmtree(self._place)

    def _folder(self, name: str, mode: int) -> Path:
        folder = self._place / name
        folder.mkdir()
        folder.chmod(mode)
        return folder

    def words(self) -> dict[str, str]:
        """Return what the words in an attack's sources stand for here."""
        return {
            "SECRET": str(self.secret),
            "OUTSIDE": str(self.outside),
            "MARK": self.mark,
            "PROOF": f"'{self.token[::-1]}'[::-1]",  # it does not stand in the source as it is
            "PORT": str(self._tcp.getsockname()[1]),
            "SOCKET": str(self._place / "socket"),
            "GRADER": str(ROOT / "grader"),
        }

    def grade(
        self,
        attack: Attack,
        *command: str,
        tier: str = "",
        user: int | None = None,
        patient: bool = False,
    ) -> Tried:
        """Grade an attack, by this command or the usual one; return what it has gained.

        Where an attack uses up the grader's last resort, that is cut short unless it is `patient`.
        """
        folder = self._folder("submission", 0o755)
        attack.write_to(folder, self.words())
        reports = {"json": self._reports / "results.json", "junit": self._reports / "junit.xml"}
        call = [*(command or (sys.executable,)), "-m", "grader", "grade", str(folder), "--all"]
        call += ["--json", str(reports["json"]), "--junit", str(reports["junit"])]
        call += ["--only", attack.check] if attack.check else []
        call += ["--jail", tier] if tier else []
        environment = {
            **os.environ,
            "SECRET_TOKEN": self.token,
            "TMPDIR": str(self.scratch),
            "PYTHONPATH": PACKAGES,  # for a Python that is not the one of .venv
            "COLUMNS": "200",
            "PYTHONFAULTHANDLER": "1",
        }
        if not patient:
            environment["PYNETLAB_LAST_RESORT"] = str(attack.patience)
        if user is not None:
            environment["HOME"] = "/nonexistent"
        started = time.monotonic()
        out, err = self._place / "out", self._place / "err"
        with out.open("wb") as out_file, err.open("wb") as err_file:
            grader = subprocess.Popen(
                call,
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=out_file,
                stderr=err_file,
                pass_fds=[self._opened.fileno()],
                user=user,
                group=user,
                extra_groups=None if user is None else [],
            )
            peak = _wait_and_watch(grader)
            seconds = time.monotonic() - started
        texts = {"terminal": out.read_bytes(), "errors": err.read_bytes()}
        texts |= {kind: path.read_bytes() for kind, path in reports.items() if path.exists()}
        decoded = {kind: text.decode() for kind, text in texts.items()}
        tried = Tried(grader.returncode, decoded, peak, seconds)
        tried.gained = [*self._gains(attack, tried)]
        return tried

    def _gains(self, attack: Attack, tried: Tried) -> Iterator[str]:
        if tried.status not in (0, 1) or "json" not in tried.reports:
            yield f"there is no result: status {tried.status}, {tried.reports['errors'][-3000:]}"
        elif attack.outcome != "passed":
            for test in tried.document["tests"]:
                if test["score"] or test["status"] == "passed":
                    yield f"points: {test['name']}"
        for kind, text in tried.reports.items():
            if self.token in text:
                yield f"its proof, or the secret, stands in the report {kind}"
        for path in (*self.outside.iterdir(), *self.scratch.iterdir(), *self._left_lying()):
            yield f"left behind: {path}"
        for process in self._left_running():
            yield f"still running: {process}"

    def _left_lying(self) -> list[Path]:
        return [path for folder in OPEN_FOLDERS for path in Path(folder).glob(f"*{self.mark}*")]

    def _left_running(self) -> list[psutil.Process]:
        """Return the processes that the attack has started: by a name, or by their home folder."""
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                is_marked = self.mark in " ".join(process.cmdline())
                if is_marked or str(self.scratch) in process.environ().get("HOME", ""):
                    found.append(process)
        return found


def _wait_and_watch(grader: subprocess.Popen[bytes]) -> int:
    """Wait for the grader's end; return the bytes that one of its own processes took at the most.

    Its own are the first one and the lanes; what they start is the launcher and the submission.
    """
    peak, deadline = 0, time.monotonic() + LONGEST
    while time.monotonic() < deadline:
        with contextlib.suppress(subprocess.TimeoutExpired):
            grader.wait(LOOK_EVERY)
            return peak
        with contextlib.suppress(OSError):
            for pid in (grader.pid, *_children(grader.pid)):
                status = Path(f"/proc/{pid}/status").read_text()
                if found := re.search(r"VmHWM:\s+(\d+) kB", status):  # none where it has ended
                    peak = max(peak, int(found[1]) * 1024)
    with contextlib.suppress(OSError):  # each says in which line it is: see PYTHONFAULTHANDLER
        for pid in (*_children(grader.pid), grader.pid):
            os.kill(pid, signal.SIGABRT)
    with contextlib.suppress(subprocess.TimeoutExpired):
        grader.wait(20)
    grader.kill()
    grader.wait()
    return peak


def _children(pid: int) -> list[int]:
    return [*map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]


def acting_characters(tried: Tried) -> list[str]:
    """Return what in the reports would act on a terminal, or turn the direction of a text."""
    texts = [tried.reports["terminal"], tried.reports["errors"]]
    texts += _strings(tried.document)
    texts += ElementTree.fromstring(tried.reports["junit"]).itertext()
    return sorted({c for text in texts for c in text if _acts(c)})


def _acts(character: str) -> bool:
    return character not in "\n\t" and unicodedata.category(character) in ("Cc", "Cf", "Cs")


def _strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for part in parts for text in _strings(part)]
