"""Further hints of the stage framing."""

from grader.hints.further import Further

RECEIVE = "ChatServer.receive"

FURTHER = {
    "message_may_be_cut_anywhere": Further(
        RECEIVE,
        "Each client has an inbox, a MessageBuffer. Is it the same one at the second recv as "
        "at the first, or a new one?",
        "Read once, feed what came into this client's own inbox, and take out what is "
        "complete. What is not complete waits there until the next turn.",
    ),
    "message_may_come_byte_by_byte": Further(
        RECEIVE,
        "Is there a loop around recv here? It would wait for one client, and the others with it.",
        "One recv in each turn, then back to select. next_message may return None ten times "
        "before it returns a text; that is no error.",
    ),
    "character_may_be_cut": Further(
        RECEIVE,
        "Is decode called on what recv returned?",
        "What recv returns goes into the inbox as bytes. Only MessageBuffer makes text, and "
        "only from a whole payload.",
    ),
    "messages_may_be_glued": Further(
        RECEIVE,
        "After feed, is next_message called once, or until it returns None?",
        "Loop: take the next message; if it is None, stop; otherwise answer it. The empty "
        "message is not None, and does not stop the loop.",
    ),
    "fifty_messages_in_one_segment": Further(
        RECEIVE,
        "Does the loop end early, at a fixed count or after the first answer was sent? Does "
        "send wait for select between two answers?",
        "All messages that are complete are answered in the same turn, and all answers go "
        "into the outbox, one behind the other. send_waiting sends as much as it can at once.",
    ),
    "message_and_a_half": Further(
        RECEIVE,
        "What happens when next_message has returned one text and then None? Is the answer "
        "already on its way?",
        "Answer each message as soon as it is taken out. The half that is left stays in the "
        "inbox and holds nothing back.",
    ),
    "longest_message_is_understood": Further(
        RECEIVE,
        "Is RECV_SIZE taken for the size of a message anywhere? A frame has up to 1028 bytes,"
        " and it may need several turns.",
        "The size that recv is given only limits one turn. Nothing is thrown away or judged "
        "because of how much came; the length field alone says what belongs together.",
    ),
    "bad_length_field_ends_the_connection": Further(
        RECEIVE,
        "next_message raises ProtocolError. Where is it caught, and what is done with the client?",
        "Put the try around the loop that takes messages out. On ProtocolError send this "
        "client an ERROR and let it leave: its name is free and its socket closes when that "
        "is sent.",
    ),
    "overlong_length_ends_the_connection": Further(
        RECEIVE,
        "Nothing more comes after these four bytes. Is the fault noticed now, or does the "
        "server wait for the payload?",
        "parse_length refuses the number as soon as four bytes are there, and next_message "
        "calls it then. The ProtocolError is treated like that of any other fault.",
    ),
    "bad_utf8_ends_the_connection": Further(
        RECEIVE,
        "Is it ProtocolError that arrives here, or UnicodeDecodeError?",
        "decode_payload turns the one into the other, so that one except is enough. If you "
        "decode in another place, do the same there.",
    ),
    "messages_before_malformed_input_are_served": Further(
        RECEIVE,
        "Is the connection closed at the moment of the fault, together with the answers that "
        "wait in the outbox?",
        "The messages before the fault are answered one by one, as always. After the ERROR "
        "the client leaves as after EXIT: what waits is sent first, then the socket closes.",
    ),
    "messages_after_malformed_input_are_not_served": Further(
        RECEIVE,
        "After the ProtocolError, can the loop or a later turn take another message out of "
        "the same inbox?",
        "A client that is leaving is read no more, and its loop ends. Do not look for the "
        "next good length field: nobody knows where one would begin.",
    ),
}
