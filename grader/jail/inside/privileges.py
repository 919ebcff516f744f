"""Gives up whatever a student's program does not need: another user, capabilities, system calls.

Source: capabilities(7), seccomp(2), and seccomp_filter.rst in the kernel's documentation.
"""

from __future__ import annotations

import ctypes
import functools
import os
import struct

from . import system

CAP_DAC_READ_SEARCH = 2  # read any file, whatever its permissions
LAST_CAPABILITY = 63

# System calls that no chat program makes, with their numbers on each machine: those that reach
# into other processes, into the file system's layout, into the kernel.
_X86_64 = {
    "ptrace": 101, "pivot_root": 155, "chroot": 161, "mount": 165, "umount2": 166,
    "swapon": 167, "swapoff": 168, "reboot": 169, "init_module": 175, "delete_module": 176,
    "kexec_load": 246, "add_key": 248, "request_key": 249, "keyctl": 250, "unshare": 272,
    "perf_event_open": 298, "name_to_handle_at": 303, "open_by_handle_at": 304, "setns": 308,
    "process_vm_readv": 310, "process_vm_writev": 311, "finit_module": 313,
    "kexec_file_load": 320, "bpf": 321, "userfaultfd": 323, "io_uring_setup": 425,
    "open_tree": 428, "move_mount": 429, "fsopen": 430, "fsmount": 432, "pidfd_getfd": 438,
    "mount_setattr": 442,
    # What they make outlives the process, and the next check would find it:
    "shmget": 29, "semget": 64, "msgget": 68, "mq_open": 240,
    # With these a process can slow others of its user down:
    "setpriority": 141, "sched_setparam": 142, "sched_setscheduler": 144,
    "sched_setaffinity": 203, "ioprio_set": 251, "sched_setattr": 314,
}  # fmt: skip
_AARCH64 = {
    "ptrace": 117, "pivot_root": 41, "chroot": 51, "mount": 40, "umount2": 39,
    "swapon": 224, "swapoff": 225, "reboot": 142, "init_module": 105, "delete_module": 106,
    "kexec_load": 104, "add_key": 217, "request_key": 218, "keyctl": 219, "unshare": 97,
    "perf_event_open": 241, "name_to_handle_at": 264, "open_by_handle_at": 265, "setns": 268,
    "process_vm_readv": 270, "process_vm_writev": 271, "finit_module": 273,
    "kexec_file_load": 294, "bpf": 280, "userfaultfd": 282, "io_uring_setup": 425,
    "open_tree": 428, "move_mount": 429, "fsopen": 430, "fsmount": 432, "pidfd_getfd": 438,
    "mount_setattr": 442,
    "shmget": 194, "semget": 190, "msgget": 186, "mq_open": 180,
    "setpriority": 140, "sched_setparam": 118, "sched_setscheduler": 119,
    "sched_setaffinity": 122, "ioprio_set": 30, "sched_setattr": 274,
}  # fmt: skip
# machine: (audit architecture, denied calls, number of clone, of clone3, of prlimit64)
_MACHINES = {
    "x86_64": (0xC000003E, _X86_64, 56, 435, 302),
    "aarch64": (0xC00000B7, _AARCH64, 220, 435, 261),
}
NAMESPACE_FLAGS = 0x7E020000  # of clone: CLONE_NEWNS and all others that make a namespace

# Instructions of the filter: linux/bpf_common.h, linux/seccomp.h
_LOAD, _EQUALS, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000  # the low half of a refusal is the error number
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16  # offsets in struct seccomp_data, in bytes
_EPERM, _ENOSYS = 1, 38


def has(capability: int) -> bool:
    """Tell whether this process has a capability in force (Linux)."""
    with open("/proc/self/status") as status:
        lines = [line.split() for line in status if line.startswith("CapEff:")]
    return bool(int(lines[0][1], 16) >> capability & 1)


