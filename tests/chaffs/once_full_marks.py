"""Chaffs that once scored 100: each of them made a check stricter."""

from __future__ import annotations

from tests.chaffs.chaff import Chaff, Patch

SERVER = "chat_server.py"
PROTOCOL = "chat_protocol.py"
CLIENT = "chat_client.py"

TAKEN = "elif self.find(name) not in (None, client):"
NOBODY = '"ERROR nobody goes by that name"'
IS_MSG = 'elif command == "MSG":'
DELIVERY = 'f"FROM {client.name} {text}"'
CUT = '                if len(f"{reply} {name} ...") <= chat_protocol.MAX_MSG_LENGTH:\n'

CHAFFS = [
    Chaff(
        name="unnamed_is_the_empty_name",
        mistake="A client without a name has the empty name, and can be written to under it.",
        caught_by="recipient_must_exist",
        told=("> MSG  hi", "words that say why"),
        patches=(
            Patch(SERVER, "self.name: str | None = None  #", 'self.name: str | None = ""  #'),
            Patch(SERVER, "if client.name is None:", "if not client.name:"),
        ),
    ),
    Chaff(
        name="field_is_decoded_unguarded",
        mistake="Whatever four bytes come as a length field are thought to be text.",
        caught_by="bad_length_field_ends_the_connection",
        told=("UnicodeDecodeError", "xff"),
        patches=(
            Patch(
                PROTOCOL,
                "    if len(field) != LENGTH_FIELD_SIZE or not field.isdigit():\n",
                "    if len(field) != LENGTH_FIELD_SIZE or not field.decode().isdecimal():\n",
            ),
        ),
    ),
    Chaff(
        name="error_repeats_the_request",
        mistake="An ERROR that repeats what was asked is thought to fit into a message always.",
        caught_by="recipient_must_exist",
        told=("stopped with ValueError", "a payload of"),
        patches=(Patch(SERVER, NOBODY, 'f"ERROR nobody goes by the name {name}"'),),
    ),
    Chaff(
        name="beginning_of_a_name_is_taken",
        mistake="A name is refused when it is part of somebody else's.",
        caught_by="several_clients_have_names",
        told=("`HELLO al`", "is taken"),
        patches=(
            Patch(
                SERVER,
                TAKEN,
                "elif any(name in (c.name or '') for c in self.clients.values() if c != client):",
            ),
        ),
    ),
    Chaff(
        name="command_by_its_beginning",
        mistake="The command is looked for at the beginning of the message, not as its first word.",
        caught_by="unknown_command_is_an_error",
        told=("MSGS", "words that say why"),
        patches=(Patch(SERVER, IS_MSG, 'elif message.startswith("MSG"):'),),
    ),
    Chaff(
        name="command_is_stripped",
        mistake="White space around the command is taken off, a line end for instance.",
        caught_by="unknown_command_is_an_error",
        told=(r"\n", "words that say why"),
        patches=(
            Patch(
                SERVER,
                '        if command == "NAME":\n',
                '        command = command.strip()\n        if command == "NAME":\n',
            ),
        ),
    ),
    Chaff(
        name="line_end_is_stripped",
        mistake="A line end behind the text is thought to be no part of it.",
        caught_by="text_arrives_unchanged",
        told=(r"`FROM alice last\n`", "`FROM alice last`"),
        patches=(Patch(SERVER, DELIVERY, r'f"FROM {client.name} " + text.rstrip("\n")'),),
    ),
    Chaff(
        name="exit_in_a_text",
        mistake="A message that ends with EXIT is taken for the command.",
        caught_by="text_arrives_unchanged",
        told=("MSG bob EXIT", "FROM alice EXIT"),
        patches=(
            Patch(SERVER, 'elif command == "EXIT":', 'elif message.endswith("EXIT"):'),
            Patch(SERVER, IS_MSG, 'elif command == "MSG" and not message.endswith("EXIT"):'),
        ),
    ),
    Chaff(
        name="refused_name_is_taken_all_the_same",
        mistake="The name is set first and looked up afterwards.",
        caught_by="refused_name_changes_nothing",
        told=("`NAMES alice bob` (the names in any order)", "`NAMES alice bob alice`"),
        patches=(Patch(SERVER, TAKEN, TAKEN + "\n            client.name = client.name or name"),),
    ),
    Chaff(
        name="list_in_two_messages",
        mistake="Names that do not fit into one message are sent in a second one.",
        caught_by="long_list_is_cut",
        told=("`NAMES onetoomany345678`", "words that say why"),
        patches=(
            Patch(
                SERVER,
                '            reply += " ..."\n',
                '            self.send(client, reply + " ...")\n'
                '            reply = f"NAMES {names[-1]}"\n',
            ),
        ),
    ),
    Chaff(
        name="cut_list_spares_a_byte",
        mistake="The list is cut one byte earlier than it must be.",
        caught_by="cut_list_is_full",
        told=("145 whole names", "144 names"),
        patches=(Patch(SERVER, CUT, CUT.replace("<=", "<")),),
    ),
    Chaff(
        name="payload_is_read_by_its_whole_length",
        mistake="Each recv for the payload asks for its whole length, whatever has come already.",
        caught_by="next_message_is_left_alone",
        told=("b'0004EXIT'", "left there is"),
        patches=(
            Patch(
                PROTOCOL,
                "    payload = receive_exactly(sock, length)\n",
                '    payload = b""\n'
                "    while len(payload) < length and (chunk := sock.recv(length)):\n"
                "        payload += chunk\n"
                "    payload = payload[:length]\n",
            ),
        ),
    ),
    Chaff(
        name="message_behind_the_typed_line",
        mistake="A message is printed where the cursor stands, behind the half-typed line.",
        caught_by="half_typed_line_survives",
        told=("on a row of its own", "MSG bob this is a line"),
        patches=(
            Patch(
                CLIENT,
                '        self.line.erase()\n        write(visible(message) + "\\n")\n',
                '        write(visible(message) + "\\n")\n',
            ),
        ),
    ),
    Chaff(
        name="message_over_the_typed_line",
        mistake="Going back to the left is thought to erase the row.",
        caught_by="half_typed_line_survives",
        told=("on a row of its own", "FROM carol what?"),
        patches=(
            Patch(
                CLIENT,
                '        self.line.erase()\n        write(visible(message) + "\\n")\n',
                '        self.line.drawn = 0\n        write("\\r" + visible(message) + "\\n")\n',
            ),
        ),
    ),
    Chaff(
        name="half_a_message_stops_the_keyboard",
        mistake="Readable is taken to mean that a whole message can be read.",
        caught_by="messages_may_come_in_pieces",
        told=("GET_NAMES", "nothing more"),
        patches=(
            Patch(CLIENT, "    sock.setblocking(False)\n", ""),
            Patch(
                CLIENT,
                "            data = self.sock.recv(RECV_SIZE)\n",
                "            message = chat_protocol.get_msg(self.sock)\n"
                '            data = b""\n'
                "            if message is not None:\n"
                "                data = chat_protocol.create_msg(message)\n",
            ),
        ),
    ),
    Chaff(
        name="one_key_for_each_select",
        mistake="After select one key is read, though several may have come.",
        caught_by="typed_line_is_sent",
        told=("The server should get", "nothing more"),
        patches=(
            Patch(
                CLIENT,
                "        while not self.is_leaving and keyboard.kbhit():\n",
                "        if not self.is_leaving and keyboard.kbhit():\n",
            ),
        ),
    ),
    Chaff(
        name="message_is_cut_at_the_row",
        mistake="Only as much of a message is shown as fits into a row.",
        caught_by="message_is_shown_at_once",
        told=("should show `✓`",),
        patches=(Patch(CLIENT, "write(visible(message) +", "write(visible(message)[:80] +"),),
    ),
    Chaff(
        name="only_people_are_shown",
        mistake="The server's own answers, ERROR and NAMES, are not shown.",
        caught_by="message_is_shown_at_once",
        told=("should show `ERROR not a name`",),
        patches=(
            Patch(
                CLIENT,
                '        self.line.erase()\n        write(visible(message) + "\\n")\n',
                '        if message.startswith(("ERROR", "NAMES")):\n            return\n'
                '        self.line.erase()\n        write(visible(message) + "\\n")\n',
            ),
        ),
    ),
    Chaff(
        name="typed_line_ends_with_the_row",
        mistake="A typed line is thought never to be longer than a row of the terminal.",
        caught_by="typed_line_is_sent_unchanged",
        told=("MSG bob xxx", "(158 bytes)"),
        patches=(
            Patch(
                CLIENT,
                "elif key.isprintable():",
                "elif key.isprintable() and len(self.line.text) < 80:",
            ),
        ),
    ),
    Chaff(
        name="line_end_reaches_the_terminal",
        mistake="A line end in a message is thought harmless; it forges a second message.",
        caught_by="control_characters_do_not_act",
        told=(r"\n", "should not reach the terminal"),
        patches=(Patch(CLIENT, "c if c.isprintable()", 'c if c.isprintable() or c == "\\n"'),),
    ),
    Chaff(
        name="messages_are_shown_twice",
        mistake="Each message is shown on its arrival, and once more with the line.",
        caught_by="message_is_shown_at_once",
        told=("should stand there once", "2 times"),
        patches=(
            Patch(
                CLIENT,
                '        write(visible(message) + "\\n")\n',
                '        write(visible(message) + "\\n" + visible(message) + "\\n")\n',
            ),
        ),
    ),
    Chaff(
        name="overlong_line_ends_the_client",
        mistake="Nobody is thought to type a line that does not fit into a message.",
        caught_by="odd_keys_and_lines_do_no_harm",
        told=("stopped with ValueError", "over the 1024 allowed"),
        patches=(Patch(CLIENT, "        except ValueError:\n", "        except EOFError:\n"),),
    ),
    Chaff(
        name="ended_pipe_is_read_again",
        mistake="A pipe that has ended is watched on: it can be read for ever.",
        caught_by="piped_lines_are_sent",
        told=("EXIT was sent", "should rest"),
        patches=(Patch(CLIENT, "if self.pipe and not self.is_leaving:", "if self.pipe:"),),
    ),
]
