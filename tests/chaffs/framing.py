"""Chaffs for the stage framing."""

from __future__ import annotations

from tests.chaffs.chaff import Chaff, Patch

SERVER = "chat_server.py"
PROTOCOL = "chat_protocol.py"

WAIT_FOR_PAYLOAD = """\
    payload = receive_exactly(sock, length)
    if len(payload) < length:
        raise ProtocolError("the stream ended inside a payload")
    return decode_payload(payload)
"""
CUT_OFF = '            self.send(client, f"ERROR {error}")\n            self.leave(client)\n'
TEXTBOOK_CUT_OFF = '        send(sock, f"ERROR {error}")\n        drop(sock)\n'
DECODE = """\
    try:
        return payload.decode()
    except UnicodeDecodeError as error:
        raise ProtocolError("the payload is not UTF-8") from error
"""

CHAFFS = [
    # Pieces
    Chaff(
        name="length_field_in_one_recv",
        mistake="recv(4) is expected to return four bytes, always.",
        caught_by="message_may_be_cut_anywhere",
        told=("should get: `HELLO alice01`", "the stream ended inside a length", "b'0' then b'0"),
        base="textbook",
        patches=(
            Patch(
                PROTOCOL,
                "field = receive_exactly(sock, LENGTH_FIELD_SIZE)",
                "field = sock.recv(LENGTH_FIELD_SIZE)",
            ),
        ),
    ),
    Chaff(
        name="payload_in_one_recv",
        mistake="recv(length) is expected to return the whole payload, always.",
        caught_by="message_may_be_cut_anywhere",
        told=("should get: `HELLO alice05`", "`ERROR unknown command`", "b'0012N' then b'AME"),
        base="textbook",
        patches=(
            Patch(PROTOCOL, WAIT_FOR_PAYLOAD, "    return decode_payload(sock.recv(length))\n"),
        ),
    ),
    Chaff(
        name="second_recv_brings_the_rest",
        mistake="What a recv leaves out is asked for once more, and must be complete then.",
        caught_by="message_may_come_byte_by_byte",
        told=("should get: `HELLO alice`", "the stream ended inside a length", "> the bytes b'0'"),
        base="textbook",
        patches=(
            Patch(
                PROTOCOL,
                '    data = b""\n    while len(data)',
                "    data = sock.recv(count)\n    if len(data)",
            ),
            Patch(
                PROTOCOL,
                "            break\n        data += chunk",
                "            return data\n        data += chunk",
            ),
        ),
    ),
    Chaff(
        name="every_chunk_is_logged_as_text",
        mistake="What one recv brings is printed as text, though it may end inside a character.",
        caught_by="character_may_be_cut",
        told=("UnicodeDecodeError", "unexpected end of data", 'print("received", data.decode())'),
        patches=(
            Patch(
                SERVER,
                "        client.inbox.feed(data)\n",
                '        print("received", data.decode())\n        client.inbox.feed(data)\n',
            ),
        ),
    ),
    # Glued together
    Chaff(
        name="one_recv_one_message",
        mistake="One recv is expected to return one message, the one that was sent.",
        caught_by="messages_may_be_glued",
        told=("should get: `HELLO alice`", "`ERROR not a valid name`", "> NAME alice"),
        base="textbook",
        patches=(
            Patch(
                SERVER,
                "        message = get_msg(sock)\n",
                "        message = sock.recv(MAX_MSG_LENGTH).decode()[4:] or None\n",
            ),
        ),
    ),
    Chaff(
        name="one_message_per_recv",
        mistake="After each recv one message is taken; the next one waits until more arrives.",
        caught_by="messages_may_be_glued",
        told=("should get: `HELLO alice`", "nothing: the server does not answer", "> NAME alice"),
        patches=(Patch(SERVER, "while not client.leaving:", "if not client.leaving:"),),
    ),
    Chaff(
        name="ten_messages_at_a_time",
        mistake="At most ten messages are answered in one turn; nothing wakes select for the rest.",
        caught_by="fifty_messages_in_one_segment",
        told=("should get: `HELLO alice10`", "nothing: the server does not answer"),
        patches=(Patch(SERVER, "while not client.leaving:", "for _ in range(10):"),),
    ),
    Chaff(
        name="answered_when_the_buffer_is_empty",
        mistake="A client is answered only when nothing of its next message has arrived yet.",
        caught_by="message_and_a_half",
        told=("should get: `HELLO alice`", "nothing: the server does not answer", "alice0'"),
        patches=(
            Patch(
                SERVER,
                "if client.outbox]",
                "if client.outbox and (\n            client.leaving or not client.inbox._data)]",
            ),
        ),
    ),
    # The maximum
    Chaff(
        name="length_field_counted_into_the_maximum",
        mistake="A whole frame is held against the maximum, which is that of the payload alone.",
        caught_by="longest_message_is_understood",
        told=("should get: `FROM a yyy", "(1024 bytes)", "`ERROR too long`"),
        patches=(
            Patch(
                SERVER,
                "        client.inbox.feed(data)\n",
                "        if len(data) > chat_protocol.MAX_MSG_LENGTH:\n"
                '            self.send(client, "ERROR too long")\n'
                "            return\n"
                "        client.inbox.feed(data)\n",
            ),
        ),
    ),
    # Malformed
    Chaff(
        name="bad_length_kills",
        mistake="The length field is trusted to be a number.",
        caught_by="bad_length_field_ends_the_connection",
        told=("ValueError: invalid literal for int()", "b'12 3'", "length = int(field)"),
        patches=(Patch(PROTOCOL, " or not field.isdigit():", ":"),),
    ),
    Chaff(
        name="malformed_client_stays",
        mistake="After malformed input the buffer is emptied, and the client may try again.",
        caught_by="bad_length_field_ends_the_connection",
        told=("the server should close this connection", "< ERROR", "after alice0 sent `b'12 3'`"),
        patches=(
            Patch(
                SERVER,
                "            self.leave(client)\n        ###",
                "            client.inbox = MessageBuffer()\n        ###",
            ),
        ),
    ),
    Chaff(
        name="wrong_socket_drained",
        mistake="The rest of a malformed message is read away, from the listening socket.",
        caught_by="bad_length_field_ends_the_connection",
        told=("OSError", "self.listener.recv(RECV_SIZE)", "b'12 3'"),
        patches=(Patch(SERVER, CUT_OFF, "            self.listener.recv(RECV_SIZE)\n" + CUT_OFF),),
    ),
    Chaff(
        name="waits_for_the_rest_of_the_malformed",
        mistake="The rest of a malformed message is read away first, though none may come.",
        caught_by="bad_length_field_ends_the_connection",
        told=("the server should close this connection", "after alice0 sent `b'12 3'`"),
        base="textbook",
        patches=(
            Patch(
                SERVER, TEXTBOOK_CUT_OFF, "        sock.recv(MAX_MSG_LENGTH)\n" + TEXTBOOK_CUT_OFF
            ),
        ),
    ),
    Chaff(
        name="any_length_is_waited_for",
        mistake="However long a payload is announced, the server waits for it.",
        caught_by="overlong_length_ends_the_connection",
        told=("the server should close this connection", "b'1025'"),
        patches=(Patch(PROTOCOL, "if length > MAX_MSG_LENGTH:", "if length > 9999:"),),
    ),
    Chaff(
        name="bad_utf8_kills",
        mistake="Payloads are trusted to be UTF-8.",
        caught_by="bad_utf8_ends_the_connection",
        told=("UnicodeDecodeError", "invalid start byte", "return payload.decode()"),
        patches=(Patch(PROTOCOL, DECODE, "    return payload.decode()\n"),),
    ),
    Chaff(
        name="all_taken_before_any_is_answered",
        mistake="All messages are taken from the buffer first, and a malformed one discards them.",
        caught_by="messages_before_malformed_input_are_served",
        told=("bob should get: `FROM alice hi`", "nothing: the server does not answer", "oops"),
        patches=(
            Patch(
                SERVER,
                "            while not client.leaving:\n"
                "                message = client.inbox.next_message()\n"
                "                if message is None:\n"
                "                    return\n",
                "            for message in list(iter(client.inbox.next_message, None)):\n"
                "                if client.leaving:\n"
                "                    return\n",
            ),
        ),
    ),
    Chaff(
        name="resynchronises",
        mistake="The four bytes that are no length field are skipped, and the rest is served.",
        caught_by="messages_after_malformed_input_are_not_served",
        told=(
            "the server should close this connection",
            "`HELLO carol`",
            "after alice sent `b'oops0010",
        ),
        patches=(
            Patch(
                SERVER,
                CUT_OFF,
                '            self.send(client, f"ERROR {error}")\n'
                "            del client.inbox._data[:4]\n"
                "            for message in iter(client.inbox.next_message, None):\n"
                "                self.answer(client, message)\n"
                "            self.leave(client)\n",
            ),
        ),
    ),
    Chaff(
        name="malformed_input_keeps_the_name",
        mistake="Who sends malformed input is cut off, and the name is not given back.",
        caught_by="messages_after_malformed_input_are_not_served",
        told=("should get: `HELLO alice`", "`ERROR the name is taken`"),
        base="textbook",
        patches=(
            Patch(
                SERVER,
                TEXTBOOK_CUT_OFF,
                '        send(sock, f"ERROR {error}")\n'
                "        clients.remove(sock)\n"
                "        sock.close()\n",
            ),
        ),
    ),
]
