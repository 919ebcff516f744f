"""The three tiers of isolation, from the strongest: what is in force is what was seen to work.

strong   bubblewrap and namespaces: a job sees its own files, processes and network, nothing else
medium   another user, or Landlock: a job sees the machine, and may touch next to nothing of it
plain    a scratch folder, limits, and a process group that is killed: not isolated
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.jail import bubblewrap
from grader.jail.inside import landlock, privileges
from grader.jail.launch import INSIDE, Confinement, LaunchError, WarmLauncher, interpreter

TIERS = ("strong", "medium", "plain")
# User numbers that no account has: so many that each process can have its own, and, where a
# container knows no large numbers, few. Source: systemd's "Users, Groups, UIDs and GIDs".
FIRST_STRANGER = 1_900_000_000
FEW_STRANGERS = range(61184, 65520)
# Beside the interpreter and the libraries, what programs read in passing. No home, no /tmp.
OFTEN_READ = ("/etc/ld.so.cache", "/etc/localtime", "/etc/hosts", "/etc/nsswitch.conf",
              "/etc/services", "/etc/protocols", "/etc/resolv.conf", "/etc/host.conf",
              "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")  # fmt: skip


class Unavailable(Exception):
    """The tier cannot be had on this machine; the text says in one line what is missing."""


@dataclass(frozen=True)
class Tier:
    """A tier that works here, and the launcher that runs jobs in it."""

    name: str
    launcher: WarmLauncher
    confinement: Confinement


def start_strongest(scratch: Path, submission: Path, own_network: bool) -> Tier:
    """Start the launcher in the strongest tier that works here."""
    for name in TIERS[:-1]:
        try:
            return start(name, scratch, submission, own_network)
        except Unavailable:
            continue
    return start(TIERS[-1], scratch, submission, own_network)


def start(name: str, scratch: Path, submission: Path, own_network: bool) -> Tier:
    """Start the launcher in one tier. Raises Unavailable if that does not work here."""
    if name == "plain":
        confinement = Confinement(own_network=own_network, others=_others(None))
        return Tier(name, WarmLauncher(scratch, submission, confinement), confinement)
    if sys.platform != "linux":
        raise Unavailable(f"tier {name} needs Linux")
    if name == "medium":
        confinement = _medium(own_network)
        return _tried(
            Tier(name, WarmLauncher(scratch, submission, confinement), confinement), scratch
        )
    if not bubblewrap.program():
        raise Unavailable("bubblewrap is not installed")
    if not own_network:
        raise Unavailable("the system allows no network namespace")
    confinement = Confinement(
        unprivileged=True,
        namespaces=True,
        uid=_stranger() if os.geteuid() == 0 else None,
        own_network=True,
        seccomp=privileges.knows_machine(),
    )
    wrapper = bubblewrap.command(submission, INSIDE)
    launcher = WarmLauncher(scratch, submission, confinement, wrapper, bubblewrap.LAUNCHER)
    return _tried(Tier(name, launcher, confinement), bubblewrap.FOLDER)


def _medium(own_network: bool) -> Confinement:
    has_landlock = landlock.version() > 0
    uid = _stranger() if os.geteuid() == 0 else None
    if uid is None and not has_landlock:
        raise Unavailable("the kernel offers no Landlock, and the grader is not root")
    needs_right = uid is not None and not _is_public(Path(interpreter()))
    if needs_right and not has_landlock:
        raise Unavailable(
            "other users cannot read this Python, and the kernel offers no Landlock: "
            "use a Python outside of a home folder"
        )
    if needs_right and not privileges.has(privileges.CAP_DAC_READ_SEARCH):
        uid, needs_right = None, False  # then root without a capability, whom Landlock holds back
    return Confinement(
        unprivileged=True,
        uid=uid,
        reads_anything=needs_right,
        landlock=has_landlock,
        readable=(*bubblewrap.readable_folders(), *OFTEN_READ),
        own_network=own_network,
        seccomp=privileges.knows_machine(),
        others=_others(uid),
    )


def _tried(tier: Tier, folder: Path) -> Tier:
    """Return the tier if a job could be confined in it."""
    try:
        tier.launcher.tries(folder)
    except LaunchError as error:
        tier.launcher.close()
        raise Unavailable(f"it was tried and failed: {error}") from None
    return tier


def _stranger() -> int:
    """Return the number of a user that no process belongs to, nor will to one of another grader."""
    own = FIRST_STRANGER + os.getpid()
    maps = [line.split() for line in Path("/proc/self/uid_map").read_text().splitlines()]
    if any(int(first) <= own < int(first) + int(count) for first, _, count in maps):
        return own
    taken = {user for user, _ in _processes()}
    start = os.getpid() % len(FEW_STRANGERS)
    candidates: list[int] = [*FEW_STRANGERS[start:], *FEW_STRANGERS[:start]]
    return next(uid for uid in candidates if uid not in taken)


def _others(uid: int | None) -> int:
    """Return how many processes and threads the user has already, who shares a limit with jobs."""
    if uid is not None or sys.platform != "linux":
        return 0 if uid is not None else 1000
    ours = os.geteuid()
    return sum(threads for user, threads in _processes() if user == ours)


def _processes() -> Iterator[tuple[int, int]]:
    """Yield the user and the number of threads of each process on the machine."""
    for path in Path("/proc").iterdir():
        if path.name.isdigit():
            with contextlib.suppress(OSError):  # it has just ended
                yield path.stat().st_uid, len(list((path / "task").iterdir()))


def _is_public(path: Path) -> bool:
    """Tell whether every user may reach and read a file, and the standard library with it."""
    places = [path.resolve(), Path(os.__file__).resolve()]
    folders = {folder for place in places for folder in place.parents}
    readable = all(place.stat().st_mode & 0o004 for place in places)
    return readable and all(folder.stat().st_mode & 0o001 for folder in folders)
