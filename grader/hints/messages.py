"""Further hints of the stage messages."""

from grader.hints.further import Further

MSG, UNKNOWN = "ChatServer.answer_msg", "ChatServer.answer_unknown"

FURTHER = {
    "message_is_delivered": Further(
        MSG,
        "Follow MSG bob hi: which function cuts the name off, which one finds bob, and to "
        "which client is send called?",
        "parse_message, used a second time on the arguments, gives name and text. find gives "
        "the recipient. The recipient is sent FROM, the sender's name and the text.",
    ),
    "only_the_recipient_hears": Further(
        MSG,
        "Count the calls of send for one delivered message. There should be one.",
        "Send to the recipient and to nobody else: no copy for the sender, no word that it "
        "was delivered, no loop over all clients.",
    ),
    "text_arrives_unchanged": Further(
        MSG,
        "Does split or strip stand anywhere between receive and here? Is the text put "
        "together again from words?",
        "The text is what is left behind the first space of the arguments, as one piece. It "
        "goes into the answer as it is, with the spaces at its beginning and its end, and "
        "with line ends.",
    ),
    "every_language_arrives": Further(
        MSG,
        "Is every message framed by create_msg, or is there a place with a length of its own?"
        " And who decodes what comes in?",
        "Only create_msg makes frames and only MessageBuffer reads them; both count bytes. If"
        " a length is made from a text somewhere else, remove that.",
    ),
    "message_to_oneself_arrives": Further(
        MSG,
        "Is there a condition that leaves out the sender, or compares the two names?",
        "find returns the sender like anybody else, and it is sent FROM with its own name. No"
        " case of its own is needed.",
    ),
    "sender_needs_a_name": Further(
        MSG,
        "Which question must come before all others here, and which attribute of the client "
        "answers it?",
        "If the sender's name is None, answer ERROR and a short reason, and deliver nothing. "
        "The words of the message are not repeated in the answer.",
    ),
    "recipient_must_exist": Further(
        MSG,
        "find returns None where nobody has the name. What happens to that None in the next line?",
        "Compare it with None first; then answer ERROR and a reason. A client without a name "
        "is not called None, and names are compared whole. Do not repeat a long name in the "
        "answer.",
    ),
    "text_is_required": Further(
        MSG,
        "What are name and text for each of these: MSG, MSG bob, and MSG bob with one space "
        "behind it?",
        "parse_message gives an empty text in all three cases. An empty text is answered with"
        " ERROR. Two spaces after MSG make the name empty, and nobody has that name.",
    ),
    "order_is_kept": Further(
        MSG,
        "Is each answer added at the end of the recipient's outbox, or at its beginning? Is "
        "there a thread, a set or a dictionary on the way?",
        "receive takes the messages out of the buffer in a loop, one after the other, and "
        "each answer is added behind those that wait already. Nothing else may send.",
    ),
    "overlong_delivery_is_an_error": Further(
        MSG,
        "create_msg raises ValueError for what is too long. Where does that go now, and who "
        "should be told?",
        "Catch ValueError where the message is sent to the recipient, and send the sender an "
        "ERROR in its place. Then nothing has been delivered, and the server goes on.",
    ),
    "messages_follow_renaming": Further(
        MSG,
        "Is the sender's name looked up when the message is delivered, or was it kept from before?",
        "Use the name that the Client object has now, for the sender as for finding the "
        "recipient. A table from names to clients must lose the old name.",
    ),
    "unknown_command_is_an_error": Further(
        UNKNOWN,
        "Does ERROR have a space and at least one word behind it? And how is the command "
        "compared: with ==, or with startswith, lower or strip?",
        "The first word must be equal to a command, character by character; all else comes "
        "here. The answer is ERROR, a space and a fixed explanation that does not repeat what"
        " was sent.",
    ),
    "empty_message_is_an_error": Further(
        UNKNOWN,
        "next_message returns the empty text for it. Does receive take that for None, or for "
        "the end?",
        "In receive, compare with None, so that the empty text is answered like any other "
        "message. Then parse_message gives an empty command, which is unknown.",
    ),
}
