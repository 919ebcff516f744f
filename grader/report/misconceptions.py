"""The misconceptions that a report can name, each with its signature, all in one place.

More lines than a file should have: it is a table. The order matters, the first that is seen is
named. The words say what may be thought and what to look at; they never say what to type.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Sign:
    """One way in which a misconception shows. All that is given must be so.

    `says` and `says_not` are patterns for the words of the failure and what was printed after it,
    `calls` one for a line about any of the last calls ("recv(4) 0 bytes many times"), `waits` names
    the call in which a thread hangs.
    """

    checks: str = ""  # names, spaces between; "" for any
    says: str = ""
    says_not: str = ""
    calls: str = ""
    calls_not: str = ""
    waits: str = ""  # "recv" or "send"
    waits_for_another: bool = False  # for somebody who did not send what is to be answered
    in_pieces: bool | None = None  # whether what was sent last came in pieces
    unasked: bool | None = None  # whether more came than was expected so far
    code: str = ""  # for the line in which a thread of the program is
    steps: str = ""  # for the steps, as "alice sends NAME alice"
    unless: str = ""  # names of checks: if one of them did not pass, that is the reason


@dataclass(frozen=True)
class Cause:
    """A misconception in words: what may be thought, what to look at, where to read on."""

    id: str
    name: str
    look: str
    notebook: str
    signs: tuple[Sign, ...]


FRAMES = "01_length_field_framing.ipynb"
SELECT = "02_select.ipynb"
SERVER = "03_server_walkthrough.ipynb"
CLIENT = "04_client_walkthrough.ipynb"

PIECES = "message_may_be_cut_anywhere message_may_come_byte_by_byte"
HALVES = "half_a_length_field_delays_nobody half_a_payload_delays_nobody"
SLOW = "client_that_never_reads_delays_nobody slow_reader_gets_everything"
RESTING = "idle_server_rests server_rests_after_clients_left server_rests_while_a_backlog_waits"
LEAVING = "closing_frees_the_name vanishing_frees_the_name leaving_before_name_harms_nobody"

MISCONCEPTIONS = (
    # Exceptions that say it themselves
    Cause(
        "closed_socket_in_a_list",
        "closing a socket is not enough. A closed one is still in a list that select gets.",
        "Every place that keeps sockets: which of them still hold one after it is closed, also in "
        "the middle of a loop?",
        f"{SELECT}, section 8 The closed socket in the list",
        (Sign(says=r"file descriptor cannot be a negative integer \(-1\)"),),
    ),
    Cause(
        "changed_while_iterating",
        "a list, set or dictionary is changed while a loop goes over it.",
        "The loop in the line that is named: what does its body add or remove?",
        f"{SELECT}, section 8 The closed socket in the list",
        (Sign(says=r"changed size during iteration|mutated during iteration"),),
    ),
    Cause(
        "select_watches_any_number",
        "select is thought to watch any number of sockets. It has a limit.",
        "What number has the newest socket (fileno), and what does your server do before it hands "
        "that to select?",
        f"{SELECT}, section 11 The limit of select",
        (Sign(says=r"filedescriptor out of range in select"),),
    ),
    Cause(
        "accept_always_succeeds",
        "accept is thought always to succeed. It raises when no descriptor is left.",
        "Who catches what accept raises, and who should go on being served then?",
        f"{SELECT}, section 2 Ask who is ready",
        (
            Sign(says=r"\[Errno 24\] Too many open files"),
            Sign("more_clients_than_descriptors", calls=r"accept\(-1\) OSError many times"),
        ),
    ),
    Cause(
        "listener_is_given_up",
        "after an accept that failed, nobody is let in any more.",
        "What becomes of the listening socket when accept raises: is it asked about again later?",
        f"{SELECT}, section 2 Ask who is ready",
        (
            Sign(
                "more_clients_than_descriptors",
                says=r"late (should get: `HELLO late`|got)",
                unless="descriptors_are_returned server_rests_after_clients_left "
                "closing_frees_the_name",
            ),
        ),
    ),
    Cause(
        "reply_always_fits",
        "a reply is thought always to fit into one message, because the request did.",
        "How long can that reply become: with 100 names, with a longer prefix, with what the "
        "client sent repeated in it?",
        f"{FRAMES}, section 11 A field of two digits",
        (
            Sign(
                "long_list_is_cut overlong_delivery_is_an_error recipient_must_exist "
                "sender_needs_a_name text_is_required unknown_command_is_an_error "
                "invalid_name_is_refused",
                says=r"stopped with ValueError.*create_msg",
            ),
        ),
    ),
    Cause(
        "typed_line_always_fits",
        "a typed line is thought always to fit into one message.",
        "What does create_msg do with a text of 1025 bytes, and who catches it in the client?",
        f"{FRAMES}, section 11 A field of two digits",
        (
            Sign(
                "odd_keys_and_lines_do_no_harm",
                says=r"stopped with ValueError.*create_msg",
            ),
        ),
    ),
    Cause(
        "peer_never_vanishes_in_recv",
        "recv is thought never to raise. It does when the other side has vanished (RST).",
        "The line that is named: what should happen to that connection when recv raises an "
        "OSError?",
        f"{SELECT}, section 5 The end that nobody noticed",
        (Sign(says=r"(ConnectionResetError|ConnectionAbortedError)[^`]*?:  [^\n]*\brecv"),),
    ),
    Cause(
        "peer_never_vanishes_in_send",
        "send is thought never to raise. It does when the recipient has vanished.",
        "The line that is named: whose connection is over when this send raises, and who must not "
        "suffer from it?",
        f"{SELECT}, section 9 A peer that is gone",
        (
            Sign(
                says=r"(BrokenPipeError|ConnectionResetError|ConnectionAbortedError)"
                r"[^`]*?:  [^\n]*\bsend"
            ),
        ),
    ),
    Cause(
        "newcomer_is_still_there",
        "who was just accepted is thought to be still there. It may have left already.",
        "What does getpeername raise for a connection that is over, and why is it asked?",
        f"{SELECT}, section 5 The end that nobody noticed",
        (Sign(says=r"stopped with OSError[^`]*?:  [^\n]*getpeername"),),
    ),
    Cause(
        "port_is_free_at_once",
        "the port of a server that has ended is thought to be free at once.",
        "Which option is set on the listening socket, and is it set before bind?",
        f"{SERVER}, section 2 A socket to knock at",
        (Sign("restart_succeeds_at_once", says=r"Address already in use"),),
    ),
    Cause(
        "length_field_is_a_number",
        "the length field is trusted to be a number.",
        "What may the four bytes be that somebody sends? Look at them before int() does.",
        f"{FRAMES}, section 9 Length fields from strangers",
        (
            Sign(
                "bad_length_field_ends_the_connection",
                says=r"stopped with ValueError: invalid literal for int\(\)",
            ),
            Sign(
                "bad_length_field_is_refused buffer_refuses_malformed_input",
                says=r"it raised ValueError: invalid literal for int\(\)",
            ),
            Sign(
                "bad_length_field_is_refused buffer_refuses_malformed_input",
                says=r"b'[0-9]*(\+012|1_00|-001| 005|12 3|5   )[^\n]*\n?it returned",
            ),
            Sign(
                "bad_length_field_ends_the_connection",
                says=r"got:        nothing.*sent `b'(\+012|1_00|-001| 005)'",
            ),
        ),
    ),
    Cause(
        "length_is_believed",
        "whatever length is announced is believed.",
        "Who decides how long a message may be: the one who sends, or you? When do you know that "
        "it is too long?",
        f"{FRAMES}, section 9 Length fields from strangers",
        (
            Sign("overlong_length_is_refused", says="it returned '"),
            Sign("overlong_length_ends_the_connection", says=r"got:        nothing"),
            Sign("buffer_refuses_malformed_input", says=r"b'1025'.*it returned None"),
        ),
    ),
    Cause(
        "payload_is_utf8",
        "what comes in is trusted to be UTF-8.",
        "Where are bytes made into text? What does decode() raise there, and who catches it?",
        f"{FRAMES}, section 6 Half a character",
        (
            Sign(
                "bad_utf8_ends_the_connection bad_length_field_ends_the_connection",
                says=r"stopped with UnicodeDecodeError",
            ),
            Sign("bad_utf8_is_refused", says=r"it raised UnicodeDecodeError"),
        ),
    ),
    Cause(
        "each_chunk_is_decoded",
        "each piece that recv returns is decoded on its own. It may end inside a character.",
        "Every decode(): is all of the message there when it is called?",
        f"{FRAMES}, section 6 Half a character",
        (
            Sign("character_may_be_cut", says=r"UnicodeDecodeError: .*unexpected end of data"),
            Sign("every_language_is_received", says=r"it raised UnicodeDecodeError"),
            Sign("buffer_keeps_characters_whole"),
        ),
    ),
    Cause(
        "stream_ends_between_messages",
        "a stream is thought to end only between two messages.",
        "What does your code for reading a message raise when the stream ends inside one, and who "
        "catches it?",
        f"{FRAMES}, section 8 The end in the middle",
        (
            Sign(
                "leaving_inside_a_message_frees_the_name " + LEAVING,
                says=r"stopped with ProtocolError",
            ),
            Sign("end_inside_a_message_is_an_error", says=r"it returned"),
        ),
    ),
    Cause(
        "every_client_has_a_name",
        "cleaning up takes for granted that the client has a name.",
        "The line that is named: what does it hold for a client that leaves before NAME?",
        f"{SERVER}, section 6 Two ways to leave",
        (
            Sign(
                "exit_works_without_a_name leaving_before_name_harms_nobody",
                says=r"stopped with (KeyError|UnboundLocalError|NameError|AttributeError|"
                r"ValueError: list.remove)",
            ),
        ),
    ),
    Cause(
        "exit_ends_the_server",
        "EXIT is taken to end the program. It is the connection of one client that ends.",
        "What does your server call when EXIT comes, and whom does that concern?",
        f"{SERVER}, section 6 Two ways to leave",
        (Sign("exit_closes_the_connection", says=r"^chat_server.py ended by itself"),),
    ),
    # Waiting for one, and serving nobody meanwhile
    Cause(
        "readable_means_a_whole_message",
        "readable is taken to mean that a whole message can be read. It means one byte at least.",
        "After select, how many times is recv called for one client, and what does the second of "
        "these calls wait for?",
        f"{SELECT}, section 3 Ready is not complete",
        (
            Sign(HALVES, waits="recv", waits_for_another=True),
            Sign("message_and_a_half", waits="recv"),
        ),
    ),
    Cause(
        "one_client_at_a_time",
        "while the program waits in recv for one client, it serves nobody else.",
        "For whom does recv wait in the line that is named? What if that one says nothing?",
        f"{SELECT}, section 1 One frozen client",
        (
            Sign(
                "several_clients_have_names silent_client_delays_nobody duplicate_name_is_refused "
                "names_are_listed message_is_delivered",
                waits="recv",
                waits_for_another=True,
            ),
        ),
    ),
    Cause(
        "send_never_waits",
        "send and sendall are thought never to wait. On a blocking socket they wait until the "
        "other side reads.",
        "The line that is named: which sockets are non-blocking, and where is the rest kept that "
        "one send does not take?",
        f"{SELECT}, section 7 Full buffers",
        (Sign(SLOW, waits="send"),),
    ),
    Cause(
        "send_takes_everything",
        "send is thought to take all that it is given. It returns how much it took.",
        "What does your code do with the number that send returns?",
        f"{FRAMES}, section 10 A send that takes a part",
        (
            Sign(
                "slow_reader_gets_everything",
                says=r"bob got:        (the beginning of a message|nothing|something else)",
            ),
            Sign(
                "piped_lines_are_sent",
                says=r"get: `MSG bob \d{3} \d{3} .*\n.*got: +(`MSG|something|nothing more than)",
            ),
        ),
    ),
    Cause(
        "keyboard_waits_for_the_socket",
        "while the client waits for the rest of a message, it reads no keys.",
        "After select, what may one recv bring? What does the client do until the rest comes?",
        f"{SELECT}, section 3 Ready is not complete",
        (Sign("messages_may_come_in_pieces", says=r"should get: `GET_NAMES`", waits="recv"),),
    ),
    Cause(
        "input_blocks",
        "input() waits for a whole line, and nothing that the server sends is shown meanwhile.",
        "Where is the client, in the line that is named? What else should it wait for there?",
        f"{CLIENT}, section 1 Two things that may happen",
        (Sign("message_is_shown_at_once", code=r"\b(input|readline)\("),),
    ),
    # Loops that never rest
    Cause(
        "empty_read_means_nothing_yet",
        "b'' from recv is taken for no data yet. It is the end of the stream, now and for ever.",
        "What does your code do when recv returns nothing at all? Does it call recv again?",
        f"{FRAMES}, section 8 The end in the middle",
        (
            Sign(
                "closing_frees_the_name end_between_messages_is_none end_of_the_server_is_told "
                "piped_lines_are_sent",
                calls=r"recv(_into)?\(\d+\) 0 bytes many times",
            ),
        ),
    ),
    Cause(
        "leaver_is_watched_on",
        "a client that has left is still among the sockets that select watches. It can be read "
        "for ever.",
        "What has to be forgotten when recv returns nothing: the name only?",
        f"{SELECT}, section 5 The end that nobody noticed",
        (Sign(RESTING, calls=r"recv(_into)?\(\d+\) 0 bytes many times"),),
    ),
    Cause(
        "failed_send_is_ignored",
        "a send that failed is ignored. The client has vanished, and select says for ever that "
        "one may send.",
        "What becomes of a client when send raises? Does select still watch it?",
        f"{SELECT}, section 9 A peer that is gone",
        (Sign(RESTING, calls=r"send\w*\(\d+\) (BrokenPipe|ConnectionReset)Error many times"),),
    ),
    Cause(
        "writability_is_always_asked",
        "select is always asked who can be written to. An idle socket nearly always can, so select "
        "never waits.",
        "Which sockets are in the second list, and which of them have something to be sent?",
        f"{SELECT}, section 6 Nearly always writable",
        (Sign(RESTING, calls=r"select\(-1\) 0 to read, [1-9]\d* to write many times"),),
    ),
    Cause(
        "select_only_looks",
        "select is asked to look and not to wait: its time-out is 0, or next to it.",
        "What is select's fourth argument, and what does it mean when it is left out?",
        f"{SELECT}, section 6 Nearly always writable",
        (
            Sign(
                RESTING + " idle_client_rests",
                calls=r"select\(-1\) nothing ready many times",
                calls_not=r"send\w*\(\d+\) BlockingIOError",
            ),
        ),
    ),
    Cause(
        "sending_is_tried_in_a_loop",
        "while something cannot be sent, sending is tried again and again without waiting.",
        "Who can say when a socket takes more, so that nobody has to try?",
        f"{SELECT}, section 6 Nearly always writable",
        (
            Sign(
                "server_rests_while_a_backlog_waits",
                calls=r"send\w*\(\d+\) BlockingIOError many times",
            ),
        ),
    ),
    # Framing
    Cause(
        "length_counts_characters",
        "the length field counts characters. It must count the bytes that are sent.",
        "Compare len(text) and len(text.encode()) for a text that is not English.",
        f"{FRAMES}, section 5 Four characters or eight bytes",
        (
            Sign("length_counts_bytes", says=r"it returned b'000[12]"),
            Sign(
                "every_language_arrives typed_line_is_sent_unchanged",
                says=r"something else: (the payload is not UTF-8|a length field)",
            ),
        ),
    ),
    Cause(
        "field_has_no_zeros",
        "the length is written as it is. The length field has four digits, whatever the length.",
        "How does the receiver know where the length ends and the payload begins?",
        f"{FRAMES}, section 11 A field of two digits",
        (Sign("message_is_framed", says=r"it returned b'5HELLO'"),),
    ),
    Cause(
        "field_never_overflows",
        "a text of any length is framed. The longest payload is 1024 bytes.",
        "Who notices that a payload is too long, and counted in what?",
        f"{FRAMES}, section 11 A field of two digits",
        (Sign("overlong_message_is_refused", says=r"should raise ValueError;\nit returned b'1"),),
    ),
    Cause(
        "recv_returns_what_was_asked_for",
        "recv(n) is thought to return n bytes. It returns what has arrived, one byte at the least.",
        "Every recv: what happens when it returns fewer bytes than were asked for?",
        f"{FRAMES}, section 2 Fewer than asked",
        (
            Sign("message_is_received_in_pieces", says="it (returned|raised)"),
            Sign(
                PIECES,
                calls=r"recv(_into)?\(1?\d\) ",
                in_pieces=True,
                says_not="nothing: the server",
            ),
        ),
    ),
    Cause(
        "one_recv_is_one_message",
        "one recv is thought to return one message. TCP keeps no borders between messages.",
        "What if recv brings half a message? What if it brings two?",
        f"{FRAMES}, section 1 Three sends one recv",
        (
            Sign(PIECES, in_pieces=True, says_not="nothing: the server"),
            Sign("messages_may_come_in_pieces", says=r"The screen should show `FROM bob 01"),
            Sign(
                "messages_may_be_glued",
                says=r"should get: `HELLO alice`\nalice got:        `ERROR",
                unasked=False,
            ),
        ),
    ),
    Cause(
        "buffer_is_looked_at_once",
        "after a recv, only some of the messages that have come are answered. The others stay in "
        "the buffer, or are lost with it.",
        "How many complete messages may be in the buffer after one recv, and how many do you take?",
        f"{FRAMES}, section 1 Three sends one recv",
        (
            Sign(
                "messages_may_be_glued fifty_messages_in_one_segment message_and_a_half",
                says=r"should get: `HELLO alice\d*`\n[\w-]+ got: +nothing: the server",
            ),
            Sign("messages_may_come_in_pieces", says=r"`FROM bob one`, then `FROM bob two`"),
        ),
    ),
    Cause(
        "rest_of_the_buffer_is_dropped",
        "when a message is taken out of the buffer, what stands behind it is lost, or what was "
        "taken stays.",
        "Which bytes belong to the message, and which must be there afterwards?",
        f"{FRAMES}, section 1 Three sends one recv",
        (
            Sign("buffer_separates_glued_messages", says=r"should return 'TWO'.*returned None"),
            Sign("buffer_returns_messages", says=r"should return None;\nit returned '"),
        ),
    ),
    Cause(
        "buffer_holds_the_last_piece",
        "a new piece takes the place of the one before.",
        "The bytes of half a message: where are they when the other half comes?",
        f"{FRAMES}, section 1 Three sends one recv",
        (Sign("buffer_waits_for_the_rest", says=r"should return 'MSG bob hi'"),),
    ),
    Cause(
        "buffer_is_shared",
        "all buffers share one. What belongs to one client is kept in the class.",
        "Where is the line that makes the empty buffer: in the class, or in __init__?",
        f"{FRAMES}, section 1 Three sends one recv",
        (Sign("buffers_are_independent", says="should return 'TWO'"),),
    ),
    Cause(
        "empty_message_is_none",
        "the empty message is taken for no message, or for the end. It is one, of length 0.",
        "Which values are false in an `if`? Which of them is a message?",
        f"{FRAMES}, section 8 The end in the middle",
        (
            Sign("every_size_is_received", says=r"b'0000' arrives.*it returned None"),
            Sign(
                "buffer_returns_the_empty_message",
                says=r"fed b'0000', next_message\(\) should return '';\nit returned None",
            ),
            Sign(
                "empty_message_is_an_error",
                says=r"the server closed the connection",
                says_not=r"stopped with",
                unless="unknown_command_is_an_error",
            ),
        ),
    ),
    Cause(
        "whole_frame_against_the_maximum",
        "a limit is held against what recv returned, or against a whole frame. The maximum is one "
        "of the payload alone.",
        "What exactly is it whose length you compare? How many messages may be in it?",
        f"{FRAMES}, section 9 Length fields from strangers",
        (Sign("longest_message_is_understood", says=r"got:\s+`ERROR", says_not=r"stopped with"),),
    ),
    Cause(
        "unknown_is_malformed",
        "a command that nobody knows is treated like a malformed message. It is a message like "
        "others, and only its words are wrong.",
        "What ends a connection, and what is answered with ERROR? Which of the two happens to a "
        "word that is no command?",
        f"{SERVER}, section 10 The last two",
        (
            Sign(
                "unknown_command_is_an_error",
                says=r"the server closed the connection|the connection was reset",
                says_not=r"stopped with|ended by itself",
            ),
        ),
    ),
    Cause(
        "more_is_read_than_belongs_to_it",
        "get_msg reads more than its message. The bytes of the next one are gone with it.",
        "How many bytes may recv return at the most in each call, and how many are still missing?",
        f"{FRAMES}, section 3 A bigger number",
        (Sign("next_message_is_left_alone", says=r"what is left there is"),),
    ),
    Cause(
        "reply_without_a_length_field",
        "what the server sends is bare text, without a length field.",
        "Through which function does every answer go on its way out?",
        f"{FRAMES}, section 1 Three sends one recv",
        (Sign("server_answers", says=r"a length field must be 4 digits; it was b'[A-Z]"),),
    ),
    Cause(
        "malformed_input_is_waited_out",
        "after malformed input the connection is kept. Nobody knows where its next message begins.",
        "What is done with the connection, and with its buffer, when the length field is none?",
        f"{FRAMES}, section 9 Length fields from strangers",
        (
            Sign(
                "bad_length_field_ends_the_connection",
                says=r"should close this connection\n\w+ got:        nothing.*sent `b'12 3'",
            ),
            Sign(
                "messages_after_malformed_input_are_not_served",
                says=r"should close this connection\n\w+ got:        `",
            ),
        ),
    ),
    Cause(
        "newline_is_needed",
        "a message is given a line end. Only the length field says where it ends.",
        "What is appended to a message before it is framed?",
        f"{FRAMES}, section 1 Three sends one recv",
        (Sign("name_is_accepted", says=r"`HELLO alice\\n`"),),
    ),
    # Leaving
    Cause(
        "exit_needs_no_close",
        "after EXIT the server leaves the closing to the client. Both wait for ever.",
        "What ends the connection after EXIT, and who has to do it?",
        f"{SERVER}, section 6 Two ways to leave",
        (
            Sign(
                "exit_closes_the_connection",
                says=r"should close this connection\nalice got:        nothing",
            ),
        ),
    ),
    Cause(
        "leaver_keeps_the_name",
        "a client that has left is not forgotten everywhere: its name is still taken.",
        "Go through every way of leaving and every place where a name is kept.",
        f"{SELECT}, section 5 The end that nobody noticed",
        (
            Sign(
                "exit_frees_the_name closing_frees_the_name vanishing_frees_the_name "
                "messages_after_malformed_input_are_not_served",
                says=r"should get: `HELLO alice`\n[\w-]+ got:        `ERROR",
            ),
        ),
    ),
    Cause(
        "leaver_is_listed",
        "a client that has left is still listed.",
        "From what is the list of names made, and what is removed from that when a client leaves?",
        f"{SERVER}, section 8 All names",
        (Sign("leavers_are_not_listed", says=r"bob got:        `NAMES [a-z ]*alice"),),
    ),
    Cause(
        "queue_is_dropped_at_exit",
        "EXIT closes the socket at once, and what waits to be sent is lost.",
        "What is still in the queue for that client when its EXIT is read?",
        f"{SERVER}, section 6 Two ways to leave",
        (
            Sign(
                "answers_before_exit_are_sent",
                says=r"should get: `HELLO carol`.*the server closed the connection",
            ),
        ),
    ),
    Cause(
        "sockets_close_themselves",
        "a client that has left is forgotten and its socket is not closed.",
        "For every way of leaving: which line closes the server's own end?",
        f"{SELECT}, section 8 The closed socket in the list",
        (Sign("descriptors_are_returned", says=r"about as many descriptors"),),
    ),
    Cause(
        "text_is_ascii",
        "text is thought to consist of ASCII characters. What is not becomes a question mark.",
        "Which encoding is named where text becomes bytes, and what does it do with the others?",
        f"{FRAMES}, section 5 Four characters or eight bytes",
        (Sign("every_language_arrives", says=r"bob got:        `FROM alice \?\?\?\?"),),
    ),
    Cause(
        "client_is_given_up_too_soon",
        "a client that reads late is given up before 1 MiB waits for it.",
        "How many bytes may wait for one client, and what does your server compare with that?",
        f"{SELECT}, section 7 Full buffers",
        (
            Sign("slow_reader_gets_everything", says=r"alice got:        `ERROR"),
            Sign("answers_come_in_order", says=r"(server closed|was reset)"),
        ),
    ),
    Cause(
        "backlog_grows_without_end",
        "what waits for a client that does not read may grow without a limit.",
        "Where does the queue for one client become longer, and who looks how long it is?",
        f"{SELECT}, section 7 Full buffers",
        (Sign("backlog_is_limited", says=r"should get: `HELLO bob`.*`ERROR"),),
    ),
    Cause(
        "name_is_kept_until_all_is_sent",
        "EXIT gives the name back only when the connection is closed. It is free at once.",
        "After EXIT two things are due: which of them may have to wait, and which may not?",
        f"{SERVER}, section 6 Two ways to leave",
        (Sign("backlog_is_sent_before_exit", says=r"should get: `HELLO bob`.*`ERROR"),),
    ),
    Cause(
        "sender_pays_for_the_vanished",
        "an exception is taken for the end of whoever is being served. It may be the recipient who "
        "is gone.",
        "Which client was the message for, whose socket raised, and whose connection is closed?",
        f"{SELECT}, section 9 A peer that is gone",
        (
            Sign(
                "message_to_a_vanished_client_harms_nobody",
                says=r"bob got:        the (server closed|connection was reset)",
                says_not=r"stopped with|ended by itself",
            ),
        ),
    ),
    # The meaning of the messages
    Cause(
        "names_are_not_compared",
        "nobody looks whether a name is taken.",
        "Before a name is given: who has it?",
        f"{SERVER}, section 7 Who has this name",
        (Sign("duplicate_name_is_refused", says=r"got:        `HELLO alice`"),),
    ),
    Cause(
        "own_name_is_a_conflict",
        "the name that a client has already is refused to it as taken.",
        "Who has the name that is asked for? What if that is the one who asks?",
        f"{SERVER}, section 7 Who has this name",
        (Sign("own_name_can_be_asked_for_again", says=r"got:        `ERROR"),),
    ),
    Cause(
        "old_name_stays",
        "a second NAME adds the new name, and the old one stays.",
        "Every place where a name is kept: what is there after a second NAME?",
        f"{SERVER}, section 7 Who has this name",
        (
            Sign("renaming_frees_the_old_name", says=r"should get: `HELLO alice`.*`ERROR"),
            Sign("list_follows_renaming", says=r"`NAMES [a-z ]*alice"),
            Sign("messages_follow_renaming", says=r"got:        `FROM alice hi`"),
        ),
    ),
    Cause(
        "spaces_are_taken_apart",
        "the message is taken apart at every space, and put together otherwise.",
        "What do 'a  b'.split() and 'a  b'.split(' ', 1) return? Which spaces are gone?",
        f"{FRAMES}, section 13 The words inside a message",
        (
            Sign("spaces_are_kept_by_the_split", says=r"'bob hi there ?'"),
            Sign(
                "text_arrives_unchanged",
                says=r"`FROM alice hi there`\nbob got:        `FROM alice hi`",
            ),
            Sign(
                "text_arrives_unchanged",
                says=r"`FROM alice  leading`\nbob got:        `FROM alice leading`",
            ),
            Sign(
                "typed_line_is_sent_unchanged",
                says=r"should get: `MSG bob (trailing|  ?leading|two  spaces) ?`",
            ),
        ),
    ),
    Cause(
        "everybody_is_told",
        "a message goes to more than its recipient.",
        "Over which sockets does the delivery go, and whose name was in the message?",
        f"{SERVER}, section 9 A message from one to the other",
        (Sign("only_the_recipient_hears", says=r"got:        `FROM alice hi`"),),
    ),
    Cause(
        "silence_is_no_answer",
        "a delivered message is answered or echoed. Its sender should hear nothing.",
        "What is sent to the sender when a MSG is delivered?",
        f"{SERVER}, section 9 A message from one to the other",
        (
            Sign(
                "message_is_delivered",
                says=r"alice should get: `FROM bob hello`\nalice got:        `(?!ERROR)",
            ),
            Sign("only_the_recipient_hears", says=r"alice should get: no message at all"),
        ),
    ),
    Cause(
        "command_is_a_beginning",
        "the command is looked for at the beginning of the message. It is the whole first word.",
        "Compare the first word with the command, exactly. What does startswith accept?",
        f"{FRAMES}, section 13 The words inside a message",
        (
            Sign("unknown_command_is_an_error", says=r"after alice sent `(NAMES|GET_NAMESS|MSGS)"),
            Sign("only_exit_is_exit", says=r"should get: `(EXITING|exit)`"),
        ),
    ),
    # The client
    Cause(
        "line_is_not_drawn_again",
        "a message takes the place of the line that is half typed, which is not drawn again.",
        "After a message was written: what should stand in the row of the cursor?",
        f"{CLIENT}, section 5 Above the line",
        (
            Sign(
                "half_typed_line_survives",
                says=r"line being typed should end with `MSG bo`",
                steps=r"\(server\) sends FROM carol hi",
            ),
        ),
    ),
    Cause(
        "keys_are_read_to_the_end",
        "once a key is pressed, the client reads keys until Enter and does not look at the socket.",
        "Where is the client while a line is half typed, and what else could wake it there?",
        f"{CLIENT}, section 7 Key by key",
        (Sign("half_typed_line_survives", says=r"The screen should show `FROM carol hi`"),),
    ),
    Cause(
        "backspace_is_a_letter",
        "Backspace is put into the line like any other character.",
        "Which character does Backspace give, and what is done with it?",
        f"{CLIENT}, section 7 Key by key",
        (Sign("backspace_deletes", says=r"should end with `NAM`"),),
    ),
    Cause(
        "some_characters_are_harmless",
        "some control characters are escaped and others not. A terminal obeys all of them.",
        "Which characters does str.isprintable() refuse? Which of them do you let through?",
        f"{CLIENT}, section 8 What a stranger may put on your screen",
        (Sign("control_characters_do_not_act", says=r"before[1-9].* should not reach"),),
    ),
    Cause(
        "terminal_shows_everything",
        "what others send is written as it is. A terminal obeys control characters.",
        "Which characters does str.isprintable() refuse, and what do you write in their place?",
        f"{CLIENT}, section 8 What a stranger may put on your screen",
        (Sign("control_characters_do_not_act", says=r"should not reach the terminal as it is"),),
    ),
    Cause(
        "input_is_always_a_terminal",
        "standard input is taken for a terminal. It may be a pipe, which has no modes.",
        "What does sys.stdin.isatty() return, and where does that make a difference?",
        f"{CLIENT}, section 1 Two things that may happen",
        (Sign("piped_lines_are_sent", says=r"Inappropriate ioctl"),),
    ),
    Cause(
        "exit_closes_before_it_is_sent",
        "EXIT ends the client before EXIT has been sent.",
        "What is still in the queue when the socket is closed?",
        f"{CLIENT}, section 6 To say something",
        (
            Sign("exit_ends_the_client", says=r"should get: `EXIT`.*the end of the connection"),
            Sign("piped_lines_are_sent", says=r"got:        the end of the connection"),
        ),
    ),
    Cause(
        "a_server_is_always_there",
        "that nobody may listen is not thought of.",
        "What does connect raise, and what should a person read then?",
        f"{CLIENT}, section 2 To the server",
        (Sign("missing_server_is_told", says=r"ConnectionRefusedError"),),
    ),
)
