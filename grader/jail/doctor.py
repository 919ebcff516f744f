"""What isolation this machine offers: each layer tried, and how to get what is missing."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.jail import bubblewrap, tiers
from grader.jail.inside import landlock, privileges
from grader.jail.network import can_have_private_network

APPARMOR = Path("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")
PROFILE = (
    "Ubuntu 24.04 forbids it to programs without an AppArmor profile. Either give this Python one "
    "that says `userns,`, or allow it to all until the next start: "
    "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"
)


@dataclass(frozen=True)
class Layer:
    """One layer of isolation, as it was found on this machine."""

    name: str
    works: bool
    found: str  # what was seen, in a few words
    remedy: str = ""  # how to get it where it is missing


def layers() -> Iterator[Layer]:
    """Try each layer on its own."""
    yield _network()
    yield _bubblewrap()
    yield _other_user()
    version = landlock.version()
    yield Layer(
        "Landlock",
        version > 0,
        f"version {version}" if version else "the kernel does not offer it",
        "It needs Linux 5.13 or newer, with Landlock among its security modules (lsm=).",
    )
    known = privileges.knows_machine()
    yield Layer(
        "filter of system calls",
        known,
        "seccomp" if known else "not for this system or processor",
        "It needs Linux on x86_64 or aarch64.",
    )
    yield Layer(
        "limits of each process",
        os.name == "posix",
        "setrlimit" if os.name == "posix" else "this system has none",
        "It needs a POSIX system.",
    )
    yield Layer("limits of all together", True, "memory and processes are watched from outside")
    yield _cgroup()


def tiers_here() -> Iterator[Layer]:
    """Start each tier as a grading would, and confine a job in it."""
    with tempfile.TemporaryDirectory(prefix="pynetlab-") as folder:
        scratch = Path(folder)
        scratch.chmod(0o711)
        original = scratch / "submission"
        original.mkdir(mode=0o755)
        own_network = can_have_private_network()
        for name in tiers.TIERS:
            try:
                tier = tiers.start(name, scratch, original, own_network)
            except tiers.Unavailable as error:
                yield Layer(name, False, str(error))
            else:
                tier.launcher.close()
                yield Layer(name, True, "a job was confined in it")


def _network() -> Layer:
    works = can_have_private_network()
    remedy = PROFILE if APPARMOR.exists() and APPARMOR.read_text().strip() == "1" else ""
    return Layer(
        "network of its own",
        works,
        "a network namespace" if works else "not allowed: each server gets a port of its own",
        remedy or "It needs Linux, and root or user namespaces (sysctl user.max_user_namespaces).",
    )


def _bubblewrap() -> Layer:
    program = bubblewrap.program()
    return Layer(
        "bubblewrap",
        program is not None,
        program or "not installed",
        "sudo apt install bubblewrap, or the package of that name on other systems",
    )


def _other_user() -> Layer:
    is_root = os.name == "posix" and os.geteuid() == 0
    return Layer(
        "another user",
        is_root,
        "programs run as a user that nobody else is" if is_root else "the grader is not root",
        "Only root can change users; tier strong does without.",
    )


def _cgroup() -> Layer:
    # With a watch from outside there is nothing that they would add for a few seconds' run.
    found = "not used: memory and processes are watched instead"
    return Layer("cgroups", False, found, "Nothing needs to be done.")
