"""Chaffs for the stage robustness."""

from __future__ import annotations

from tests.chaffs.chaff import Chaff, Patch

SERVER = "chat_server.py"

TEXTBOOK_LOOP = """\
        readable, _, _ = select.select([listener, *clients], [], [])
        for sock in readable:
            if sock is listener:
                clients.append(listener.accept()[0])
            else:
                take_turn(sock)
"""
READ_AT_ONCE = "clients.append(listener.accept()[0])\n                take_turn(clients[-1])"
GATHER_LENGTH_FIELD = """\
        field = fields.get(sock, b"")
        piece = sock.recv(4 - len(field))
        fields[sock] = field + piece
        if piece and len(fields[sock]) < 4:
            return
        message = get_payload(sock, fields.pop(sock)) if piece else None
"""
WAIT_FOR_PAYLOAD = """\
fields: dict[socket.socket, bytes] = {}


def get_payload(sock: socket.socket, field: bytes) -> str:
    length = parse_length(field)
    payload = receive_exactly(sock, length)
    if len(payload) < length:
        raise ProtocolError("the stream ended inside a payload")
    return decode_payload(payload)


def serve(listener"""

ASK_WRITERS = "select.select(readers, writers, [], IDLE_TURN)"
QUEUE = "client.outbox += chat_protocol.create_msg(text)"
WAITING = "getattr(client, 'waiting', 0)"
TOO_MUCH = "len(client.outbox) > chat_protocol.MAX_BACKLOG"
END = """\
        if not data:
            self.disconnect(client)
"""

