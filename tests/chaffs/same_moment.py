"""Chaffs that go wrong when several things happen at the same moment, or while much waits."""

from __future__ import annotations

from tests.chaffs.chaff import Chaff, Patch

SERVER = "chat_server.py"
EXIT = "self.answer_exit(client)"
TEXTBOOK_SEND = """\
    try:
        sock.sendall(create_msg(text))
    except OSError:
        return
"""
REMOVE = "    clients.remove(sock)\n"
TURN = "                take_turn(sock)\n"
FREES_THE_NAME = "        client.name = None\n        client.leaving = True\n        if not"

CHAFFS = [
    Chaff(
        name="served_after_exit_while_answers_wait",
        mistake="The loop over the buffer does not look whether EXIT was among the messages.",
        caught_by="nothing_is_served_after_exit",
        told=("the server should close this connection", "`ERROR unknown", "> EXIT"),
        patches=(Patch(SERVER, "while not client.leaving:", "while True:"),),
    ),
    Chaff(
        name="leaver_listed_until_the_name_is_reused",
        mistake="GET_NAMES lists a dictionary of names from which leavers are not removed.",
        caught_by="leavers_are_not_listed",
        told=("`NAMES bob`", "`NAMES bob alice`"),
        patches=(
            Patch(
                SERVER,
                "        self.has_room = True  #",
                "        self.seen: dict[str, Client] = {}\n        self.has_room = True  #",
            ),
            Patch(
                SERVER,
                "            client.name = name\n",
                "            self.seen.pop(client.name, None)\n"
                "            client.name = name\n"
                "            self.seen[name] = client\n",
            ),
            Patch(
                SERVER,
                "[other.name for other in self.clients.values() if other.name]",
                "list(self.seen)",
            ),
        ),
    ),
    Chaff(
        name="address_asked_after_accept",
        mistake="Who was just accepted is expected to be still there when asked for its address.",
        caught_by="leaving_before_name_harms_nobody",
        told=("OSError", "sock.getpeername()", "(vanishes: RST)"),
        patches=(
            Patch(
                SERVER,
                "        sock.setblocking(False)\n",
                "        sock.setblocking(False)\n"
                '        print("connection from", sock.getpeername())\n',
            ),
        ),
    ),
    Chaff(
        name="sender_pays_for_the_vanished",
        mistake="Whatever is raised in a client's turn is taken for that client's own end.",
        caught_by="message_to_a_vanished_client_harms_nobody",
        told=("should get: `HELLO ", "the connection", "MSG victim", "(vanishes: RST)"),
        base="textbook",
        patches=(
            Patch(SERVER, TEXTBOOK_SEND, "    sock.sendall(create_msg(text))\n"),
            Patch(
                SERVER,
                "    answer(sock, message)\n",
                "    try:\n"
                "        answer(sock, message)\n"
                "    except OSError:\n"
                "        drop(sock)\n",
            ),
        ),
    ),
    Chaff(
        name="name_kept_until_all_is_sent",
        mistake="EXIT gives the name back when the connection is closed, not at once.",
        caught_by="backlog_is_sent_before_exit",
        told=("should get: `HELLO bob`", "`ERROR the name bob is taken`"),
        patches=(Patch(SERVER, FREES_THE_NAME, "        client.leaving = True\n        if not"),),
    ),
    Chaff(
        name="one_last_send_at_exit",
        mistake="At EXIT what waits is sent with one send, as if that took all of it.",
        caught_by="backlog_is_sent_before_exit",
        told=("bob should get: `FROM alice ", "the connection"),
        patches=(
            Patch(
                SERVER,
                EXIT,
                "if client.outbox:\n"
                "                self.send_waiting(client.sock)\n"
                "            self.disconnect(client)",
            ),
        ),
    ),
    Chaff(
        name="leaving_client_still_read",
        mistake="After EXIT the client is still read from, and its end discards what waits for it.",
        caught_by="backlog_is_sent_before_exit",
        told=("bob should get: `FROM alice ", "the connection"),
        patches=(
            Patch(
                SERVER,
                "[client.sock for client in self.clients.values() if not client.leaving]",
                "list(self.clients)",
            ),
        ),
    ),
    Chaff(
        name="blocking_send",
        mistake="The accepted socket is expected to be non-blocking because the listener is.",
        caught_by="slow_reader_gets_everything",
        told=("alice should get: `HELLO alice`", "nothing: the server does not answer"),
        patches=(Patch(SERVER, "        sock.setblocking(False)\n", ""),),
    ),
    Chaff(
        name="no_descriptor_left_spins",
        mistake="accept's error is ignored, and select reports the same newcomer again and again.",
        caught_by="more_clients_than_descriptors",
        told=("chat_server.py should rest; it used", "clients knock"),
        patches=(
            Patch(
                SERVER,
                "            self.has_room = error.errno not in (errno.EMFILE, errno.ENFILE)\n",
                "",
            ),
        ),
    ),
    Chaff(
        name="never_accepts_again",
        mistake="When no descriptor is left the listener is given up for good.",
        caught_by="more_clients_than_descriptors",
        told=("late should get: `HELLO late`", "nothing: the server does not answer"),
        patches=(
            Patch(
                SERVER,
                "        client.sock.close()\n        self.has_room = True\n",
                "        client.sock.close()\n",
            ),
        ),
    ),
]
