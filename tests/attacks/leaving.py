"""Attacks that leave something behind: processes that live on, and state for the next check."""

from __future__ import annotations

from tests.attacks.attack import Attack, server

ALL = ("strong", "medium", "plain")


def found_again(leave: str, find: str) -> dict[str, str]:
    """Return a server that passes one check, and leaves there what the next one finds."""
    return server(f"{find}\n{leave}\ngreets(b'ERROR no').recv(1)\n")


ATTACKS = [
    Attack(
        name="lives_on_as_a_daemon",
        gains="A process in a session of its own survives the check, and the whole run.",
        files=server(
            "if os.fork() == 0:\n"
            "    os.setsid()\n"
            "    if os.fork() == 0:\n"
            "        for number in range(3): os.close(number)\n"
            "        os.execvp('sleep', ['@MARK@', '300'])\n"
            "    os._exit(0)\n"
        ),
        check="server_answers",
        tiers=ALL,
        as_user=True,
        contained=True,
    ),
    Attack(
        name="lives_on_by_forking",
        gains="A process that forks and ends, again and again, is never there to be killed.",
        files=server(
            "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
            "if os.fork() == 0:\n"
            "    os.setsid()\n"
            "    for generation in range(3000):\n"
            "        if os.fork(): os._exit(0)\n"
            "    os.execvp('sleep', ['@MARK@', '300'])\n"
        ),
        check="server_answers",
        tiers=ALL,
    ),
    Attack(
        name="waits_for_the_next_check",
        gains="A process that listens on an abstract socket tells the next check what came.",
        files=found_again(
            "other = socket.socket(socket.AF_UNIX)\n"
            "other.bind('\\0@MARK@'); other.listen()\n"
            "if os.fork() == 0:\n"
            "    os.setsid()\n"
            "    while True: other.accept()\n",
            "try:\n"
            "    socket.socket(socket.AF_UNIX).connect('\\0@MARK@')\n"
            "    print(@PROOF@, flush=True); sys.exit(1)\n"
            "except OSError: pass",
        ),
        check="name_is_accepted",
        tiers=ALL,
    ),
    Attack(
        name="leaves_files_for_the_next_check",
        gains="A later check finds how an earlier one went, and the machine's folders fill up.",
        files=found_again(
            "for place in places:\n"
            "    try: open(place + '/@MARK@', 'w').write(@PROOF@)\n"
            "    except OSError: pass",
            "places = ['.', '/tmp', '/var/tmp', '/dev/shm', os.environ['HOME'], '/run']\n"
            "for place in places:\n"
            "    try: print(open(place + '/@MARK@').read(), flush=True); sys.exit(1)\n"
            "    except OSError: pass",
        ),
        check="name_is_accepted",
        tiers=ALL,
        gets_through=("plain",),
        as_user=True,
        contained=True,
    ),
    Attack(
        name="leaves_system_v_memory",
        gains="Shared memory with a number outlives every process, until the machine restarts.",
        files=found_again(
            "libc.shmget(key, 4096, 0o1666)",
            "import ctypes\nlibc = ctypes.CDLL(None)\nkey = sum(b'@MARK@') * 7919 + 5\n"
            "found = libc.shmget(key, 1, 0)\n"
            "if found >= 0: libc.shmctl(found, 0, None); print(@PROOF@, flush=True); sys.exit(1)",
        ),
        check="name_is_accepted",
        tiers=ALL,
        gets_through=("plain",),
        as_user=True,
    ),
    Attack(
        name="leaves_connections_on_the_port",
        gains="A port that an earlier check has left in use keeps the grader from going on.",
        files={
            "chat_protocol.py": "from tricks import *\n"
            "listener = socket.socket(); listener.bind(('127.0.0.1', 5555)); listener.listen()\n"
            "near = socket.create_connection(('127.0.0.1', 5555)); far, _ = listener.accept()\n"
            "listener.close(); far.close(); near.recv(1); near.close()\n",
            "chat_client.py": "from tricks import *\nstarts().recv(1)\n",
        },
        fewer_files=True,
        check="",
        outcome="any but passed",
        tiers=("strong",),
    ),
]
