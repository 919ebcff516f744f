"""Attacks that end, or seem to end, before the verdict."""

from __future__ import annotations

from tests.attacks.attack import Attack, honest_server_after, protocol, server

ATTACKS = [
    Attack(
        name="exits_at_import",
        gains="A process that ends with status 0 is taken for one whose checks passed.",
        files=protocol("import os\nos._exit(0)\n"),
        check="protocol_can_be_imported",
        told=("ended the whole program",),
        as_user=True,
    ),
    Attack(
        name="exits_inside_a_function",
        gains="SystemExit passes through whatever catches Exception, and ends the grader.",
        files=protocol("import sys\ndef create_msg(text):\n    sys.exit(0)\n"),
        check="message_is_framed",
        told=("create_msg ended the whole program",),
    ),
    Attack(
        name="exits_after_some_calls",
        gains="Who ends in the middle of a check keeps what was right until then.",
        files=protocol(
            "calls = []\nimport real_protocol, os\n"
            "def create_msg(text):\n"
            "    calls.append(1)\n"
            "    return real_protocol.create_msg(text) if len(calls) < 4 else os._exit(0)\n"
        ),
        check="message_is_framed",
        told=("create_msg ended the whole program",),
    ),
    Attack(
        name="kills_itself_after_the_greeting",
        gains="A server that has answered and is gone cannot fail the rest.",
        files=server(
            "import signal\ngreets()\nos.kill(os.getpid(), signal.SIGKILL)\n",
        ),
        check="several_clients_have_names",
        told=("chat_server.py ended by itself",),
    ),
    Attack(
        name="halts_itself",
        gains="A halted process never answers, and the grader waits for it for ever.",
        files=server(
            "import signal\nlistener = socket.create_server(('127.0.0.1', 5555))\n"
            "os.kill(os.getpid(), signal.SIGSTOP)\n"
        ),
        check="server_answers",
        told=("the server does not answer",),
        patience=2,
    ),
    Attack(
        name="says_that_nothing_is_written_yet",
        gains="A check that is still to be done is not counted against anybody.",
        files=server("raise NotImplementedError('TODO 1')\n"),
        check="server_answers",
        outcome="todo",
        told=("TODO 1: this part is not written yet.",),
    ),
    Attack(
        name="ignores_every_signal",
        gains="A program that cannot be stopped holds its port for the next one, or lives on.",
        files=honest_server_after(
            "import signal\n"
            "for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:\n"
            "    signal.signal(number, signal.SIG_IGN)\n"
            "signal.pthread_sigmask(signal.SIG_BLOCK, set(signal.Signals))\n"
        ),
        check="name_is_accepted",
        outcome="passed",
        as_user=True,
    ),
    Attack(
        name="ends_when_it_is_asked",
        gains="Who leaves in the middle of a question keeps the grader waiting for the answer.",
        files=protocol(
            "import os, signal, socket\n"
            "def create_msg(text):\n"
            "    signal.signal(signal.SIGUSR2, lambda *_: os._exit(0))\n"
            "    one, other = socket.socketpair()\n"
            "    one.recv(1)\n"
        ),
        check="message_is_framed",
        told=("create_msg does not return",),
        tiers=("strong", "medium", "plain"),
    ),
    Attack(
        name="answers_without_end_when_it_is_asked",
        gains="Who is asked where it is, and never stops answering, is listened to for ever.",
        files=server(
            "import signal\n"
            "def answers(*_):\n    while True: says(b'{\"event\": 1}\\n' * 1000)\n"
            "signal.signal(signal.SIGUSR2, answers)\n"
            "listener = socket.create_server(('127.0.0.1', 5555))\n"
            "client, _ = listener.accept()\nlistener.accept()\n"
        ),
        check="server_answers",
        patience=3,
    ),
]
