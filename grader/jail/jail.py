"""The jail of one grading run: a submission goes in, its programs can be started and stopped.

This tier is called plain: a scratch folder, a clean environment, a session and limits of its own,
and where Linux allows it a network of its own. It keeps honest programs from harming each other
and the machine. It does not stop a program that means harm.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from grader import exercise
from grader.jail.launch import FreshLauncher, Job, Launched, Launcher, Stdio, WarmLauncher
from grader.jail.network import PortLease, enter_private_network, send_buffer
from grader.jail.submission import Submission

FORCE_FRESH = "PYNETLAB_FRESH_LAUNCHER"  # set: do without fork even where there is one
DESCRIPTORS = 1024  # open files of a student's process: the usual limit
FEW_DESCRIPTORS = 256  # for a server that is to run out of them
MANY_DESCRIPTORS = 2048  # for a server that is to meet more sockets than select can watch


@dataclass
class Place:
    """A fresh copy of the submission, and the port on which its server can be reached."""

    folder: Path
    port: int
    lease: PortLease | None


class Jail:
    """Holds what one grading run needs to start the submission's programs. Close it at the end."""

    def __init__(self, submission: Submission) -> None:
        self.submission = submission
        _allow_many_descriptors()
        self.has_own_network = enter_private_network()
        self.sandbox = f"plain, {'own network' if self.has_own_network else 'own ports'}"
        self.send_buffer = send_buffer()  # bytes; see network.py
        self._scratch = Path(tempfile.mkdtemp(prefix="pynetlab-")).resolve()
        self._numbers = count(1)
        fresh = not hasattr(os, "fork") or bool(os.environ.get(FORCE_FRESH))
        self._launcher: Launcher = (
            FreshLauncher(self._scratch) if fresh else WarmLauncher(self._scratch)
        )

    @contextlib.contextmanager
    def place(self, *, lingers: bool = False) -> Iterator[Place]:
        """Make a fresh copy of the submission, with a port of its own; gone at the end.

        `lingers` says that connections will outlast the server and hold its port for a minute;
        then no other server may be in need of that port.
        """
        folder = self._scratch / f"run-{next(self._numbers)}"
        folder.mkdir()
        lease = PortLease() if lingers or not self.has_own_network else None
        try:
            self.submission.write_to(folder)
            yield Place(folder, lease.port if lease else exercise.PORT, lease)
        finally:
            if lease:
                lease.release()
            shutil.rmtree(folder, ignore_errors=True)

    def start(
        self,
        place: Place,
        program: str,
        descriptors: int = DESCRIPTORS,
        stdio: Stdio | None = None,
    ) -> Launched:
        """Start a file of the submission; "" starts the worker for chat_protocol's functions."""
        redirected = place.port if place.lease else 0
        job = Job(str(place.folder), program, exercise.PORT, redirected, descriptors)
        return self._launcher.start(job, stdio)

    def stop(self, launched: Launched) -> int:
        """End a process with all it started; return its status, -9 if it had not ended before."""
        return self._launcher.stop(launched)

    def close(self) -> None:
        """Stop everything and remove every trace."""
        self._launcher.close()
        shutil.rmtree(self._scratch, ignore_errors=True)


def _allow_many_descriptors() -> None:
    """Let the grader hold a socket for each of the clients that it plays."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    wanted = 2 * MANY_DESCRIPTORS
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