CHAFFS = [
    # Waiting for one client while the others wait
    Chaff(
        name="one_client_after_the_other",
        mistake="A client is served until it leaves, and only then the next one is accepted.",
        caught_by="several_clients_have_names",
        told=("b should get: `HELLO b`", "nothing: the server does not answer", "> NAME b"),
        base="textbook",
        patches=(
            Patch(
                SERVER,
                TEXTBOOK_LOOP,
                "        sock, _ = listener.accept()\n"
                "        clients.append(sock)\n"
                "        while sock in clients:\n"
                "            take_turn(sock)\n",
            ),
        ),
    ),
    Chaff(
        name="reads_right_after_accept",
        mistake="Who connects is expected to send a NAME at once, and is waited for.",
        caught_by="silent_client_delays_nobody",
        told=("alice should get: `HELLO alice`", "nothing: the server does not answer"),
        base="textbook",
        patches=(Patch(SERVER, "clients.append(listener.accept()[0])", READ_AT_ONCE),),
    ),
    Chaff(
        name="readable_means_a_whole_message",
        mistake="What select calls readable is expected to hold a whole message.",
        caught_by="half_a_length_field_delays_nobody",
        told=("bob should get: `HELLO bob`", "nothing: the server", "> the bytes b'0'"),
        base="textbook",
        patches=(),
    ),
    Chaff(
        name="waits_for_the_payload",
        mistake="The length field is gathered in pieces, and the payload is then waited for.",
        caught_by="half_a_payload_delays_nobody",
        told=("bob should get: `HELLO bob`", "nothing: the server", "> the bytes b'0010'"),
        base="textbook",
        patches=(
            Patch(
                SERVER,
                "    create_msg,\n    get_msg,\n    is_valid_name,\n    parse_message,\n",
                "    create_msg,\n    decode_payload,\n    is_valid_name,\n    parse_length,\n"
                "    parse_message,\n    receive_exactly,\n",
            ),
            Patch(SERVER, "        message = get_msg(sock)\n", GATHER_LENGTH_FIELD),
            Patch(SERVER, "def serve(listener", WAIT_FOR_PAYLOAD),
        ),
    ),
    Chaff(
        name="sendall_waits_for_the_reader",
        mistake="sendall is called on a blocking socket, and waits until the recipient reads.",
        caught_by="client_that_never_reads_delays_nobody",
        told=("alice should get: `HELLO alice`", "nothing: the server", "> MSG bob xxx"),
        base="textbook",
        patches=(),
    ),
    Chaff(
        name="a_thread_for_each_client",
        mistake="Each client has a thread, and the thread of the sender waits for the recipient.",
        caught_by="client_that_never_reads_delays_nobody",
        told=("alice should get: `HELLO alice`", "nothing: the server", "> MSG bob xxx"),
        base="textbook",
        patches=(
            Patch(SERVER, "import socket\n", "import socket\nimport threading\n"),
            Patch(
                SERVER,
                TEXTBOOK_LOOP,
                "        sock, _ = listener.accept()\n"
                "        clients.append(sock)\n"
                "        threading.Thread(target=serve_client, args=[sock]).start()\n"
                "\n\n"
                "def serve_client(sock: socket.socket) -> None:\n"
                "    while sock in clients:\n"
                "        take_turn(sock)\n",
            ),
        ),
    ),
    # The queue
    Chaff(
        name="backlog_limit_far_too_small",
        mistake="A client is given up as soon as two kilobytes of answers wait for it.",
        caught_by="answers_come_in_order",
        told=("alice should get: ", "the connection", "> MSG alice 2"),
        patches=(Patch(SERVER, TOO_MUCH, "len(client.outbox) > 2048"),),
    ),
    Chaff(
        name="backlog_limit_too_small",
        mistake="A client is given up although less than a mebibyte waits for it.",
        caught_by="slow_reader_gets_everything",
        told=("ERROR nobody goes by that name", "> MSG bob 0"),
        patches=(Patch(SERVER, TOO_MUCH, "len(client.outbox) > 64 * 1024"),),
    ),
    Chaff(
        name="backlog_counted_in_messages",
        mistake="The backlog is counted in messages: 1,024 of them are thought to be a mebibyte.",
        caught_by="slow_reader_gets_everything",
        told=("`ERROR nobody goes by that name`", "> MSG bob ", "more like this"),
        patches=(
            Patch(
                SERVER,
                QUEUE,
                f"client.waiting = 1 + bool(client.outbox) * {WAITING}\n        {QUEUE}",
            ),
            Patch(SERVER, TOO_MUCH, "client.waiting > 1024"),
        ),
    ),
    Chaff(
        name="partial_send_dropped",
        mistake="send is expected to send all of what it is given.",
        caught_by="slow_reader_gets_everything",
        told=("bob should get: `FROM alice 0", "and no more", "(1011 bytes)"),
        patches=(Patch(SERVER, "del client.outbox[:sent]", "client.outbox.clear()"),),
    ),
    Chaff(
        name="no_backlog_limit",
        mistake="What waits for a client that does not read may grow without a limit.",
        caught_by="backlog_is_limited",
        told=("should get: `HELLO bob`", "`ERROR the name bob is taken`"),
        patches=(Patch(SERVER, TOO_MUCH, "False"),),
    ),
    # Many clients
    Chaff(
        name="sixty_four_clients",
        mistake="There is a fixed number of places for clients.",
        caught_by="two_hundred_clients",
        told=("guest64 should get: `HELLO guest64`", "the connection"),
        patches=(Patch(SERVER, "if position >= SELECT_LIMIT:", "if len(self.clients) >= 64:"),),
    ),
    Chaff(
        name="select_limit_kills",
        mistake="select is expected to watch any number of sockets.",
        caught_by="more_clients_than_select_can_watch",
        told=("ValueError: filedescriptor out of range in select()", "select.select("),
        patches=(Patch(SERVER, "if position >= SELECT_LIMIT:", "if False:"),),
    ),
    Chaff(
        name="no_descriptor_left_kills",
        mistake="accept is not expected to raise.",
        caught_by="more_clients_than_descriptors",
        told=("OSError: [Errno 24] Too many open files", "100 more clients knock"),
        base="textbook",
        patches=(),
    ),
    Chaff(
        name="closed_clients_kept_open",
        mistake="Who has closed is forgotten, and the server's own end of it is never closed.",
        caught_by="descriptors_are_returned",
        told=("clients came and left", "about as many descriptors open as before"),
        patches=(
            Patch(
                SERVER,
                END,
                "        if not data:\n            self.left.append(self.clients.pop(sock))\n",
            ),
            Patch(
                SERVER,
                "        self.has_room = True  #",
                "        self.left: list[Client] = []\n        self.has_room = True  #",
            ),
        ),
    ),
    # Waste
    Chaff(
        name="always_writable",
        mistake="select is asked whether idle clients can be written to, and they always can.",
        caught_by="idle_server_rests",
        told=("Three clients are connected and say nothing", "chat_server.py should rest; it used"),
        patches=(Patch(SERVER, ASK_WRITERS, "select.select(readers, list(self.clients), [])"),),
    ),
    Chaff(
        name="select_looks_and_goes_on",
        mistake="select is called with a time-out of 0, so it never waits.",
        caught_by="idle_server_rests",
        told=("Three clients are connected and say nothing", "chat_server.py should rest; it used"),
        patches=(Patch(SERVER, ASK_WRITERS, "select.select(readers, writers, [], 0)"),),
    ),
    Chaff(
        name="closed_client_watched_for_ever",
        mistake="Who has closed loses the name, and stays in the list of sockets to read from.",
        caught_by="server_rests_after_clients_left",
        told=("Four clients have left", "chat_server.py should rest; it used"),
        patches=(Patch(SERVER, END, "        if not data:\n            client.name = None\n"),),
    ),
    Chaff(
        name="vanished_leaver_is_kept",
        mistake="Who has said EXIT is not read any more; that it vanished shows in send only.",
        caught_by="server_rests_after_clients_left",
        told=("A client has left while messages waited for it", "should rest"),
        patches=(
            Patch(
                SERVER,
                "can never arrive\n            self.disconnect(client)\n",
                "can never arrive\n",
            ),
        ),
    ),
    Chaff(
        name="asks_again_and_again_to_write",
        mistake="While something waits to be sent, sending is tried in a loop without waiting.",
        caught_by="server_rests_while_a_backlog_waits",
        told=("A client does not read what waits for it", "chat_server.py should rest; it used"),
        patches=(
            Patch(
                SERVER,
                f"readable, writable, _ = {ASK_WRITERS}",
                "time_out = 0 if writers else None\n"
                "        readable, _, _ = select.select(readers, [], [], time_out)",
            ),
            Patch(SERVER, "for sock in writable:", "for sock in writers:"),
        ),
    ),
]
