"""Starts and stops the processes of a submission, by way of launcher.py."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from grader.jail.output import Output

LAUNCHER = Path(__file__).with_name("launcher.py")
START_LIMIT = 30  # seconds until a new interpreter must have said hello
STOP_LIMIT = 5  # seconds until the output of a killed process must have ended


class LaunchError(Exception):
    """The launcher itself failed: never the submission's fault."""


@dataclass(frozen=True)
class Job:
    """What is to be run."""

    folder: str  # the fresh copy of the submission
    program: str  # a file in it, or "" for the worker that calls chat_protocol's functions
    pinned_port: int
    port: int  # where pinned_port is redirected, or 0
    descriptors: int  # how many the process may have open


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

    pid: int
    channel: socket.socket  # what the launcher's code in the process reports; help and hints only
    output: Output | None  # None where a Stdio was given: then its owner reads


class Launcher(Protocol):
    def start(self, job: Job, stdio: Stdio | None) -> Launched: ...
    def stop(self, launched: Launched) -> int:
        """End a process with all it started; return its status, -9 if it had not ended before."""

    def close(self) -> None: ...


def _interpreter() -> list[str]:
    # Not the one of .venv: students' programs see the standard library and nothing more.
    return [getattr(sys, "_base_executable", None) or sys.executable, "-I", "-S", str(LAUNCHER)]


def _environment(home: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("SYSTEMROOT", "PATH") if name in os.environ}
    places = dict.fromkeys(("HOME", "USERPROFILE", "TMPDIR", "TEMP", "TMP"), str(home))
    return {**kept, **places, "LANG": "C.UTF-8", "TERM": "xterm"}


class WarmLauncher:
    """One process that forks for each job: a fork takes 1 to 2 ms, a new interpreter 13 to 60."""

    def __init__(self, home: Path) -> None:
        self._control, theirs = socket.socketpair()
        self._control.settimeout(START_LIMIT)
        with theirs:
            self._process = subprocess.Popen(
                [*_interpreter(), "warm", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                env=_environment(home),
                cwd=home,
            )

    def start(self, job: Job, stdio: Stdio | None) -> Launched:
        channel, theirs = socket.socketpair()
        if stdio:
            output = None
            theirs_too = [stdio.input, stdio.output]
        else:
            reader, writer = os.pipe()
            output = Output(os.fdopen(reader, "rb", buffering=0))
            theirs_too = [os.open(os.devnull, os.O_RDONLY), writer]
        with theirs:
            request = {"do": "start", "job": job.__dict__}
            reply = self._ask(request, [theirs.fileno(), *theirs_too])
        if not stdio:
            for descriptor in theirs_too:
                os.close(descriptor)
        return Launched(reply["pid"], channel, output)

    def stop(self, launched: Launched) -> int:
        status: int = self._ask({"do": "stop", "pid": launched.pid}, [])["status"]
        if launched.output:
            launched.output.finish(STOP_LIMIT)
        launched.channel.close()
        return status

    def _ask(self, request: dict[str, Any], descriptors: list[int]) -> dict[str, Any]:
        try:
            socket.send_fds(self._control, [json.dumps(request).encode()], descriptors)
            reply: dict[str, Any] = json.loads(self._control.recv(65536))
        except (OSError, ValueError) as error:
            raise LaunchError(f"the launcher does not answer ({error})") from None
        return reply

    def close(self) -> None:
        self._control.close()  # the launcher sees the end of it, stops what still runs, and ends
        try:
            self._process.wait(STOP_LIMIT)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


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
            [*_interpreter(), "fresh", str(port), key],
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
