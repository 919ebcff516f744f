"""Chaffs for the stage names."""

from __future__ import annotations

from tests.chaffs.chaff import Chaff, Patch

SERVER = "chat_server.py"

# Recurring places in the solution
NO_NAME = "        self.name: str | None = None  # until a NAME is accepted\n"
MATCH = "if client.name == name:"
ACCEPT = "            client.name = name\n"
LISTED = "names = [other.name for other in self.clients.values() if other.name]"
REPLY = 'reply = " ".join(["NAMES", *names])'
IS_TOO_LONG = "if len(reply) > chat_protocol.MAX_MSG_LENGTH:"
CUT = """\
            reply = "NAMES"
            for name in names:
                if len(f"{reply} {name} ...") <= chat_protocol.MAX_MSG_LENGTH:
                    reply += f" {name}"
"""


def in_server(old: str, new: str) -> tuple[Patch, ...]:
    """Return one patch to the server."""
    return (Patch(SERVER, old, new),)


CHAFFS = [
    Chaff(
        name="answer_has_no_length_field",
        mistake="The server reads length fields and sends bare text.",
        caught_by="server_answers",
        told=("a length field must be 4 digits", "b'HELL'"),
        patches=in_server("chat_protocol.create_msg(text)", "text.encode()"),
    ),
    Chaff(
        name="newline_ends_every_message",
        mistake="A message is thought to need a newline at its end, although its length is known.",
        caught_by="name_is_accepted",
        told=("`HELLO alice`", r"`HELLO alice\n`"),
        patches=in_server(
            "chat_protocol.create_msg(text)", r'chat_protocol.create_msg(text + "\n")'
        ),
    ),
    Chaff(
        name="case_of_names_is_ignored",
        mistake="Names that differ in case only are taken to be the same.",
        caught_by="several_clients_have_names",
        told=("NAME Alice", "`HELLO Alice`", "is taken"),
        patches=in_server(MATCH, "if client.name and client.name.lower() == name.lower():"),
    ),
    Chaff(
        name="duplicate_names_allowed",
        mistake="The server never looks whether a name is taken.",
        caught_by="duplicate_name_is_refused",
        told=("NAME alice", "ERROR", "HELLO alice"),
        patches=in_server("elif self.find(name) not in (None, client):", "elif False:"),
    ),
    Chaff(
        name="name_alone_is_accepted",
        mistake="A name is looked at only if there is one; NAME alone gives an empty name.",
        caught_by="invalid_name_is_refused",
        told=("> NAME", "words that say why", "`HELLO `"),
        patches=in_server(
            "if not chat_protocol.is_valid_name(name):",
            "if name and not chat_protocol.is_valid_name(name):",
        ),
    ),
    Chaff(
        name="own_name_is_taken",
        mistake="The name that a client has already is refused to it as taken.",
        caught_by="own_name_can_be_asked_for_again",
        told=("`HELLO alice`", "the name alice is taken"),
        patches=in_server("self.find(name) not in (None, client)", "self.find(name) is not None"),
    ),
    Chaff(
        name="rename_leaves_both_names",
        mistake="The new name is added to where names are looked up, and the old one stays there.",
        caught_by="renaming_frees_the_old_name",
        told=("HELLO carol", "`HELLO alice`", "the name alice is taken"),
        patches=(
            Patch(SERVER, NO_NAME, NO_NAME + "        self.names: set[str] = set()\n"),
            Patch(SERVER, MATCH, "if name in client.names:"),
            Patch(SERVER, ACCEPT, ACCEPT + "            client.names.add(name)\n"),
        ),
    ),
    Chaff(
        name="refused_name_drops_the_old_one",
        mistake="The old name is given up before it is clear whether the new one may be had.",
        caught_by="refused_name_changes_nothing",
        told=("> NAME bob", "words that say why", "`HELLO alice`"),
        patches=in_server(
            "        if not chat_protocol.is_valid_name(name):",
            "        client.name = None\n        if not chat_protocol.is_valid_name(name):",
        ),
    ),
    Chaff(
        name="unnamed_clients_are_listed",
        mistake="Clients without a name are listed as well, as None.",
        caught_by="names_are_listed",
        told=("`NAMES alice bob Bob`", "`NAMES alice bob Bob None`"),
        patches=in_server(LISTED, "names = [str(other.name) for other in self.clients.values()]"),
    ),
    Chaff(
        name="asker_is_not_listed",
        mistake="Who asks is left out of the list: one knows one's own name.",
        caught_by="names_are_listed",
        told=("`NAMES alice`", "`NAMES`"),
        patches=in_server(LISTED, LISTED.replace("if", "if other is not client and")),
    ),
    Chaff(
        name="space_behind_names",
        mistake="The space that divides NAMES from the list is sent although there is no list.",
        caught_by="nobody_is_listed_as_nobody",
        told=("`NAMES`", "`NAMES `"),
        patches=in_server(REPLY, 'reply = "NAMES " + " ".join(names)'),
    ),
    Chaff(
        name="former_names_are_listed",
        mistake="Names are added to a list when they are given, and never leave it.",
        caught_by="list_follows_renaming",
        told=("`NAMES carol bob`", "`NAMES alice carol bob`"),
        patches=(
            Patch(SERVER, NO_NAME, NO_NAME + "        self.names: dict[str, bool] = {}\n"),
            Patch(SERVER, ACCEPT, ACCEPT + "            client.names[name] = True\n"),
            Patch(
                SERVER,
                LISTED,
                "names = [name for other in self.clients.values() for name in other.names]",
            ),
        ),
    ),
    Chaff(
        name="list_always_fits",
        mistake="The list of names is thought never to be too long for one message.",
        caught_by="long_list_is_cut",
        told=("stopped with ValueError", "GET_NAMES", "59 whole names"),
        patches=in_server(IS_TOO_LONG, "if False:"),
    ),
    Chaff(
        name="list_is_cut_inside_a_name",
        mistake="The list is cut at the limit, wherever in a name that is.",
        caught_by="long_list_is_cut",
        told=("59 whole names", "as many as fit", "60 names in"),
        patches=in_server(CUT, "            reply = reply[: chat_protocol.MAX_MSG_LENGTH - 4]\n"),
    ),
]
