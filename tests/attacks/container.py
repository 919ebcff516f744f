"""Becomes another program as root in a container would run it: no namespaces, few capabilities.

    python container.py PROGRAM ARGUMENT ...

What is left is what Docker leaves by default. Source: Docker's documentation, "Runtime privilege
and Linux capabilities", and its default seccomp profile.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys

# CHOWN, DAC_OVERRIDE, FOWNER, FSETID, KILL, SETGID, SETUID, SETPCAP, NET_BIND_SERVICE, NET_RAW,
# SYS_CHROOT, MKNOD, AUDIT_WRITE, SETFCAP: their numbers in linux/capability.h
KEPT = (0, 1, 3, 4, 5, 6, 7, 8, 10, 13, 18, 27, 29, 31)
LAST = 40
PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP = 24, 38, 22
# x86_64: unshare, setns, mount, umount2, pivot_root, ptrace, bpf, perf_event_open
REFUSED = (272, 308, 165, 166, 155, 101, 321, 298)
CLONE, CLONE3, NAMESPACES = 56, 435, 0x7E020000  # the last: all flags of clone that make one
LOAD, EQUALS, ANY_BIT, RETURN = 0x20, 0x15, 0x45, 0x06
ALLOW, EPERM, ENOSYS = 0x7FFF0000, 0x00050001, 0x00050026


def instruction(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("HBBI", code, if_true, if_false, value)


def main() -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    for capability in set(range(LAST + 1)) - set(KEPT):
        libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)
    mask = sum(1 << capability for capability in KEPT)
    low, high = mask & 0xFFFFFFFF, mask >> 32
    header = struct.pack("Ii", 0x20080522, 0)  # _LINUX_CAPABILITY_VERSION_3, this process
    assert libc.capset(header, struct.pack("6I", low, low, 0, high, high, 0)) == 0
    program = [instruction(LOAD, 0)]
    for number in REFUSED:
        program += [instruction(EQUALS, number, 0, 1), instruction(RETURN, EPERM)]
    program += [instruction(EQUALS, CLONE3, 0, 1), instruction(RETURN, ENOSYS)]
    program += [instruction(EQUALS, CLONE, 0, 3), instruction(LOAD, 16)]
    program += [instruction(ANY_BIT, NAMESPACES, 0, 1), instruction(RETURN, EPERM)]
    program += [instruction(RETURN, ALLOW)]
    code = ctypes.create_string_buffer(b"".join(program))
    filters = struct.pack("HxxxxxxP", len(program), ctypes.addressof(code))
    assert libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
    assert libc.prctl(PR_SET_SECCOMP, 2, ctypes.c_char_p(filters), 0, 0) == 0
    os.execv(sys.argv[1], sys.argv[1:])


if __name__ == "__main__":
    main()
