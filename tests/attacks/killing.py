"""Attacks on other processes: killing, halting, tracing, limiting them."""

from __future__ import annotations

from tests.attacks.attack import Attack, server

ALL = ("strong", "medium", "plain")
# Where the jail does not hold, these would end more than was meant to be attacked.
UNLESS_ROOT = "if os.getuid() == 0: print(@PROOF@, flush=True); os._exit(1)\n"
CALLS = """
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
parent = os.getppid() or 1  # 0: it is in no namespace that one could see
"""

ATTACKS = [
    Attack(
        name="kills_all_that_it_may",
        gains="A grader or launcher that is killed gives no bad score.",
        files=server(UNLESS_ROOT + "import signal\nos.kill(-1, signal.SIGKILL)\n"),
        check="server_answers",
        told=("the attempt was refused",),
        as_user=True,
        contained=True,
    ),
    Attack(
        name="goes_on_killing",
        gains="Whoever comes to kill this process is of the same user, and is killed first.",
        files=server(
            UNLESS_ROOT + "import signal\n"
            "def kills(number):\n"
            "    try: os.kill(-1, number)\n"
            "    except OSError: pass\n"
            "if os.fork() == 0:\n"
            "    os.setsid()\n"
            "    if os.fork() == 0:\n"
            "        until = time.monotonic() + 20\n"
            "        while time.monotonic() < until: kills(signal.SIGKILL)\n"
        ),
        check="server_answers",
        told=("the attempt was refused",),
        patience=2,
        contained=True,
    ),
    Attack(
        name="kills_its_parent",
        gains="Without a launcher no check can be run, and there is no score.",
        files=server(
            "import signal\n"
            "try: os.kill(os.getppid() or 1, signal.SIGKILL)\n"
            "except OSError as error: print(error.strerror)\n"
        ),
        check="server_answers",
        tiers=ALL,
        gets_through=("plain",),
        as_user=True,
    ),
    Attack(
        name="halts_its_parent",
        gains="With a launcher that is halted the grader waits for ever.",
        files=server(
            "import signal\n"
            "for number in (signal.SIGSTOP, signal.SIGTERM, signal.SIGHUP, signal.SIGINT):\n"
            "    try: os.kill(os.getppid() or 1, number)\n"
            "    except OSError as error: print(error.strerror)\n"
        ),
        check="server_answers",
        patience=3,
    ),
    Attack(
        name="traces_its_parent",
        gains="Who traces the launcher, or reads its memory, is the launcher.",
        files=server(
            CALLS
            + "if libc.ptrace(0x4206, parent, None, None) == 0: print(@PROOF@)  # PTRACE_SEIZE\n"
            "for file in ('mem', 'maps', 'environ', 'syscall'):\n"
            "    try:\n"
            "        with open(f'/proc/{parent}/{file}', 'rb') as opened:\n"
            "            if file == 'mem' or opened.read(10): print(@PROOF@, file)\n"
            "    except OSError: pass\n"
            "buffer = ctypes.create_string_buffer(8)\n"
            "part = (ctypes.c_void_p * 2)(ctypes.addressof(buffer), 8)\n"
            "if libc.process_vm_readv(parent, part, 1, part, 1, 0) > 0: print(@PROOF@)\n"
        ),
        check="server_answers",
        tiers=ALL,
        gets_through=("plain",),
        as_user=True,
        contained=True,
    ),
    Attack(
        name="limits_its_parent",
        gains="A launcher without CPU time or descriptors ends, and there is no score.",
        files=server(
            "import resource\n"
            "for which in (resource.RLIMIT_CPU, resource.RLIMIT_NOFILE):\n"
            "    try: resource.prlimit(os.getppid() or 1, which, (0, 0)); print(@PROOF@)\n"
            "    except OSError as error: print(error.strerror)\n"
        ),
        check="server_answers",
        tiers=ALL,
        gets_through=("plain",),
        as_user=True,
    ),
]
