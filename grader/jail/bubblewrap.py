"""Tier strong: the file system that the launcher and its jobs see, put together by bubblewrap.

Source: bwrap(1).
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

SUBMISSION = Path("/submission")  # inside: the files to grade, read-only
FOLDER = Path("/tmp/submission")  # inside: where each job finds its own copy of them
SCRATCH = Path("/tmp/scratch")  # inside: its home, and where its temporary files go
LAUNCHER = Path("/launcher/inside")  # inside: the launcher's files

SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/nix/store")
SETTINGS = ("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "localtime", "hosts", "nsswitch.conf")
DEVICES = ("null", "zero", "full", "random", "urandom", "tty")
# What the launcher needs to confine its jobs; they have none of them.
CAPABILITIES = ("SYS_ADMIN", "SETPCAP", "SETUID", "SETGID", "CHOWN", "KILL")


def program() -> str | None:
    """Return the path of bubblewrap, None if it is not installed."""
    return shutil.which("bwrap")


def command(submission: Path, inside: Path) -> list[str]:
    """Return the command below which the launcher runs, with `inside` as its files."""
    bwrap = program()
    assert bwrap is not None
    arguments = [bwrap, "--die-with-parent", "--new-session"]
    arguments += ["--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"]
    if os.geteuid() != 0:
        arguments += ["--unshare-user"]
    arguments += ["--cap-drop", "ALL"]
    for capability in CAPABILITIES if os.geteuid() == 0 else CAPABILITIES[:2]:
        arguments += ["--cap-add", f"CAP_{capability}"]
    for folder in readable_folders():
        arguments += _shown(folder)
    for folder in ("/etc", "/dev"):  # else bubblewrap makes them for root alone
        arguments += ["--perms", "0755", "--dir", folder]
    for name in SETTINGS:
        arguments += ["--ro-bind-try", f"/etc/{name}", f"/etc/{name}"]
    arguments += ["--ro-bind", str(inside), str(LAUNCHER)]
    arguments += ["--ro-bind", str(submission), str(SUBMISSION)]
    # Not --dev: for its sake bubblewrap would put a second user namespace around the launcher,
    # which then could not make process namespaces.
    for device in DEVICES:
        arguments += ["--dev-bind", f"/dev/{device}", f"/dev/{device}"]
    arguments += ["--symlink", "/proc/self/fd", "/dev/fd", "--dir", "/dev/shm"]
    arguments += ["--proc", "/proc", "--tmpfs", "/tmp"]
    return [*arguments, "--remount-ro", "/", "--chdir", "/tmp", "--"]


def readable_folders() -> list[str]:
    """Return where the interpreter, its library and the system's libraries stand."""
    interpreter = Path(getattr(sys, "_base_executable", None) or sys.executable).resolve()
    folders = [*SYSTEM]
    for place in (sys.base_prefix, sys.base_exec_prefix, str(interpreter.parent)):
        if not any(_is_below(place, folder) for folder in folders):
            folders.append(place)
    return [folder for folder in folders if Path(folder).exists()]


def _is_below(place: str, folder: str) -> bool:
    return Path(place).is_relative_to(folder)


def _shown(folder: str) -> list[str]:
    if Path(folder).is_symlink():  # /bin is /usr/bin on many systems
        return ["--symlink", str(Path(folder).readlink()), folder]
    arguments: list[str] = []
    for parent in [*Path(folder).parents][-2::-1]:  # all but the root; else as closed as outside
        arguments += ["--perms", "0755", "--dir", str(parent)]
    return [*arguments, "--ro-bind", folder, folder]
