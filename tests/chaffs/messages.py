"""Chaffs for the stage messages."""

from __future__ import annotations

from tests.chaffs.chaff import Chaff, Patch

SERVER = "chat_server.py"

# Recurring places in the solution
NO_NAME = "        self.name: str | None = None  # until a NAME is accepted\n"
MATCH = "if client.name == name:"
ACCEPT = "            client.name = name\n"
FRAME = "client.outbox += chat_protocol.create_msg(text)"
SPLIT = "command, arguments = chat_protocol.parse_message(message)\n"
DELIVER = '                self.send(recipient, f"FROM {client.name} {text}")\n'
NOBODY = 'self.send(client, "ERROR nobody goes by that name")'
UNKNOWN = 'self.send(client, "ERROR unknown command; there are NAME, GET_NAMES, MSG and EXIT")'


def in_server(old: str, new: str) -> tuple[Patch, ...]:
    """Return one patch to the server."""
    return (Patch(SERVER, old, new),)


CHAFFS = [
    Chaff(
        name="delivery_is_confirmed",
        mistake="The sender is told OK, as every request is thought to need an answer.",
        caught_by="message_is_delivered",
        told=("`FROM bob hello`", "`OK`"),
        patches=in_server(DELIVER, DELIVER + '                self.send(client, "OK")\n'),
    ),
    Chaff(
        name="sender_hears_an_echo",
        mistake="What is delivered is sent to its sender as well.",
        caught_by="message_is_delivered",
        told=("`FROM bob hello`", "`FROM alice hi`"),
        patches=in_server(
            DELIVER, DELIVER + '                self.send(client, f"FROM {client.name} {text}")\n'
        ),
    ),
    Chaff(
        name="everybody_hears_everything",
        mistake="A message is sent to all others, and not to its recipient alone.",
        caught_by="only_the_recipient_hears",
        told=("carol should get: no message at all", "`FROM alice hi`"),
        patches=in_server(
            DELIVER,
            "                for other in list(self.clients.values()):\n"
            "                    if other is not client:\n"
            '                        self.send(other, f"FROM {client.name} {text}")\n',
        ),
    ),
    Chaff(
        name="only_the_first_word_is_sent",
        mistake="The message is taken apart at every space, and the third part is the text.",
        caught_by="text_arrives_unchanged",
        told=("`FROM alice hi there`", "`FROM alice hi`"),
        patches=in_server(DELIVER, DELIVER.replace("{text}", "{text.split(' ')[0]}")),
    ),
    Chaff(
        name="text_is_stripped",
        mistake="Spaces around a text are taken for dirt.",
        caught_by="text_arrives_unchanged",
        told=("`FROM alice  leading`", "`FROM alice leading`"),
        patches=in_server(DELIVER, DELIVER.replace("{text}", "{text.strip()}")),
    ),
    Chaff(
        name="text_is_ascii",
        mistake="Text is thought to consist of ASCII characters only.",
        caught_by="every_language_arrives",
        told=("`FROM alice שלום לכולם`", "`FROM alice ???? ?????`"),
        patches=in_server(
            FRAME, 'text = text.encode("ascii", "replace").decode()\n        ' + FRAME
        ),
    ),
    Chaff(
        name="nobody_writes_to_oneself",
        mistake="A message to its own sender is refused as an error.",
        caught_by="message_to_oneself_arrives",
        told=("`FROM alice note to self`", "`ERROR"),
        patches=in_server("elif recipient is None:", "elif recipient in (None, client):"),
    ),
    Chaff(
        name="sender_is_none",
        mistake="The sender is thought to have a name; who has none sends as None.",
        caught_by="sender_needs_a_name",
        told=("sent `MSG bob hi`", "words that say why", "nothing"),
        patches=in_server("if client.name is None:", "if False:"),
    ),
    Chaff(
        name="unknown_recipient_is_ignored",
        mistake="A message to nobody is dropped without a word.",
        caught_by="recipient_must_exist",
        told=("sent `MSG bob hi`", "words that say why", "nothing"),
        patches=in_server(NOBODY, "return"),
    ),
    Chaff(
        name="beginning_of_a_name_is_enough",
        mistake="Names are compared with startswith().",
        caught_by="recipient_must_exist",
        told=("sent `MSG alic hi`", "`FROM alice hi`"),
        patches=in_server(MATCH, "if client.name and client.name.startswith(name):"),
    ),
    Chaff(
        name="missing_text_is_delivered",
        mistake="A message is delivered even if nothing stands in it.",
        caught_by="text_is_required",
        told=("sent `MSG bob`", "words that say why", "nothing"),
        patches=in_server("elif not text:", "elif False:"),
    ),
    Chaff(
        name="newest_message_first",
        mistake="A message is put in front of those that wait, as on a stack.",
        caught_by="order_is_kept",
        told=("`FROM alice number 0`", "`FROM alice number 99`"),
        patches=in_server(FRAME, "client.outbox[:0] = chat_protocol.create_msg(text)"),
    ),
    Chaff(
        name="overlong_delivery_kills",
        mistake="A text that came in is thought always to fit into the message that goes out.",
        caught_by="overlong_delivery_is_an_error",
        told=("stopped with ValueError", "MSG b xxx"),
        patches=in_server("except ValueError:", "except OSError:"),
    ),
    Chaff(
        name="sender_keeps_the_first_name",
        mistake="The name that goes out with a message is stored once, and not at a second NAME.",
        caught_by="messages_follow_renaming",
        told=("`FROM carol hi`", "`FROM alice hi`"),
        patches=(
            Patch(SERVER, NO_NAME, NO_NAME + '        self.label = ""\n'),
            Patch(SERVER, ACCEPT, ACCEPT + "            client.label = client.label or name\n"),
            Patch(SERVER, DELIVER, DELIVER.replace("client.name", "client.label")),
        ),
    ),
    Chaff(
        name="commands_in_any_case",
        mistake="Commands in lower-case letters are accepted as well.",
        caught_by="unknown_command_is_an_error",
        told=("`name bob`", "`HELLO bob`"),
        patches=in_server(SPLIT, SPLIT + "        command = command.upper()\n"),
    ),
    Chaff(
        name="error_without_words",
        mistake="ERROR is sent alone, without a word on what is wrong.",
        caught_by="unknown_command_is_an_error",
        told=("words that say why", "`ERROR`"),
        patches=in_server(UNKNOWN, 'self.send(client, "ERROR")'),
    ),
    Chaff(
        name="unknown_command_ends_the_connection",
        mistake="Who sends something unknown is cut off.",
        caught_by="unknown_command_is_an_error",
        told=("sent `name bob`", "the server closed the connection"),
        patches=in_server(UNKNOWN, "self.disconnect(client)"),
    ),
    Chaff(
        name="empty_message_ends_the_connection",
        mistake="A message with nothing in it is taken for the end of the connection.",
        caught_by="empty_message_is_an_error",
        told=("> (empty)", "the server closed the connection"),
        patches=in_server(
            "                self.answer(client, message)\n",
            "                if not message:\n"
            "                    self.disconnect(client)\n"
            "                    return\n"
            "                self.answer(client, message)\n",
        ),
    ),
]
