"""Attacks over the network: the machine's other ports, what is outside, and the grader's own."""

from __future__ import annotations

from tests.attacks.attack import Attack, client, server

ALL = ("strong", "medium", "plain")

ATTACKS = [
    Attack(
        name="connects_to_the_machine",
        gains="Services of the machine: databases, other people's servers.",
        files=server(
            "try: socket.create_connection(('127.0.0.1', @PORT@), 2); print(@PROOF@)\n"
            "except OSError as error: print(error)\n"
        ),
        check="server_answers",
        tiers=ALL,
        as_user=True,
        contained=True,
    ),
    Attack(
        name="connects_to_the_outside",
        gains="Somebody else's solution, or a place to send this one's secrets to.",
        files=server(
            "for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):\n"
            "    sock = socket.socket(socket.AF_INET, kind); sock.settimeout(2)\n"
            "    try: sock.connect(('192.0.2.1', 80)); sock.send(b'x'); print(@PROOF@)\n"
            "    except OSError as error: print(error.strerror)\n"
        ),
        check="server_answers",
        told=("Network is unreachable",),
        tiers=ALL,
    ),
    Attack(
        name="opens_raw_sockets",
        gains="Whoever reads every packet reads what is meant for others.",
        files=server(
            "for family, kind in ((socket.AF_PACKET, socket.SOCK_RAW),\n"
            "                     (socket.AF_INET, socket.SOCK_RAW)):\n"
            "    try: socket.socket(family, kind, 6); print(@PROOF@)\n"
            "    except OSError as error: print(error.strerror)\n"
        ),
        check="server_answers",
        told=("Operation not permitted",),
        tiers=ALL,
        gets_through=("plain",),
    ),
    Attack(
        name="connects_to_a_socket_file",
        gains="Services of the machine that listen on files: agents, desktops, databases.",
        files=server(
            "try: socket.socket(socket.AF_UNIX).connect('@SOCKET@'); print(@PROOF@)\n"
            "except OSError as error: print(error.strerror)\n"
        ),
        check="server_answers",
        told=("No such file or directory",),
        tiers=ALL,
        gets_through=("medium", "plain"),
    ),
    Attack(
        name="crowds_the_graders_listener",
        gains="Who connects first, and often, is served before the one who should be.",
        files=client(
            "import socket\nothers = [socket.create_connection(('127.0.0.1', 5555))"
            " for _ in range(100)]\n"
            "for other in others: other.sendall(b'0010NAME alice' * 100)\n"
            "starts()\nsys.stdin.read()\n"
        ),
        check="message_is_shown_at_once",
        outcome="any but passed",
    ),
]