def bound(*, reads_anything: bool = False) -> None:
    """Let no program that is started from here have a capability, whoever starts it.

    This process keeps what it has, and so do its forks: see become. Forks inherit the bound.
    """
    for capability in range(LAST_CAPABILITY + 1):
        if capability != CAP_DAC_READ_SEARCH or not reads_anything:
            try:
                system.prctl(system.PR_CAPBSET_DROP, capability)
            except OSError:  # there are no more of them, or it may not be done and need not be
                break


def become(uid: int, *, reads_anything: bool = False) -> None:
    """Become another user, and give up every capability for ever.

    With `reads_anything` one is kept, to read files whatever their permissions: only for use with
    something that says which files those are (see landlock.py).
    """
    kept = [CAP_DAC_READ_SEARCH] if reads_anything else []
    if kept:
        system.prctl(8, 1)  # PR_SET_KEEPCAPS: across the change of user
    system.prctl(system.PR_CAP_AMBIENT, system.PR_CAP_AMBIENT_CLEAR_ALL)
    if uid != os.getuid():
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    _set_capabilities(sum(1 << capability for capability in kept))
    for capability in kept:
        system.prctl(system.PR_CAP_AMBIENT, system.PR_CAP_AMBIENT_RAISE, capability)
    system.prctl(system.PR_SET_NO_NEW_PRIVS, 1)
    system.prctl(system.PR_SET_DUMPABLE, 1)  # or its own files in /proc would not be its own


def _set_capabilities(mask: int) -> None:
    header = struct.pack("Ii", 0x20080522, 0)  # _LINUX_CAPABILITY_VERSION_3, this process
    low, high = mask & 0xFFFFFFFF, mask >> 32
    sets = struct.pack("6I", low, low, low, high, high, high)  # effective, permitted, inheritable
    system.call("capset", header, sets)


def knows_machine() -> bool:
    return system.is_linux and os.uname().machine in _MACHINES


def refuse_system_calls() -> None:
    """Make the calls that no chat program needs fail, for this process and all it starts.

    Raises OSError where the kernel has no seccomp, KeyError on a machine that is not known.
    """
    instructions = filter_for(os.uname().machine)
    code = ctypes.create_string_buffer(instructions, len(instructions))
    program = struct.pack("HxxxxxxP", len(instructions) // 8, ctypes.addressof(code))
    system.prctl(system.PR_SET_NO_NEW_PRIVS, 1)
    pointer = ctypes.create_string_buffer(program, len(program))
    system.prctl(system.PR_SET_SECCOMP, 2, ctypes.addressof(pointer))


@functools.cache
def filter_for(machine: str) -> bytes:
    """Return the program: refuse other architectures and the listed calls, allow the rest."""
    architecture, denied, clone, clone3, prlimit = _MACHINES[machine]

    def instruction(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
        return struct.pack("HBBI", code, if_true, if_false, value)

    numbers = sorted(denied.values())
    refuse = instruction(_RETURN, _REFUSE | _EPERM)
    program = [
        instruction(_LOAD, _ARCHITECTURE),
        instruction(_EQUALS, architecture, 1, 0),
        refuse,
        instruction(_LOAD, _NUMBER),
        instruction(_AT_LEAST, 0x40000000, 0, 1),  # the x32 variant of x86_64
        refuse,
        # Its flags lie in memory, which a filter cannot read; the C library then uses clone.
        instruction(_EQUALS, clone3, 0, 1),
        instruction(_RETURN, _REFUSE | _ENOSYS),
    ]
    for number in numbers:
        program += [instruction(_EQUALS, number, 0, 1), refuse]
    # Its own limits a process may lower; those of another one of its user would end that one.
    program += [
        instruction(_EQUALS, prlimit, 0, 3),
        instruction(_LOAD, _FIRST_ARGUMENT),
        instruction(_EQUALS, 0, 1, 0),
        refuse,
        instruction(_LOAD, _NUMBER),
    ]
    program += [
        instruction(_EQUALS, clone, 0, 3),
        instruction(_LOAD, _FIRST_ARGUMENT),
        instruction(_ANY_BIT, NAMESPACE_FLAGS, 0, 1),
        refuse,
        instruction(_RETURN, _ALLOW),
    ]
    return b"".join(program)
