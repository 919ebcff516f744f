"""Starts and stops the processes of a submission, by way of the launcher (inside/launcher.py)."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import signal
import socket
import struct
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from grader.jail.output import Output

INSIDE = Path(__file__).with_name("inside")
START_LIMIT = 30  # seconds until a new interpreter must have said hello
STOP_LIMIT = 5  # seconds until the output of a killed process must have ended


# Where a word stands in a submission, its programs will load the module, each of them anew.
WORTH_LOADING = {
    **{name: name for name in ("asyncio", "dataclasses", "datetime", "logging", "queue")},
    **{name: name for name in ("selectors", "socketserver", "struct", "termios", "unicodedata")},
    **dict.fromkeys(("create_connection", "getaddrinfo"), "encodings.idna"),
}
NOTHING = "-"  # in place of a program: for a job that is to end at once


class LaunchError(Exception):
    """The launcher itself failed: never the submission's fault."""


@dataclass(frozen=True)
class Job:
    """What is to be run."""

    folder: str  # the fresh copy of the submission, as the process will see it
    scratch: str  # its home, and where its temporary files go
    program: str  # a file in it, or "" for the worker that calls chat_protocol's functions
    pinned_port: int
    port: int  # where pinned_port is redirected, or 0
    descriptors: int  # how many the process may have open
    others: int = 0  # processes of the same user that run already
    arguments: tuple[str, ...] = ()  # on its command line
    witnessed: bool = True  # whether calls are noted and questions answered; see witness.py


@dataclass(frozen=True)
class Confinement:
    """How the launcher confines each job. What is not asked for is not done."""

    namespaces: bool = False  # processes, mounts and IPC of its own; the launcher must be able to
    unprivileged: bool = False  # without any capability
    uid: int | None = None  # the user to become, where the launcher is root
    reads_anything: bool = False  # keeps the right to read what landlock allows
    landlock: bool = False
    readable: tuple[str, ...] = ()  # with landlock: paths below which a job may read
    own_network: bool = False  # without it, landlock restricts the ports as well
    seccomp: bool = False
    others: int = 0  # processes of the same user that run already and count against its limit


@dataclass(frozen=True)
class Stdio:
    """What a process gets as standard input and output, in place of nothing and an Output.

    Descriptors of the grader's, which stays their owner. A terminal becomes the controlling one.
    """

    input: int
    output: int


@dataclass
class Launched:
    """A running process of the submission, as the grader holds it."""

    pid: int  # as the grader sees it
    channel: socket.socket  # what the launcher's code in the process reports; help and hints only
    output: Output | None  # None where a Stdio was given: then its owner reads
    number: int = 0  # the launcher's name for it
    limit: str = ""  # the limit that it was stopped for, in words, once the watch did that


class Launcher(Protocol):
    def start(self, job: Job, stdio: Stdio | None) -> Launched: ...
    def stop(self, launched: Launched) -> int:
        """End a process with all it started; return its status, -9 if it had not ended before."""

    def close(self) -> None: ...


def interpreter() -> str:
    # Not the one of .venv: students' programs see the standard library and nothing more.
    return getattr(sys, "_base_executable", None) or sys.executable


def _launcher(inside: Path, *arguments: str) -> list[str]:
    """Return the command that runs the launcher, which finds its own files in `inside`."""
    start = (
        "import sys; sys.path.append(sys.argv[1]); from inside import launcher; "
        "del sys.path[-1]; launcher.main(*sys.argv[2:])"
    )
    return [interpreter(), "-I", "-S", "-c", start, str(inside.parent), *arguments]


def _environment(home: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("SYSTEMROOT", "PATH") if name in os.environ}
    places = dict.fromkeys(("HOME", "USERPROFILE", "TMPDIR", "TEMP", "TMP"), str(home))
    few_arenas = {"MALLOC_ARENA_MAX": "2"}  # threads would reserve 64 MiB of addresses each
    return {**kept, **places, **few_arenas, "LANG": "C.UTF-8", "TERM": "xterm"}


def _modules_of(submission: Path) -> list[str]:
    sources = b"".join(path.read_bytes() for path in submission.rglob("*.py"))
    return sorted({m for word, m in WORTH_LOADING.items() if word.encode() in sources})


