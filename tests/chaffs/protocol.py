"""Chaffs for the stage protocol."""

from __future__ import annotations

from tests.chaffs.chaff import Chaff, Patch

PROTOCOL = "chat_protocol.py"

# Recurring places in the solution
FIELD_OF = "str(len(payload)).zfill(LENGTH_FIELD_SIZE)"
SIZE_LIMIT = "if len(payload) > MAX_MSG_LENGTH:"
SPLIT = 'command, _, arguments = text.partition(" ")'
READ_FIELD = "field = receive_exactly(sock, LENGTH_FIELD_SIZE)"
READ_PAYLOAD = "payload = receive_exactly(sock, length)"
FIELD_RULE = "if len(field) != LENGTH_FIELD_SIZE or not field.isdigit():"
NAME_IS_ASCII = "        and name.isascii()\n"
NAME_IS_ALNUM = "        and name.isalnum()\n"
LAST_LINE = "        and name[0].isalpha()\n    )\n"


def in_protocol(old: str, new: str) -> tuple[Patch, ...]:
    """Return one patch to the protocol."""
    return (Patch(PROTOCOL, old, new),)


CHAFFS = [
    Chaff(
        name="field_of_two_digits",
        mistake="Two digits are taken to be enough, since nobody writes long messages.",
        caught_by="protocol_can_be_imported",
        told=("chat_protocol.LENGTH_FIELD_SIZE should be 4",),
        patches=in_protocol("LENGTH_FIELD_SIZE = 4", "LENGTH_FIELD_SIZE = 2"),
    ),
    # create_msg
    Chaff(
        name="field_is_not_padded",
        mistake="The length is written as it is: 5, not 0005.",
        caught_by="message_is_framed",
        told=("b'0005HELLO'", "b'5HELLO'"),
        patches=in_protocol(FIELD_OF, "str(len(payload))"),
    ),
    Chaff(
        name="length_counts_characters",
        mistake="The length is that of the text, before it is encoded.",
        caught_by="length_counts_bytes",
        told=(r"b'0002\xc3\xa9'", r"b'0001\xc3\xa9'"),
        patches=in_protocol(FIELD_OF, "str(len(text)).zfill(LENGTH_FIELD_SIZE)"),
    ),
    Chaff(
        name="field_always_fits",
        mistake="create_msg takes a text of any length: the field is thought never to overflow.",
        caught_by="overlong_message_is_refused",
        told=("1025", "raise ValueError", "it returned b'1025"),
        patches=in_protocol(SIZE_LIMIT, "if False:"),
    ),
    # parse_message and is_valid_name
    Chaff(
        name="every_command_has_arguments",
        mistake="split() is thought to return two parts always; EXIT has only one.",
        caught_by="command_is_split_off",
        told=("parse_message('EXIT')", "('EXIT', '')", "ValueError: not enough values to unpack"),
        patches=in_protocol(SPLIT, 'command, arguments = text.split(" ", 1)'),
    ),
    Chaff(
        name="spaces_are_collapsed",
        mistake="split() and join are thought to give back the text that was split.",
        caught_by="spaces_are_kept_by_the_split",
        told=("'bob hi  there '", "'bob hi there'"),
        patches=in_protocol(
            SPLIT, 'command, *words = text.split() or [""]\n    arguments = " ".join(words)'
        ),
    ),
    Chaff(
        name="names_are_shorter_than_the_maximum",
        mistake="A name of 16 characters is taken to be too long.",
        caught_by="valid_names_are_told",
        told=("is_valid_name('aB3dE6gH9jK2mN5p') should return True",),
        patches=in_protocol(
            "1 <= len(name) <= MAX_NAME_LENGTH", "1 <= len(name) < MAX_NAME_LENGTH"
        ),
    ),
    Chaff(
        name="isalnum_is_thought_to_be_ascii",
        mistake="isalnum() is thought to accept a to z, A to Z and 0 to 9 only.",
        caught_by="invalid_names_are_told",
        told=("is_valid_name('é') should return False",),
        patches=in_protocol(NAME_IS_ASCII, ""),
    ),
    Chaff(
        name="dollar_is_the_end_of_the_name",
        mistake="In a pattern, $ is thought to match only at the very end.",
        caught_by="invalid_names_are_told",
        told=(r"is_valid_name('bob\n') should return False",),
        patches=(
            Patch(PROTOCOL, "import socket\n", "import re\nimport socket\n"),
            Patch(
                PROTOCOL,
                "1 <= len(name) <= MAX_NAME_LENGTH\n" + NAME_IS_ASCII + NAME_IS_ALNUM + LAST_LINE,
                're.match(r"[A-Za-z][A-Za-z0-9]{0,15}$", name) is not None\n    )\n',
            ),
        ),
    ),
    Chaff(
        name="names_of_seventeen",
        mistake="range() excludes its end, so one is added to a maximum that needs none.",
        caught_by="invalid_names_are_told",
        told=(f"is_valid_name('{'a' * 17}') should return False",),
        patches=in_protocol(
            "1 <= len(name) <= MAX_NAME_LENGTH", "len(name) in range(1, MAX_NAME_LENGTH + 2)"
        ),
    ),
    # get_msg
    Chaff(
        name="bytes_are_returned",
        mistake="What recv returned is handed on as it is, and never decoded.",
        caught_by="message_is_received",
        told=("return 'HELLO'", "it returned b'HELLO'"),
        patches=in_protocol(
            'inside a payload")\n    return decode_payload(payload)',
            'inside a payload")\n    return payload',
        ),
    ),
    Chaff(
        name="one_recv_for_a_payload",
        mistake="recv(length) is thought to wait for that many bytes.",
        caught_by="message_is_received_in_pieces",
        told=("then b'SG bob hi'", "it returned 'M'"),
        patches=in_protocol(
            READ_PAYLOAD + "\n    if len(payload) < length:",
            "payload = sock.recv(length)\n    if length and not payload:",
        ),
    ),
    Chaff(
        name="one_recv_for_a_field",
        mistake="Four bytes are thought to be too few to arrive in pieces.",
        caught_by="message_is_received_in_pieces",
        told=("b'0' then b'010MSG bob hi'", "inside a length field"),
        patches=in_protocol(READ_FIELD, "field = sock.recv(LENGTH_FIELD_SIZE)"),
    ),
    Chaff(
        name="empty_message_is_the_end",
        mistake="A payload of no bytes is taken for the end of the stream.",
        caught_by="every_size_is_received",
        told=("when b'0000' arrives", "return ''", "it returned None"),
        patches=in_protocol(
            READ_PAYLOAD + "\n", READ_PAYLOAD + "\n    if not payload:\n        return None\n"
        ),
    ),
    Chaff(
        name="each_chunk_is_decoded",
        mistake="Every recv is decoded as it comes, though it may end inside a character.",
        caught_by="every_language_is_received",
        told=(r"\xd7' then b'\xa9", "UnicodeDecodeError"),
        patches=in_protocol(
            READ_PAYLOAD,
            'text, payload = "", b""\n'
            "    while len(payload) < length and (chunk := sock.recv(length - len(payload))):\n"
            "        payload += chunk\n"
            "        text += chunk.decode()",
        ),
    ),
    Chaff(
        name="stream_is_read_through_a_file",
        mistake="makefile() is thought to read no more from the socket than it is asked for.",
        caught_by="next_message_is_left_alone",
        told=("left it in the socket", "what is left there is b''"),
        patches=(
            Patch(
                PROTOCOL,
                READ_FIELD,
                'stream = sock.makefile("rb")\n    field = stream.read(LENGTH_FIELD_SIZE)',
            ),
            Patch(PROTOCOL, READ_PAYLOAD, "payload = stream.read(length)"),
        ),
    ),
    Chaff(
        name="too_much_is_asked_for",
        mistake="The payload is read with recv(1024), and what is over is cut off.",
        caught_by="next_message_is_left_alone",
        told=("b'0004EXIT'", "what is left there is b''"),
        patches=in_protocol(
            READ_PAYLOAD,
            'payload = b""\n'
            "    while len(payload) < length and (chunk := sock.recv(MAX_MSG_LENGTH)):\n"
            "        payload += chunk\n"
            "    payload = payload[:length]",
        ),
    ),
    Chaff(
        name="end_is_nothing_yet",
        mistake="b'' from recv is taken for 'no data yet', and recv is called again.",
        caught_by="end_between_messages_is_none",
        told=("the stream ends", "does not return"),
        patches=in_protocol("            break\n", "            continue\n"),
    ),
    Chaff(
        name="fragment_is_a_message",
        mistake="What came of a payload before the stream ended is returned as a message.",
        caught_by="end_inside_a_message_is_an_error",
        told=("b'0005' arrives and the stream ends", "raise ProtocolError", "it returned ''"),
        patches=in_protocol("if len(payload) < length:", "if False:"),
    ),
    Chaff(
        name="int_is_thought_to_be_strict",
        mistake="int() is thought to accept nothing but digits.",
        caught_by="bad_length_field_is_refused",
        told=("b'+012", "raise ProtocolError", "it returned 'xxxxxxxxxxxx'"),
        patches=in_protocol(FIELD_RULE, "try:\n        int(field)\n    except ValueError:"),
    ),
    Chaff(
        name="isdigit_of_a_text",
        mistake="isdigit() of a decoded field is thought to be true for 0 to 9 only.",
        caught_by="bad_length_field_is_refused",
        told=(r"b'\xc2\xb2\xc2\xb2", "ValueError: invalid literal for int()"),
        patches=in_protocol(FIELD_RULE, "if not field.decode().isdigit():"),
    ),
    Chaff(
        name="header_is_trusted",
        mistake="Whatever length the peer announces is accepted.",
        caught_by="overlong_length_is_refused",
        told=("b'1025xxx", "raise ProtocolError", "it returned 'xxx"),
        patches=in_protocol("if length > MAX_MSG_LENGTH:", "if False:"),
    ),
    Chaff(
        name="decode_error_leaves_get_msg",
        mistake="decode() is left to complain with an exception of its own.",
        caught_by="bad_utf8_is_refused",
        told=(r"b'0002\xff\xfe'", "raise ProtocolError", "it raised UnicodeDecodeError"),
        patches=in_protocol(
            'raise ProtocolError("the payload is not UTF-8") from error', "raise error"
        ),
    ),
    # MessageBuffer
    Chaff(
        name="message_stays_in_the_buffer",
        mistake="A message that was returned is not taken out of the buffer.",
        caught_by="buffer_returns_messages",
        told=("fed b'0005HELLO'", "should return None", "it returned 'HELLO'"),
        patches=in_protocol("        del self._data[:end]  #", "        #"),
    ),
    Chaff(
        name="buffer_holds_one_piece",
        mistake="A new piece replaces the one before, instead of being joined to it.",
        caught_by="buffer_waits_for_the_rest",
        told=("fed b'0' then b'010MSG bob hi'", "should return 'MSG bob hi'"),
        patches=in_protocol("self._data += data", "self._data = bytearray(data)"),
    ),
    Chaff(
        name="rest_of_the_piece_is_lost",
        mistake="The buffer is emptied after a message; a piece is thought to hold only one.",
        caught_by="buffer_separates_glued_messages",
        told=("b'0003ONE0003TWO0005T'", "return 'TWO'", "it returned None"),
        patches=in_protocol("del self._data[:end]", "self._data.clear()"),
    ),
    Chaff(
        name="empty_message_is_no_message",
        mistake="`text or None` is thought to turn nothing but a missing message into None.",
        caught_by="buffer_returns_the_empty_message",
        told=("fed b'0000'", "should return ''", "it returned None"),
        patches=in_protocol(
            "beginning of the next message\n        return decode_payload(payload)",
            "beginning of the next message\n        return decode_payload(payload) or None",
        ),
    ),
    Chaff(
        name="buffer_decodes_each_piece",
        mistake="Pieces are decoded as they come; what looks damaged is dropped.",
        caught_by="buffer_keeps_characters_whole",
        told=(r"then b'", "should return 'שלום'"),
        patches=in_protocol(
            "self._data += data", 'self._data += data.decode(errors="ignore").encode()'
        ),
    ),
    Chaff(
        name="buffer_of_the_class",
        mistake="The bytes are kept in the class, so that all buffers share them.",
        caught_by="buffers_are_independent",
        told=("b'0003O' then b'0003TWO'", "should return 'TWO'"),
        patches=in_protocol(
            "    def __init__(self) -> None:\n        self._data = bytearray()",
            "    _data = bytearray()",
        ),
    ),
    Chaff(
        name="length_is_judged_too_late",
        mistake="The announced length is judged only when all of the payload has come.",
        caught_by="buffer_refuses_malformed_input",
        told=("fed b'1025'", "should raise ProtocolError", "it returned None"),
        patches=in_protocol(
            "        end = LENGTH_FIELD_SIZE + parse_length(",
            "        field = bytes(self._data[:LENGTH_FIELD_SIZE])\n"
            "        if field.isdigit() and len(self._data) < LENGTH_FIELD_SIZE + int(field):\n"
            "            return None\n"
            "        end = LENGTH_FIELD_SIZE + parse_length(",
        ),
    ),
]
