"""The jail of one grading run: a submission goes in, its programs can be started and stopped."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import psutil

from grader import exercise
from grader.jail import bubblewrap, tiers
from grader.jail.launch import Confinement, FreshLauncher, Job, Launched, Launcher, Stdio
from grader.jail.network import NoPort, PortLease, enter_private_network, send_buffer
from grader.jail.submission import Submission
from grader.jail.tiers import Tier, Unavailable
from grader.jail.watch import Watch

FORCE_FRESH = "PYNETLAB_FRESH_LAUNCHER"  # set: do without fork even where there is one
WITHOUT_WITNESS = "PYNETLAB_WITHOUT_WITNESS"  # set: nothing is told from inside the programs
DESCRIPTORS = 1024  # open files of a student's process: the usual limit
FEW_DESCRIPTORS = 256  # for a server that is to run out of them
MANY_DESCRIPTORS = 2048  # for a server that is to meet more sockets than select can watch


@dataclass
class Place:
    """A fresh copy of the submission, and the port on which its server can be reached."""

    folder: Path  # as the submission's programs see it
    scratch: Path  # their home, and where their temporary files go
    port: int
    lease: PortLease | None


class Jail:
    """Holds what one grading run needs to start the submission's programs. Close it at the end."""

    def __init__(self, submission: Submission, tier: str = "") -> None:
        """Make the jail, of one tier or of the strongest. Raises Unavailable."""
        self.submission = submission
        _allow_many_descriptors()
        own_network = enter_private_network()
        self.send_buffer = send_buffer()  # bytes; see network.py
        self._own_network = own_network
        self._scratch = Path(tempfile.mkdtemp(prefix="pynetlab-")).resolve()
        self._scratch.chmod(0o711)  # another user may have to reach a folder in it
        self._numbers = count(1)
        self._tier: Tier | None = None
        self._launcher: Launcher
        try:
            if not hasattr(os, "fork") or os.environ.get(FORCE_FRESH):
                if tier not in ("", "plain"):
                    raise Unavailable("it needs a system that can fork")
                self._launcher = FreshLauncher(self._scratch)
            else:
                self._tier = self._choose(tier)
                self._launcher = self._tier.launcher
        except BaseException:
            shutil.rmtree(self._scratch, ignore_errors=True)
            raise
        self._watch = Watch(self._kin)
        network = "own network" if own_network else "own ports"
        self.sandbox = f"{self._tier.name if self._tier else 'plain'}, {network}"

    def _choose(self, tier: str) -> Tier:
        original = self._scratch / "submission"
        original.mkdir(mode=0o755)
        self.submission.write_to(original)
        if tier:
            return tiers.start(tier, self._scratch, original, self._own_network)
        return tiers.start_strongest(self._scratch, original, self._own_network)

    def _kin(self, launched: Launched) -> list[psutil.Process]:
        """Return all processes of a job that can be told to be its own."""
        confinement = self._tier.confinement if self._tier else Confinement()
        if confinement.uid is not None and not confinement.namespaces:
            everybody = psutil.process_iter(["uids"])
            return [
                p for p in everybody if p.info["uids"] and p.info["uids"].real == confinement.uid
            ]
        try:
            first = psutil.Process(launched.pid)
            if confinement.namespaces:  # its orphans belong to an init beside it
                launcher = first.parent()
                return launcher.children(recursive=True) if launcher else []
            return [first, *first.children(recursive=True)]
        except psutil.Error:
            return []

    @contextlib.contextmanager
    def place(self, *, lingers: bool = False) -> Iterator[Place]:
        """Make a fresh copy of the submission, with a port of its own; gone at the end.

        `lingers` says that connections will outlast the server and hold its port for a minute;
        then no other server may be in need of that port.
        """
        lease = self._lease() if lingers or not self._own_network else None
        port = lease.port if lease else exercise.PORT
        try:
            with self._copy() as (folder, scratch):
                yield Place(folder, scratch, port, lease)
        finally:
            if lease:
                lease.release()

    def _lease(self) -> PortLease:
        try:
            return PortLease()
        except OSError:
            if not self._own_network:
                raise
            raise NoPort("Your programs have left connections on every port.") from None

    @contextlib.contextmanager
    def _copy(self) -> Iterator[tuple[Path, Path]]:
        confinement = self._tier.confinement if self._tier else Confinement()
        if confinement.namespaces:  # each job makes its own, which nobody else can see
            yield bubblewrap.FOLDER, bubblewrap.SCRATCH
            return
        whole = self._scratch / f"run-{next(self._numbers)}"
        folder, scratch = whole / "submission", whole / "scratch"
        try:
            for path in (whole, folder, scratch):
                path.mkdir(mode=0o755)
            self.submission.write_to(folder)
            if confinement.uid is not None:
                for path in (scratch, folder, *folder.rglob("*")):
                    os.chown(path, confinement.uid, confinement.uid)
            yield folder, scratch
        finally:
            shutil.rmtree(whole, ignore_errors=True)

    def start(
        self,
        place: Place,
        program: str,
        descriptors: int = DESCRIPTORS,
        stdio: Stdio | None = None,
        arguments: tuple[str, ...] = (),
    ) -> Launched:
        """Start a file of the submission; "" starts the worker for chat_protocol's functions."""
        redirected = place.port if place.lease else 0
        folder, scratch = str(place.folder), str(place.scratch)
        witnessed = not os.environ.get(WITHOUT_WITNESS)
        job = Job(
            *(folder, scratch, program, exercise.PORT, redirected, descriptors),
            arguments=arguments,
            witnessed=witnessed,
        )
        launched = self._launcher.start(job, stdio)
        self._watch.begins(launched)
        return launched

    def stop(self, launched: Launched) -> int:
        """End a process with all it started; return its status, -9 if it had not ended before."""
        self._watch.ends(launched)
        return self._launcher.stop(launched)

    def close(self) -> None:
        """Stop everything and remove every trace."""
        self._watch.close()
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