class WarmLauncher:
    """One process that forks for each job: a fork takes 1 to 2 ms, a new interpreter 13 to 60."""

    def __init__(
        self,
        home: Path,
        submission: Path,
        confinement: Confinement,
        wrapper: Sequence[str] = (),
        inside: Path = INSIDE,
    ) -> None:
        """Start the launcher, below the command `wrapper`, where its files stand in `inside`.

        It loads once what the programs in the folder `submission` are going to load.

        Raises LaunchError if it does not start or cannot confine a job as it should.
        """
        self._control, theirs = socket.socketpair()
        self._control.settimeout(START_LIMIT)
        settings = json.dumps({**confinement.__dict__, "modules": _modules_of(submission)})
        with theirs:
            command = _launcher(inside, "warm", str(theirs.fileno()), settings)
            self._process = subprocess.Popen(
                [*wrapper, *command],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                start_new_session=True,
                env=_environment(home),
                cwd=home,
            )
        assert self._process.stderr is not None
        self._complaints = Output(self._process.stderr)

    def tries(self, folder: Path) -> None:
        """Start a job that does nothing. Raises LaunchError if it cannot be confined."""
        self.stop(self.start(Job(str(folder), str(folder), NOTHING, 0, 0, 64), None))

    def start(self, job: Job, stdio: Stdio | None) -> Launched:
        channel, theirs = socket.socketpair()
        with contextlib.suppress(AttributeError):  # Linux only
            channel.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        if stdio:
            output = None
            theirs_too = [stdio.input, stdio.output]
        else:
            reader, writer = os.pipe()
            output = Output(os.fdopen(reader, "rb", buffering=0))
            theirs_too = [os.open(os.devnull, os.O_RDONLY), writer]
        try:
            with theirs:
                request = {"do": "start", "job": job.__dict__}
                reply = self._ask(request, [theirs.fileno(), *theirs_too])
        finally:
            if not stdio:
                for descriptor in theirs_too:
                    os.close(descriptor)
        launched = Launched(reply["pid"], channel, output, number=reply["pid"])
        launched.pid = self._pid_of(launched)
        return launched

    def _pid_of(self, launched: Launched) -> int:
        """Wait until the job is confined; return its process number, as this process sees it."""
        channel = launched.channel
        channel.settimeout(START_LIMIT)
        try:
            data, extra, _, _ = channel.recvmsg(1, socket.CMSG_SPACE(12))
        except OSError:
            data = b""
        channel.settimeout(None)
        if data != b"\n":
            complaint = channel.recv(1000).decode(errors="replace") if data else self.complaint()
            self.stop(launched)
            raise LaunchError(f"a job could not be confined ({complaint})")
        for _, kind, content in extra:
            if kind == getattr(socket, "SCM_CREDENTIALS", None):
                channel.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 0)
                return int(struct.unpack("iii", content[:12])[0])
        return launched.pid

    def complaint(self) -> str:
        """Return the last line that the launcher has printed: why it failed."""
        return (self._complaints.text().strip().splitlines() or [""])[-1]

    def stop(self, launched: Launched) -> int:
        status: int = self._ask({"do": "stop", "pid": launched.number}, [])["status"]
        if launched.output:
            launched.output.finish(STOP_LIMIT)
        launched.channel.close()
        return status

    def _ask(self, request: dict[str, Any], descriptors: list[int]) -> dict[str, Any]:
        try:
            socket.send_fds(self._control, [json.dumps(request).encode()], descriptors)
            reply: dict[str, Any] = json.loads(self._control.recv(65536))
        except (OSError, ValueError) as error:
            self._process.kill()
            self._complaints.finish(STOP_LIMIT)
            raise LaunchError(
                f"the launcher does not answer ({error}). {self.complaint()}"
            ) from None
        return reply

    def close(self) -> None:
        self._control.close()  # the launcher sees the end of it, stops what still runs, and ends
        try:
            self._process.wait(STOP_LIMIT)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._complaints.finish(STOP_LIMIT)


class FreshLauncher:
    """A new interpreter for each job, where there is no fork (Windows)."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(START_LIMIT)
        self._processes: dict[int, subprocess.Popen[bytes]] = {}

    def start(self, job: Job, stdio: Stdio | None) -> Launched:
        key = secrets.token_hex()
        port = self._listener.getsockname()[1]
        process = subprocess.Popen(
            _launcher(INSIDE, "fresh", str(port), key),
            stdin=stdio.input if stdio else subprocess.DEVNULL,
            stdout=stdio.output if stdio else subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env=_environment(self._home),
            cwd=self._home,
        )
        self._processes[process.pid] = process
        output = Output(process.stdout) if process.stdout else None
        while True:
            try:
                channel, _ = self._listener.accept()
            except OSError as error:
                raise LaunchError(f"a new process did not report ({error})") from None
            channel.settimeout(START_LIMIT)
            with contextlib.suppress(OSError), channel.makefile("rb", buffering=0) as lines:
                if lines.readline(200) == key.encode() + b"\n":
                    break
            channel.close()  # somebody else knocked
        channel.settimeout(None)
        channel.sendall(json.dumps(job.__dict__).encode() + b"\n")
        return Launched(process.pid, channel, output)

    def stop(self, launched: Launched) -> int:
        process = self._processes.pop(launched.pid)
        if os.name == "nt":
            process.kill()
        else:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
        status = process.wait()
        if launched.output:
            launched.output.finish(STOP_LIMIT)
        launched.channel.close()
        return status

    def close(self) -> None:
        for process in self._processes.values():
            process.kill()
            process.wait()
        self._listener.close()
