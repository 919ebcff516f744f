"""Further hints of the stage names."""

from grader.hints.further import Further

LISTENER, TURN, ACCEPT = (
    "ChatServer.open_listener",
    "ChatServer.serve_turn",
    "ChatServer.accept_client",
)
NAME, LIST, FIND = "ChatServer.answer_name", "ChatServer.answer_get_names", "ChatServer.find"

FURTHER = {
    "server_answers": Further(
        LISTENER,
        "Put a print into each of these, in this order: open_listener, serve_turn, "
        "accept_client, receive, answer_name, send, send_waiting. Which is the first that is "
        "not reached?",
        "The listener is bound to HOST and PORT and listens. The loop gives it to select "
        "among the readers and accepts when it is ready. The client's socket is among the "
        "readers in the next turn, and among the writers as soon as an answer waits for it.",
    ),
    "name_is_accepted": Further(
        NAME,
        "Which text is given to send here? And does send make a frame of it with create_msg?",
        "The answer is the word HELLO, one space and the name, as one message. send frames it"
        " and adds the frame to the outbox; send_waiting sends it when select says so.",
    ),
    "several_clients_have_names": Further(
        NAME,
        "The name belongs to one connection. Is it kept with that client, or in one place for all?",
        "Each Client object has an attribute for its name. Names are compared whole and with "
        "their case: lice is not alice, and Alice is not alice.",
    ),
    "duplicate_name_is_refused": Further(
        NAME,
        "Ask find who has the name. What may happen only if that is nobody?",
        "If another client has the name, answer with ERROR and a reason, and leave both "
        "clients as they are. Only otherwise set the name and say HELLO.",
    ),
    "invalid_name_is_refused": Further(
        NAME,
        "is_valid_name judges everything after NAME and its space. Is it given all of that, "
        "or only the first word, or what strip has left?",
        "Give the arguments to is_valid_name unchanged. If it says no, answer ERROR and a "
        "reason. Do not repeat the name in the answer: a long one would make the answer too "
        "long.",
    ),
    "own_name_can_be_asked_for_again": Further(
        NAME,
        "find returns a client. Compare it with the one that asks before you call it a conflict.",
        "The name is free if find returns nobody, or the asking client itself. Both cases "
        "lead to HELLO.",
    ),
    "renaming_frees_the_old_name": Further(
        FIND,
        "Is there a dictionary from names to clients somewhere? Then the old entry must go "
        "when the new one comes.",
        "It is simplest when the name is kept in one place, the Client object, and find goes "
        "through all clients and compares. Then the old name is gone the moment the new one "
        "is set.",
    ),
    "refused_name_changes_nothing": Further(
        NAME,
        "In which order do your lines come: is the old name removed before it is sure that "
        "the new one is valid and free?",
        "First the question whether it is valid, then the question whether somebody else has "
        "it, each with its ERROR. The assignment stands behind both, and nothing is forgotten"
        " before.",
    ),
    "names_are_listed": Further(
        LIST,
        "Go through all clients and take the names of those that have one. What stands "
        "between two names, and before the first one?",
        "The word NAMES and then each name, joined by single spaces; str.join does that. It "
        "does not matter whether the one who asks has a name.",
    ),
    "nobody_is_listed_as_nobody": Further(
        LIST,
        "Print repr of the answer when nobody has a name. Is there a space at its end, or the"
        " word None?",
        "Put the word NAMES into the same list as the names, and join that list. With no "
        "names there is nothing to join, and no space.",
    ),
    "list_follows_renaming": Further(
        LIST,
        "Is the list kept and added to at each NAME, or is it made anew when somebody asks?",
        "Make it anew from the clients that are connected now. And look at the command only: "
        "what stands behind GET_NAMES does not matter.",
    ),
    "long_list_is_cut": Further(
        LIST,
        "Where does create_msg raise ValueError, and what should be sent in place of that "
        "answer? Does a list of exactly 1024 bytes have dots?",
        "If the whole answer fits, send it without dots. If not, begin again and add one name"
        " at a time while it still fits together with a space and three dots, which come at "
        "the end.",
    ),
    "cut_list_is_full": Further(
        LIST,
        "For each name, what do you compare with 1024? Count the space before it, and the "
        "four bytes of the dots behind it.",
        "A name fits if the answer so far, a space, the name, a space and three dots are "
        "together not over 1024 bytes. Exactly 1024 is allowed.",
    ),
}
