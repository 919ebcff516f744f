"""Tier strong: each job in namespaces of its own, made by a launcher that may do so.

Its first process is not the student's but an `init` of ours: when that one ends, the kernel ends
everything in the namespace, whatever it forked and whichever session it moved to.
Source: pid_namespaces(7), mount_namespaces(7).
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal

from . import system

SUBMISSION = "/submission"  # where bubblewrap shows the files to grade, read-only
FOLDER = "/tmp/submission"  # where a job finds its copy
SCRATCH = "/tmp/scratch"  # its home, and where its temporary files go
SCRATCH_SIZE = 64 * 1024 * 1024  # bytes that a job may write to /tmp
SHARED_MEMORY_SIZE = 16 * 1024 * 1024  # bytes of /dev/shm
MOST_FILES = 10_000  # in either


class PidNamespaces:
    """Forks processes that are the first ones of a process namespace of their own."""

    def __init__(self) -> None:
        self._ours = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)

    def fork(self) -> int:
        """As os.fork(). Raises OSError where it is not allowed."""
        system.call("unshare", system.CLONE_NEWPID)  # concerns children, not this process
        try:
            pid = os.fork()
        finally:
            if os.getpid() != 1:  # not in the new one
                system.call("setns", self._ours, system.CLONE_NEWPID)
        return pid


def be_init(report_status: int) -> None:
    """Fork; return in the child. The parent waits for it, reports its status, and stays.

    When it is told to (SIGTERM), it kills all others first, so that a status is there to report.
    """
    awaited = {signal.SIGTERM, signal.SIGCHLD}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, awaited)
    child = os.fork()
    if child == 0:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        return
    os.closerange(0, report_status)
    os.closerange(report_status + 1, os.sysconf("SC_OPEN_MAX"))
    is_reported = False
    while True:  # its own end would be the end of whatever the job has left behind
        if signal.sigwait(awaited) == signal.SIGTERM:
            with contextlib.suppress(ProcessLookupError):
                os.kill(-1, signal.SIGKILL)
        # Looked at, but left in its place: as long as it is there, nobody else gets its number.
        how = os.WEXITED | os.WNOHANG | os.WNOWAIT
        if not is_reported and (ended := os.waitid(os.P_PID, child, how)):
            by_itself = ended.si_code == os.CLD_EXITED
            os.write(report_status, b"%d" % (ended.si_status if by_itself else -ended.si_status))
            is_reported = True


def enter_mounts() -> None:
    """Give this process a /tmp and a /dev/shm of its own, of fixed size, and a /proc of its own."""
    system.call("unshare", system.CLONE_NEWNS | system.CLONE_NEWIPC)
    flags = system.MS_NOSUID | system.MS_NODEV
    for target, size in (("/tmp", SCRATCH_SIZE), ("/dev/shm", SHARED_MEMORY_SIZE)):
        options = f"size={size},nr_inodes={MOST_FILES},mode=1777"
        system.mount("tmpfs", target, flags, options)
    system.mount("proc", "/proc", flags | system.MS_NOEXEC)


def copy_submission(uid: int | None) -> None:
    """Give the job its own copy of the files to grade."""
    shutil.copytree(SUBMISSION, FOLDER)
    os.mkdir(SCRATCH)
    if uid is not None:
        for folder, _, names in (*os.walk(FOLDER), *os.walk(SCRATCH)):
            for path in (folder, *(os.path.join(folder, name) for name in names)):
                os.chown(path, uid, uid)
