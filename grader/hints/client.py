"""Further hints of the stage client."""

from grader.hints.further import Further

CONNECT, TURN, RECEIVE = "connect", "ChatClient.run_turn", "ChatClient.receive"
SHOW, SAY, SEND = "ChatClient.show", "ChatClient.say", "ChatClient.send_waiting"
KEYS, VISIBLE = "ChatClient.read_keys", "visible"

FURTHER = {
    "client_connects": Further(
        CONNECT,
        "Which address and port does the new socket connect to? After that, show must write "
        "its first words: is it filled in as well?",
        "Make a TCP connection to the host that was given and the port of chat_protocol, make"
        " the socket non-blocking, return it. The greeting goes through show, so that one is "
        "next.",
    ),
    "typed_line_is_sent": Further(
        SEND,
        "Four functions work together: run_turn notices a key, read_keys collects the line, "
        "say frames it, send_waiting sends it. Which one is not reached?",
        "Enter is the key '\\r'; it calls finish_line. say adds a frame to the outbox. "
        "run_turn asks select about writing while the outbox is not empty, and then "
        "send_waiting sends and removes what was taken.",
    ),
    "typed_line_is_sent_unchanged": Further(
        SAY,
        "Is the line changed between the keyboard and create_msg? Which characters does "
        "read_keys keep?",
        "The whole line becomes one message, with all its spaces. read_keys keeps every "
        "printable character, not only ASCII, and create_msg counts bytes.",
    ),
    "message_is_shown_at_once": Further(
        TURN,
        "Which objects are in the list of readers that select gets? Is there an input or a "
        "getwch that waits?",
        "Both the socket and the keyboard module are readers. If the socket is ready, receive"
        " is called, whether or not a key was pressed. On Windows, where select watches "
        "sockets only, it gets a short time limit instead.",
    ),
    "half_typed_line_survives": Further(
        SHOW,
        "Three steps, in this order, with the two methods of self.line and one write. Which "
        "is missing?",
        "Erase the picture of the line, write the message and a line end, draw the line "
        "again. The text itself is kept in self.line.text and is not touched.",
    ),
    "messages_may_come_in_pieces": Further(
        RECEIVE,
        "Compare it with receive in your server. Is there one inbox for the whole connection,"
        " and a loop until it gives None?",
        "One recv, feed the inbox, then show each message until next_message returns None. "
        "The empty message is shown as well and does not end the loop.",
    ),
    "backspace_deletes": Further(
        KEYS,
        "Backspace arrives as '\\x08'. What must change: the text of the line, its picture, or"
        " both?",
        "self.line has a method that deletes the last character, also when there is none, and"
        " one that draws the line anew. Call both, and do not add the key to the text.",
    ),
    "odd_keys_and_lines_do_no_harm": Further(
        KEYS,
        "An arrow key gives two characters, the first of them '\\x00'. Is the second one "
        "thrown away too? And does say survive a line that is over 1024 bytes?",
        "After the first character of a special key call getwch once more and forget both. "
        "Only printable characters are added to the line. say catches ValueError and shows a "
        "sentence in place of sending.",
    ),
    "exit_ends_the_client": Further(
        SAY,
        "After EXIT: is the message really sent before the program ends? What should it wait "
        "for then, and does it do so without spinning?",
        "say marks the client as leaving. run_turn goes on until the outbox is sent and the "
        "server closes the connection; keys are read no more. run then returns 0.",
    ),
    "only_exit_is_exit": Further(
        SAY,
        "How is the line compared with EXIT: with ==, or with in, startswith, upper or strip?",
        "Only a line that is equal to EXIT ends the client. EXITING, exit and EXIT with a "
        "space before it are messages like any other.",
    ),
    "end_of_the_server_is_told": Further(
        RECEIVE,
        "recv returns b'' when the server has closed. Which attribute tells run that it is over?",
        "Set is_over when b'' comes, and return. run says the sentence and ends; without "
        "that, select would name this socket again and again.",
    ),
    "server_may_vanish": Further(
        RECEIVE,
        "Is recv inside a try? And what if half a message is in the inbox at the end?",
        "Treat an OSError from recv or send like the end of the stream. A fragment that is "
        "left in the inbox is dropped without a word.",
    ),
    "missing_server_is_told": Further(
        CONNECT,
        "Does this function use its parameter host? Is the exception caught too early? main "
        "waits for an OSError from here, and prints the line.",
        "Connect to host, and let the OSError of that leave this function. main catches it, says "
        "in one line that there is no server, and returns a status that is not 0.",
    ),
    "interrupt_ends_the_client": Further(
        KEYS,
        "Is there an except without a name, or except BaseException, that swallows "
        "KeyboardInterrupt? And on Windows Ctrl-C is the key '\\x03'.",
        "Let KeyboardInterrupt go up to main, which ends the program without a traceback. For"
        " the key '\\x03' raise it yourself.",
    ),
    "terminal_is_put_back": Further(
        KEYS,
        "keyboard.py changes the terminal and puts it back when Python ends. Does your "
        "program end in a way that skips this?",
        "Use the keyboard.py that was given, unchanged, and change no modes yourself. End by "
        "returning from main or by sys.exit, never by os._exit or by killing the process.",
    ),
    "idle_client_rests": Further(
        TURN,
        "Print something after select. How often does it return while nothing happens, and "
        "which list is not empty then?",
        "The socket is among the writers only while the outbox holds something. There is no "
        "time limit of 0, and no loop around kbhit that waits for a key.",
    ),
    "control_characters_do_not_act": Further(
        VISIBLE,
        "Which characters of the message come back changed? Look at line ends and tabs as "
        "well as at the escape character.",
        "Go through the characters. Those for which isprintable is true stay; for each other "
        "one put its escape, as ascii or repr writes it. And show must use the result.",
    ),
    "piped_lines_are_sent": Further(
        TURN,
        "Without a terminal, self.pipe is a socket on which the lines arrive. Is it among the"
        " readers, and is read_pipe called for it? kbhit must not be called then.",
        "Readers are the server's socket and, until EXIT, the pipe. When the pipe is ready "
        "call read_pipe, which is given; it says EXIT at the end by itself. What send has not "
        "taken stays in the outbox. After EXIT wait for the server to close.",
    ),
}
