"""Tier strong: each job in namespaces of its own, made by a launcher that may do so.

The first process of such a namespace is not the student's but an `init` of ours: when it is killed,
the kernel kills everything in the namespace, whatever it forked and whichever session it moved to.
Source: pid_namespaces(7), mount_namespaces(7).
"""

from __future__ import annotations

import os
import signal

from . import system

SUBMISSION = "/submission"  # where bubblewrap shows the files to grade, read-only
FOLDER = "/tmp/submission"  # where a job finds its copy
SCRATCH = "/tmp/scratch"  # its home, and where its temporary files go
SCRATCH_SIZE = 64 * 1024 * 1024  # bytes that a job may write to /tmp
SHARED_MEMORY_SIZE = 16 * 1024 * 1024  # bytes of /dev/shm
MOST_FILES = 10_000  # in either


class Namespaces:
    """Forks jobs, each with an init beside it, and gives them their copy of the submission."""

    def __init__(self) -> None:
        self._ours = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)
        self._inits: dict[int, int] = {}  # job -> its init
        self._files: dict[str, bytes] = {}  # read once: there are many jobs
        for folder, _, names in os.walk(SUBMISSION):
            for name in names:
                path = os.path.join(folder, name)
                with open(path, "rb") as file:
                    self._files[os.path.relpath(path, SUBMISSION)] = file.read()

    def fork(self) -> int:
        """As os.fork(), but into a new namespace. Raises OSError where that is not allowed."""
        system.call("unshare", system.CLONE_NEWPID)  # concerns children, not this process
        init = os.fork()
        if init == 0:
            _be_init()
        job = os.fork()
        if job:
            system.call("setns", self._ours, system.CLONE_NEWPID)
            self._inits[job] = init
        return job

    def end(self, job: int) -> None:
        """Kill whatever is left in the namespace of a job that was waited for."""
        init = self._inits.pop(job)
        os.kill(init, signal.SIGKILL)
        os.waitpid(init, 0)

    def copy_submission(self, uid: int | None) -> None:
        """Give this job its own copy of the files to grade."""
        made = [FOLDER, SCRATCH]
        for folder in made:
            os.mkdir(folder, 0o755)
        for name, content in self._files.items():
            for parent in _parents(name):
                if parent not in made:
                    os.mkdir(parent, 0o755)
                    made.append(parent)
            path = os.path.join(FOLDER, name)
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
            os.write(descriptor, content)
            os.close(descriptor)
            made.append(path)
        if uid is not None:  # at last, because then they are another's
            for path in reversed(made):
                os.chown(path, uid, uid)


def _be_init() -> None:
    """Be the first process of a namespace, which adopts orphans, and never return."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # then the kernel buries them
    os.closerange(0, os.sysconf("SC_OPEN_MAX"))
    while True:
        signal.pause()


def _parents(name: str) -> list[str]:
    """Return the folders between FOLDER and a file in it, the outermost first.

    >>> _parents("data/deep/names.txt")
    ['/tmp/submission/data', '/tmp/submission/data/deep']
    """
    parts = name.split(os.sep)[:-1]
    return [os.path.join(FOLDER, *parts[: end + 1]) for end in range(len(parts))]


def enter_mounts() -> None:
    """Give this process a /tmp and a /dev/shm of its own, of fixed size, and a /proc of its own."""
    system.call("unshare", system.CLONE_NEWNS | system.CLONE_NEWIPC)
    flags = system.MS_NOSUID | system.MS_NODEV
    for target, size in (("/tmp", SCRATCH_SIZE), ("/dev/shm", SHARED_MEMORY_SIZE)):
        options = f"size={size},nr_inodes={MOST_FILES},mode=1777"
        system.mount("tmpfs", target, flags, options)
    system.mount("proc", "/proc", flags | system.MS_NOEXEC)
