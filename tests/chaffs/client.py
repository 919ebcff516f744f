"""Chaffs for the stage client."""

from __future__ import annotations

from tests.chaffs.chaff import Chaff, Patch

CLIENT = "chat_client.py"

KEYS_ONE_BY_ONE = "            keyboard.kbhit()  # from the first call on, keys arrive one by one\n"
AT_END = """\
        if not data:
            self.is_over = True
            return
"""
NEXT_MESSAGE = "while (message := self.inbox.next_message()) is not None:"
FED = """\
        self.inbox.feed(data)
        try:
            while (message := self.inbox.next_message()) is not None:
                self.show(message)
"""
IS_EXIT = 'self.is_leaving = text == "EXIT"'
BACKSPACE = """\
                self.line.delete_last()
                self.line.draw()
"""
SPECIAL_KEY = """\
            if key in SPECIAL_KEY:  # an arrow, say: it has no meaning here
                keyboard.getwch()
            elif"""
SHOWN = 'write(visible(message) + "\\n")'
REDRAWN = """\
        if self.has_terminal and not self.is_leaving:
            self.line.draw()
        ### END"""
VISIBLE = "c if c.isprintable() else ascii(c)[1:-1] for c in text"

CHAFFS = [
    # Connecting
    Chaff(
        name="client_waits_for_a_welcome",
        mistake="The client takes for granted that the server speaks first, and waits for it.",
        caught_by="client_connects",
        told=("should show a greeting or a prompt; it shows nothing", "(accepts the client)"),
        patches=(
            Patch(
                CLIENT,
                "    sock.setblocking(False)\n",
                "    sock.recv(RECV_SIZE)\n    sock.setblocking(False)\n",
            ),
        ),
    ),
    Chaff(
        name="missing_server_is_a_traceback",
        mistake="That nobody may listen is not thought of: connect raises, and nothing catches it.",
        caught_by="missing_server_is_told",
        told=("ConnectionRefusedError", "connect(host)", "without a traceback"),
        patches=(
            Patch(CLIENT, "    except OSError as error:\n", "    except EOFError as error:\n"),
        ),
    ),
    Chaff(
        name="missing_server_is_a_success",
        mistake="The client says that there is no server, and ends with status 0 all the same.",
        caught_by="missing_server_is_told",
        told=("a status other than 0; it was 0", "There is no server"),
        patches=(
            Patch(
                CLIENT,
                '{error.strerror}.")\n        return 1',
                '{error.strerror}.")\n        return 0',
            ),
        ),
    ),
    Chaff(
        name="host_is_ignored",
        mistake="The HOST on the command line is not passed on: the client connects to 127.0.0.1.",
        caught_by="missing_server_is_told",
        told=("`chat_client.py 127.0.0.2`", "it connects to 127.0.0.1"),
        patches=(Patch(CLIENT, "create_connection((host, ", "create_connection((HOST, "),),
    ),
    # What is sent
    Chaff(
        name="each_key_is_a_message",
        mistake="Every key is sent as soon as it is pressed, as if the server put lines together.",
        caught_by="typed_line_is_sent",
        told=("should get: `NAME alice`", "got:        `N`"),
        patches=(
            Patch(
                CLIENT,
                "self.line.text += key",
                "self.line.text += key\n                self.say(key)",
            ),
        ),
    ),
    Chaff(
        name="line_is_stripped",
        mistake="The line is stripped, as one does with what input() returns.",
        caught_by="typed_line_is_sent_unchanged",
        told=("should get: `MSG bob trailing `", "got:        `MSG bob trailing`"),
        patches=(Patch(CLIENT, "text = self.line.take()", "text = self.line.take().strip()"),),
    ),
    Chaff(
        name="only_ascii_can_be_typed",
        mistake="What lies between the space and the tilde is taken for all that can be typed.",
        caught_by="typed_line_is_sent_unchanged",
        told=("should get: `MSG bob שלום לך`", "got:        `MSG bob  `"),
        patches=(Patch(CLIENT, "elif key.isprintable():", 'elif " " <= key <= "~":'),),
    ),
    # What is shown
    Chaff(
        name="input_blocks",
        mistake="The line is read by input(), and the socket is looked at between two lines only.",
        caught_by="message_is_shown_at_once",
        told=("The screen should show `FROM bob", "and for the keyboard at the same time"),
        patches=(
            Patch(CLIENT, KEYS_ONE_BY_ONE, "            pass\n"),
            Patch(CLIENT, "readers.append(keyboard)", "limit = 0"),
            Patch(CLIENT, "            self.read_keys()\n", "            self.say(input())\n"),
        ),
    ),
    Chaff(
        name="line_is_read_to_its_end",
        mistake="Once a key is pressed, the client reads keys until Enter, and nothing else.",
        caught_by="half_typed_line_survives",
        told=("should show `FROM carol hi`", "types MSG bo", "> MSG bo"),
        patches=(
            Patch(CLIENT, "and keyboard.kbhit():", "and (keyboard.kbhit() or self.line.text):"),
        ),
    ),
    Chaff(
        name="line_is_not_drawn_again",
        mistake="A message takes the place of the half-typed line, which is kept, but unseen.",
        caught_by="half_typed_line_survives",
        told=("should end with `MSG bo`", "stand below what came in", "FROM carol hi"),
        patches=(Patch(CLIENT, REDRAWN, "        ### END"),),
    ),
    Chaff(
        name="one_recv_is_one_message",
        mistake="What one recv returns is taken for one message: a length field and its payload.",
        caught_by="messages_may_come_in_pieces",
        told=("should show `FROM bob 01", "the bytes b'0'", "│ ROM bob 01"),
        patches=(
            Patch(
                CLIENT,
                FED,
                "        try:\n            self.show(data[4:].decode())\n",
            ),
        ),
    ),
    Chaff(
        name="one_message_for_each_recv",
        mistake="After a recv one message is taken from the buffer, though several may be there.",
        caught_by="messages_may_come_in_pieces",
        told=("should show `FROM bob one`, then `FROM bob two`",),
        patches=(Patch(CLIENT, NEXT_MESSAGE, NEXT_MESSAGE.replace("while", "if")),),
    ),
    Chaff(
        name="messages_are_printed_raw",
        mistake="Messages are printed as they come, and the terminal obeys what others have sent.",
        caught_by="control_characters_do_not_act",
        told=("before0\\x1b[2Jafter0", "characters does a terminal obey"),
        patches=(Patch(CLIENT, SHOWN, 'write(message + "\\n")'),),
    ),
    Chaff(
        name="only_escape_is_escaped",
        mistake="The escape character is taken for the only one that a terminal obeys.",
        caught_by="control_characters_do_not_act",
        told=("should not reach the terminal as it is", "before2\\x9b31m"),
        patches=(Patch(CLIENT, VISIBLE, '"\\\\x1b" if c == "\\x1b" else c for c in text'),),
    ),
    # Keys
    Chaff(
        name="backspace_is_kept",
        mistake="Backspace is put into the line like any other character.",
        caught_by="backspace_deletes",
        told=("should end with `NAM`", "> NAMX"),
        patches=(
            Patch(
                CLIENT,
                BACKSPACE,
                "                self.line.text += key\n                self.line.draw()\n",
            ),
        ),
    ),
    Chaff(
        name="backspace_on_an_empty_line",
        mistake="Backspace removes the last character without a look whether there is one.",
        caught_by="backspace_deletes",
        told=("IndexError: pop from empty list", "presses Backspace, 5 times"),
        patches=(
            Patch(
                CLIENT,
                BACKSPACE,
                "                typed = list(self.line.text)\n"
                "                typed.pop()\n"
                '                self.line.text = "".join(typed)\n'
                "                self.line.draw()\n",
            ),
        ),
    ),
    Chaff(
        name="arrow_types_a_letter",
        mistake="Of an arrow key's two characters only the first, which is no text, is ignored.",
        caught_by="odd_keys_and_lines_do_no_harm",
        told=("should get: `NAME alice`", "got:        `NAME aliKHce`", "the left arrow"),
        patches=(Patch(CLIENT, SPECIAL_KEY, "            if"),),
    ),
    # EXIT
    Chaff(
        name="exit_is_not_sent",
        mistake="EXIT closes the socket at once, and what was queued is never sent.",
        caught_by="exit_ends_the_client",
        told=("should get: `EXIT`", "the end of the connection"),
        patches=(Patch(CLIENT, IS_EXIT, 'self.is_leaving = self.is_over = text == "EXIT"'),),
    ),
    Chaff(
        name="exit_is_a_failure",
        mistake="However the client ends, its status says that something went wrong.",
        caught_by="exit_ends_the_client",
        told=("should end with status 0; it was 1", "types EXIT"),
        patches=(Patch(CLIENT, "return 0 if self.is_leaving else 1", "return 1"),),
    ),
    Chaff(
        name="exiting_quits",
        mistake="Every line that begins with the letters EXIT is taken for EXIT.",
        caught_by="only_exit_is_exit",
        told=("EXITING", "should get: `exit`"),
        patches=(Patch(CLIENT, IS_EXIT, 'self.is_leaving = text.startswith("EXIT")'),),
    ),
    Chaff(
        name="keys_keep_the_leaver_busy",
        mistake="After EXIT no key is read any more, but select is still asked about the keyboard.",
        caught_by="only_exit_is_exit",
        told=("A key was pressed after EXIT", "chat_client.py should rest; it used"),
        patches=(
            Patch(
                CLIENT,
                "        elif self.has_terminal and not self.is_leaving:\n            if os.name",
                "        elif self.has_terminal:\n            if os.name",
            ),
        ),
    ),
    # The server's end
    Chaff(
        name="server_end_is_nothing_yet",
        mistake="An empty recv is taken for no data yet, and the client waits for more.",
        caught_by="end_of_the_server_is_told",
        told=("should end; it goes on", "(closes the connection)"),
        patches=(Patch(CLIENT, AT_END, "        if not data:\n            return\n"),),
    ),
    Chaff(
        name="end_floods_the_screen",
        mistake="An empty recv is shown like a message, again and again.",
        caught_by="end_of_the_server_is_told",
        told=("should end; it goes on", "(closes the connection)"),
        patches=(Patch(CLIENT, AT_END, AT_END.replace("self.is_over = True", 'self.show("")')),),
    ),
    Chaff(
        name="end_is_silent",
        mistake="When the server closes the connection, the client ends without a word.",
        caught_by="end_of_the_server_is_told",
        told=("should say that the server has gone; it says nothing", "(closes the connection)"),
        patches=(
            Patch(CLIENT, 'write("The server has closed the connection.\\n")', 'write("\\n")'),
        ),
    ),
    Chaff(
        name="reset_is_a_traceback",
        mistake="A server that vanishes makes recv raise, and nothing catches that.",
        caught_by="server_may_vanish",
        told=("ConnectionResetError", "(vanishes: RST)", "recv("),
        patches=(
            Patch(
                CLIENT,
                '        except OSError:  # the server vanished\n            data = b""\n',
                "",
            ),
        ),
    ),
    # How the client ends
    Chaff(
        name="interrupt_is_a_traceback",
        mistake="Ctrl-C is thought to need no code, and ends the client with a traceback.",
        caught_by="interrupt_ends_the_client",
        told=("KeyboardInterrupt", "presses Ctrl-C", "without a traceback"),
        patches=(Patch(CLIENT, "    except KeyboardInterrupt:\n", "    except EOFError:\n"),),
    ),
    Chaff(
        name="terminal_is_left_by_exit",
        mistake="The program ends by os._exit, and what would put the terminal back never runs.",
        caught_by="terminal_is_put_back",
        told=("terminal should be as it was before", "types EXIT"),
        patches=(
            Patch(CLIENT, "return ChatClient(sock).run()", "os._exit(ChatClient(sock).run())"),
        ),
    ),
    # Waiting
    Chaff(
        name="client_never_waits",
        mistake="select is called with a time-out of 0, so the loop never sleeps.",
        caught_by="idle_client_rests",
        told=("should rest; it used", "of CPU time"),
        patches=(
            Patch(
                CLIENT,
                "GOODBYE_LIMIT if self.is_leaving else None",
                "GOODBYE_LIMIT if self.is_leaving else 0",
            ),
        ),
    ),
    # A pipe
    Chaff(
        name="pipe_is_taken_for_a_terminal",
        mistake="Standard input is always taken for a terminal, and a pipe has no modes to change.",
        caught_by="piped_lines_are_sent",
        told=("error: (25, 'Inappropriate ioctl for device')", "keyboard.kbhit()"),
        patches=(
            Patch(CLIENT, "self.has_terminal = sys.stdin.isatty()", "self.has_terminal = True"),
        ),
    ),
    Chaff(
        name="rest_of_the_pile_dropped",
        mistake="send is thought to take all: what it has not taken is dropped with the rest.",
        caught_by="piped_lines_are_sent",
        told=("should get: `MSG bob",),
        patches=(Patch(CLIENT, "del self.outbox[:sent]", "self.outbox.clear()"),),
    ),
    Chaff(
        name="end_of_the_pipe_closes",
        mistake="At the end of the pipe the client closes the connection without saying EXIT.",
        caught_by="piped_lines_are_sent",
        told=(
            "should get: `MSG bob without a line end`",
            "the end of the connection",
            "ends the pipe",
        ),
        patches=(
            Patch(
                CLIENT,
                'lines = [line for line in lines if line] + [b"EXIT"]',
                "self.is_over = True",
            ),
        ),
    ),
]
