"""Bombs: more than anybody's share of processes, threads, memory, disk, descriptors, CPU time.

Each has its own limit in its own source, so that it harms no machine whose jail does not hold.
"""

from __future__ import annotations

from tests.attacks.attack import Attack, protocol, server

ALL = ("strong", "medium", "plain")
SPINS = "from tricks import spin\nspin()\n"
CPU = ("create_msg does not return",)

ATTACKS = [
    Attack(
        name="forks_a_crowd",
        gains="Processes without end keep the machine from everything else.",
        files=server(
            "for number in range(600):\n"
            "    if os.fork() == 0: time.sleep(30); os._exit(0)\n"
            "time.sleep(30)\n"
        ),
        check="server_answers",
        told=("chat_server.py was stopped, because it had started more than 400 processes.",),
        as_user=True,
        contained=True,
    ),
    Attack(
        name="starts_a_crowd_of_threads",
        gains="Threads without end keep the machine from everything else.",
        files=server(
            "import threading\n"
            "for number in range(4000): threading.Thread(target=time.sleep, args=[30]).start()\n"
            "print(@PROOF@)\n"
        ),
        check="server_answers",
        told=("can't start new thread",),
        tiers=("strong",),
    ),
    Attack(
        name="fills_the_memory",
        gains="Memory without end makes the system kill other programs, or the grader.",
        files=server(
            "kept = []\n"
            "for number in range(700): kept.append(bytearray(os.urandom(1)) * 1024**2)\n"
            "time.sleep(5)\n"
        ),
        check="server_answers",
        told=("chat_server.py was stopped, because it used more than 512 MiB of memory.",),
        tiers=ALL,
        as_user=True,
    ),
    Attack(
        name="fills_the_memory_with_many",
        gains="Each process stays below the limit, and all of them together do not.",
        files=server(
            "for number in range(8):\n"
            "    if os.fork() == 0: kept = b'x' * (90 * 1024**2); time.sleep(20); os._exit(0)\n"
            "time.sleep(20)\n"
        ),
        check="server_answers",
        told=("chat_server.py was stopped, because it used more than 512 MiB of memory.",),
        patience=6,
    ),
    Attack(
        name="fills_the_memory_of_the_worker",
        gains="The process that calls functions is not looked after like a program.",
        files=protocol(
            "import time\n"
            "def create_msg(text): kept = b'x' * (700 * 1024**2); time.sleep(5); return kept\n"
        ),
        check="message_is_framed",
        told=("the program was stopped, because it used more than 512 MiB of memory",),
        patience=6,
    ),
    Attack(
        name="reserves_addresses",
        gains="Addresses without end are memory without end, later on.",
        files=server("import mmap\nmmap.mmap(-1, 5 * 1024**3)\nprint(@PROOF@)\n"),
        check="server_answers",
        told=("Cannot allocate memory",),
    ),
    Attack(
        name="writes_a_huge_file",
        gains="A disk that is full stops everybody's work.",
        files=server(
            "with open('big', 'wb') as file:\n"
            "    for number in range(80): file.write(bytes(1024**2))\n"
            "print(@PROOF@)\n"
        ),
        check="server_answers",
        told=("OSError: [Errno",),
        tiers=ALL,
    ),
    Attack(
        name="writes_two_large_files",
        gains="The limit is one of each file, and a program may write many.",
        files=server(
            "for number in range(2):\n"
            "    with open(f'big-{number}', 'wb') as file:\n"
            "        for part in range(50): file.write(bytes(1024**2))\n"
            "print(@PROOF@)\n"
        ),
        check="server_answers",
        told=("No space left on device",),
        tiers=ALL,
        gets_through=("medium", "plain"),
    ),
    Attack(
        name="writes_very_many_files",
        gains="A file system without a free inode stops everybody's work.",
        files=server(
            "for number in range(11000): open(f'file-{number}', 'w').close()\nprint(@PROOF@)\n"
        ),
        check="server_answers",
        told=("No space left on device",),
        tiers=ALL,
        gets_through=("medium", "plain"),
    ),
    Attack(
        name="opens_very_many_descriptors",
        gains="Descriptors without end use up the system's table of open files.",
        files=server(
            "kept = [os.open('/dev/null', 0) for number in range(5000)]\nprint(@PROOF@)\n"
        ),
        check="server_answers",
        told=("Too many open files",),
        tiers=ALL,
    ),
    Attack(
        name="spins",
        gains="A loop without an end keeps a processor, and the grader, busy for ever.",
        files=protocol(SPINS + "def create_msg(text):\n    while True: pass\n"),
        check="message_is_framed",
        told=CPU,
    ),
    Attack(
        name="spins_in_a_server",
        gains="The same where it is a program of its own.",
        files=server("spin()\nlistener = socket.create_server(('127.0.0.1', 5555))\nwhile 1: pass"),
        check="server_answers",
        told=("chat_server.py was stopped, because it used more than 8 s of CPU time.",),
    ),
    Attack(
        name="searches_for_ever",
        gains="A regular expression that tries every way never returns to Python.",
        files=protocol(
            SPINS + "import re\ndef create_msg(text): return re.match('(a+)+$', 'a' * 60 + 'b')\n"
        ),
        check="message_is_framed",
        told=CPU,
        tiers=("strong",),
    ),
    Attack(
        name="multiplies_for_ever",
        gains="One operation on huge integers never returns to Python.",
        files=protocol(SPINS + "def create_msg(text): return 7 ** 10 ** 9\n"),
        check="message_is_framed",
        told=CPU,
        tiers=("strong",),
    ),
    Attack(
        name="recurses_for_ever",
        gains="A stack without an end crashes the interpreter, and who shares it.",
        files=protocol(
            "import sys\nsys.setrecursionlimit(10**9)\n"
            "def create_msg(text): return [*map(create_msg, [text])]\n"
        ),
        check="message_is_framed",
        told=("ended the whole program",),
        tiers=("strong",),
    ),
]
