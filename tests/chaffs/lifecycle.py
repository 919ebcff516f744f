"""Chaffs for the stage lifecycle."""

from __future__ import annotations

from tests.chaffs.chaff import Chaff, Patch

SERVER = "chat_server.py"

EXIT = "self.answer_exit(client)"
TEXTBOOK_EXIT = '"EXIT":\n        drop(sock)'
TEXTBOOK_END = "    if message is None:\n        drop(sock)\n"
TEXTBOOK_CLEAN_UP = """\
    sender = name_of(sock)
    if sender is not None:
        del names[sender]
"""
TEXTBOOK_SEND = """\
    try:
        sock.sendall(create_msg(text))
    except OSError:
        return
"""
REMOVE = "    clients.remove(sock)\n"
TURN = "                take_turn(sock)\n"

CHAFFS = [
    # EXIT
    Chaff(
        name="exit_leaves_closing_to_the_client",
        mistake="EXIT frees the name; that the connection ends is thought to be the client's job.",
        caught_by="exit_closes_the_connection",
        told=("the server should close this connection", "after alice sent `EXIT`"),
        patches=(Patch(SERVER, EXIT, "client.name = None"),),
    ),
    Chaff(
        name="exit_ends_the_server",
        mistake="EXIT is taken to mean that the program ends, and the program is the server.",
        caught_by="exit_closes_the_connection",
        told=("chat_server.py ended by itself: it should go on", "> EXIT"),
        patches=(Patch(SERVER, EXIT, "sys.exit()"),),
    ),
    Chaff(
        name="half_an_exit",
        mistake="EXIT closes the socket and leaves it in the list that select is called with.",
        caught_by="exit_closes_the_connection",
        told=("ValueError: file descriptor cannot be a negative integer (-1)", "select.select("),
        patches=(Patch(SERVER, EXIT, "client.sock.close()"),),
    ),
    Chaff(
        name="exit_keeps_the_name",
        mistake="EXIT removes the client from the list of sockets, and not from that of names.",
        caught_by="exit_frees_the_name",
        told=("should get: `HELLO alice`", "`ERROR the name is taken`"),
        base="textbook",
        patches=(
            Patch(
                SERVER,
                TEXTBOOK_EXIT,
                '"EXIT":\n        clients.remove(sock)\n        sock.close()',
            ),
        ),
    ),
    Chaff(
        name="exit_needs_a_name",
        mistake="EXIT deletes the name of who leaves, although there may be none yet.",
        caught_by="exit_works_without_a_name",
        told=("KeyError: None", "del names[name_of(sock)]"),
        base="textbook",
        patches=(
            Patch(
                SERVER,
                TEXTBOOK_EXIT,
                '"EXIT":\n        del names[name_of(sock)]\n'
                "        clients.remove(sock)\n        sock.close()",
            ),
        ),
    ),
    Chaff(
        name="exit_drops_the_answers",
        mistake="EXIT closes the socket at once, with the answers still in the queue.",
        caught_by="answers_before_exit_are_sent",
        told=("should get: `HELLO carol`", "the server closed the connection", "> EXIT"),
        patches=(Patch(SERVER, EXIT, "self.disconnect(client)"),),
    ),
    Chaff(
        name="messages_after_exit_are_served",
        mistake="EXIT is noted down and carried out when all that has arrived was answered.",
        caught_by="nothing_is_served_after_exit",
        told=("the server should close this connection", "`HELLO carol`", "> EXIT"),
        patches=(
            Patch(SERVER, EXIT, "client.leaving = True"),
            Patch(SERVER, "while not client.leaving:", "while True:"),
            Patch(
                SERVER,
                "                if message is None:\n",
                "                if message is None and client.leaving:\n"
                "                    self.leave(client)\n"
                "                if message is None:\n",
            ),
        ),
    ),
    # Closing
    Chaff(
        name="empty_read_means_nothing_yet",
        mistake="b'' from recv is taken to mean that nothing has arrived yet.",
        caught_by="closing_frees_the_name",
        told=("should get: `HELLO alice`", "ERROR the name alice is taken"),
        patches=(
            Patch(
                SERVER,
                "        if not data:\n            self.disconnect(client)\n",
                "        if not data:\n",
            ),
        ),
    ),
    Chaff(
        name="empty_read_means_malformed",
        mistake="The end of the stream is answered like a broken message, and the client stays.",
        caught_by="closing_frees_the_name",
        told=("should get: `HELLO alice`", "ERROR the name is taken"),
        base="textbook",
        patches=(
            Patch(
                SERVER,
                TEXTBOOK_END,
                '    if message is None:\n        send(sock, "ERROR a broken message")\n',
            ),
        ),
    ),
    Chaff(
        name="closing_keeps_the_name",
        mistake="Names are given back by EXIT alone; a client that just closes keeps its own.",
        caught_by="closing_frees_the_name",
        told=("should get: `HELLO alice`", "`ERROR the name is taken`"),
        base="textbook",
        patches=(
            Patch(
                SERVER,
                TEXTBOOK_END,
                "    if message is None:\n        clients.remove(sock)\n        sock.close()\n",
            ),
        ),
    ),
    Chaff(
        name="names_deleted_while_iterating",
        mistake="The leaver's name is deleted from the dictionary while a loop goes over it.",
        caught_by="closing_frees_the_name",
        told=("RuntimeError: dictionary changed size during iteration", "for name in names:"),
        base="textbook",
        patches=(
            Patch(
                SERVER,
                TEXTBOOK_CLEAN_UP,
                "    for name in names:\n"
                "        if names[name] is sock:\n"
                "            del names[name]\n",
            ),
        ),
    ),
    # Vanishing
    Chaff(
        name="reset_kills",
        mistake="recv is not expected to raise, so a client that crashes ends the server.",
        caught_by="vanishing_frees_the_name",
        told=("ConnectionResetError", "data = sock.recv(RECV_SIZE)", "(vanishes: RST)"),
        patches=(
            Patch(
                SERVER,
                "        except OSError:  # the client vanished without a goodbye (RST)\n"
                '            data = b""\n',
                "",
            ),
        ),
    ),
    Chaff(
        name="unbound_sender_in_the_clean_up",
        mistake="The clean-up uses a variable that is set only if the client had a name.",
        caught_by="leaving_before_name_harms_nobody",
        told=("UnboundLocalError", "'sender'", "del names[sender]"),
        base="textbook",
        patches=(
            Patch(
                SERVER,
                TEXTBOOK_CLEAN_UP,
                "    for name, owner in names.items():\n"
                "        if owner is sock:\n"
                "            sender = name\n"
                "    del names[sender]\n",
            ),
        ),
    ),
    Chaff(
        name="leaver_still_listed",
        mistake="GET_NAMES answers from a second dictionary, from which leavers are not removed.",
        caught_by="leavers_are_not_listed",
        told=("bob should get: `NAMES ", "NAMES bob alice", "after bob sent `GET_NAMES`"),
        base="textbook",
        patches=(
            Patch(SERVER, "# name -> whose it is", "\nlisted: dict[socket.socket, str] = {}"),
            Patch(
                SERVER,
                "        names[name] = sock\n",
                "        names[name] = sock\n        listed[sock] = name\n",
            ),
            Patch(SERVER, '["NAMES", *names]', '["NAMES", *listed.values()]'),
        ),
    ),
    Chaff(
        name="fragment_kills",
        mistake="A stream is expected to end between messages; that one is cut off is not caught.",
        caught_by="leaving_inside_a_message_frees_the_name",
        told=("ProtocolError: the stream ended inside a length field", "message = get_msg(sock)"),
        base="textbook",
        patches=(
            Patch(
                SERVER,
                "    except ProtocolError as error:\n"
                '        send(sock, f"ERROR {error}")\n'
                "        drop(sock)\n"
                "        return\n",
                "",
            ),
        ),
    ),
    # Several at the same moment
    Chaff(
        name="send_to_the_vanished_kills",
        mistake="sendall is not expected to raise, so a message to somebody who crashed is fatal.",
        caught_by="message_to_a_vanished_client_harms_nobody",
        told=("sock.sendall(create_msg(text))", "MSG victim", "(vanishes: RST)"),
        base="textbook",
        patches=(Patch(SERVER, TEXTBOOK_SEND, "    sock.sendall(create_msg(text))\n"),),
    ),
    Chaff(
        name="send_to_a_reset_kills",
        mistake="Only recv is thought to tell of a client that vanished; send raises as well.",
        caught_by="message_to_a_vanished_client_harms_nobody",
        told=("sent = sock.send(client.outbox)", "(vanishes: RST)"),
        patches=(
            Patch(
                SERVER,
                "except OSError:  # the client vanished; what waits",
                "except InterruptedError:  # the client vanished; what waits",
            ),
        ),
    ),
    Chaff(
        name="stale_queue_entry",
        mistake="A closed client leaves its messages in the queue, and select is asked about it.",
        caught_by="message_to_a_vanished_client_harms_nobody",
        told=("ValueError: file descriptor cannot be a negative integer (-1)", "select.select("),
        base="queue",
        patches=(
            Patch(
                SERVER,
                "    waiting[:] = [message for message in waiting if message[0] is not sock]\n",
                "",
            ),
        ),
    ),
    Chaff(
        name="closed_sockets_removed_while_iterating",
        mistake="Closed sockets are removed from a list while a loop goes over it: it skips some.",
        caught_by="many_leave_at_once",
        told=("ValueError: file descriptor cannot be a negative integer (-1)", "select.select("),
        base="textbook",
        patches=(
            Patch(SERVER, REMOVE, ""),
            Patch(
                SERVER,
                TURN,
                TURN + "        for sock in clients:\n"
                "            if sock.fileno() == -1:\n"
                "                clients.remove(sock)\n",
            ),
        ),
    ),
    Chaff(
        name="no_reuseaddr",
        mistake="The listening socket is bound without SO_REUSEADDR.",
        caught_by="restart_succeeds_at_once",
        told=("Address already in use", "stops the server and starts it again"),
        patches=(
            Patch(
                SERVER,
                "            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)",
                "            pass",
            ),
        ),
    ),
]
