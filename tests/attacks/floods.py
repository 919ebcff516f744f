"""Floods and trickles: output, frames, answers and reports that do not come to an end."""

from __future__ import annotations

from tests.attacks.attack import Attack, honest_server_after, protocol, server

WORKER = "from tricks import *\ndef create_msg(text):\n    sock = channel()\n"

ATTACKS = [
    Attack(
        name="prints_very_much",
        gains="Output without end fills the grader's memory.",
        files=honest_server_after("for number in range(200): print('x' * 999_999)"),
        check="name_is_accepted",
        outcome="passed",
    ),
    Attack(
        name="prints_a_line_without_an_end",
        gains="A line that does not end is kept until it does.",
        files=server(
            "greets(b'ERROR no')\nfor number in range(3000): os.write(1, b'<' * 65536)\n",
        ),
        check="name_is_accepted",
        told=("ERROR no",),
    ),
    Attack(
        name="sends_frames_without_an_end",
        gains="The grader takes in message after message, and never comes to a verdict.",
        files=server("client = greets(b'')\nwhile True: client.sendall(b'0000' * 50_000)\n"),
        check="name_is_accepted",
        told=("`(empty)`",),
    ),
    Attack(
        name="sends_a_frame_that_trickles",
        gains="A byte now and then is an answer that is always just about to come.",
        files=server(
            "listener = socket.create_server(('127.0.0.1', 5555))\n"
            "client, _ = listener.accept()\n"
            "for byte in b'1024' + b'x' * 500:\n"
            "    client.sendall(bytes([byte])); time.sleep(0.2)\n"
        ),
        check="server_answers",
        told=("no whole message, byte after byte",),
        patience=2,
    ),
    Attack(
        name="answers_without_an_end",
        gains="An answer without a line end is kept until there is one.",
        files=protocol(WORKER + "    while True: sock.sendall(b'[' * 65536)\n"),
        check="message_is_framed",
        told=("is over 1048576 bytes",),
    ),
    Attack(
        name="answers_in_a_trickle",
        gains="A byte now and then keeps the grader waiting for ever.",
        files=protocol(WORKER + "    while True: sock.sendall(b'['); time.sleep(0.1)\n"),
        check="message_is_framed",
        told=("does not return",),
        patience=2,
    ),
    Attack(
        name="answers_in_deep_nesting",
        gains="A thousand brackets within each other exhaust the grader's stack.",
        files=protocol(
            WORKER + "    deep = b'{\"list\":[' * 5000 + b'1' + b']}' * 5000\n"
            "    says(b'{\"returned\":' + deep + b'}\\n')\n"
        ),
        check="message_is_framed",
        told=("cannot be read",),
    ),
    Attack(
        name="answers_at_great_length",
        gains="A value of a megabyte stands in the report, a hundred times.",
        files=protocol("def create_msg(text): return b'<' * 900_000\n"),
        check="message_is_framed",
        told=("900000 in all",),
    ),
    Attack(
        name="reports_without_an_end",
        gains="Reports without end keep the grader from ever looking at the server.",
        files=server(
            "sock = channel()\n"
            'line = b\'{"event": "listening", "host": "x", "port": 1}\\n\'\n'
            "while True: sock.sendall(line * 1000)\n"
        ),
        check="server_answers",
        told=("the attempt was refused",),
    ),
]
