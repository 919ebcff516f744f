"""Further hints of the stage lifecycle."""

from grader.hints.further import Further

LISTENER, LEAVE = "ChatServer.open_listener", "ChatServer.leave"
DISCONNECT, EXIT = "ChatServer.disconnect", "ChatServer.answer_exit"

FURTHER = {
    "exit_closes_the_connection": Further(
        EXIT,
        "Follow EXIT from here to the call of close. Which step is missing? And who else is "
        "touched by it?",
        "The client is marked as leaving, no answer is sent, and as soon as its outbox is "
        "empty its socket is closed and forgotten. The others are not touched.",
    ),
    "exit_frees_the_name": Further(
        LEAVE,
        "After EXIT, does find still return the client that has left?",
        "Set its name to None here, at once, and remove it from every other place that knows "
        "the name.",
    ),
    "exit_works_without_a_name": Further(
        LEAVE,
        "What happens here if the client's name is None? A del or a remove for something that"
        " is not there raises an exception.",
        "Leaving does the same with or without a name. Where something is removed by name, "
        "ask first whether there is one.",
    ),
    "answers_before_exit_are_sent": Further(
        LEAVE,
        "Is the socket closed while the outbox still holds answers?",
        "If the outbox is empty, disconnect. If not, only mark the client as leaving; the "
        "turn in which send_waiting sends the last byte closes it.",
    ),
    "backlog_is_sent_before_exit": Further(
        LEAVE,
        "Two things have different moments: the name is free now, the socket closes later. "
        "And what if the client has ended its own side of the connection meanwhile?",
        "A leaving client is not among the readers any more, so nothing that it sends or ends"
        " is noticed. It stays among the writers until its outbox is empty, over as many "
        "turns as that takes.",
    ),
    "nothing_is_served_after_exit": Further(
        EXIT,
        "The loop in receive takes one message after the other. What makes it stop after EXIT?",
        "The loop asks before each message whether the client is leaving. What is still in "
        "the buffer is never taken out.",
    ),
    "closing_frees_the_name": Further(
        DISCONNECT,
        "An empty result of recv means that the client has closed. Does receive call this "
        "function then? What is forgotten in it?",
        "Close the socket, remove the client from self.clients, and set its name to None. "
        "After that select never hears of this socket again.",
    ),
    "vanishing_frees_the_name": Further(
        DISCONNECT,
        "A client that vanishes makes recv raise instead of returning b''. Which calls on its"
        " socket are not inside a try?",
        "Catch OSError around recv and around send, which covers ConnectionResetError and "
        "BrokenPipeError, and do the same as at a normal end: call disconnect.",
    ),
    "leaving_before_name_harms_nobody": Further(
        DISCONNECT,
        "Which of your lines need a name, or need the client to be in a table where only "
        "named ones are?",
        "Removing must work for a client that never had a name. dict.pop with a default value"
        " raises nothing. A client may also be gone before accept: that is an OSError to go "
        "on after.",
    ),
    "leavers_are_not_listed": Further(
        DISCONNECT,
        "List all places where your server keeps clients or names. Is each of them changed here?",
        "With one place only, self.clients, one removal is enough, and GET_NAMES and MSG both"
        " look there. If you have a second table, the entry there goes at the same time.",
    ),
    "leaving_inside_a_message_frees_the_name": Further(
        DISCONNECT,
        "The half message is in the client's MessageBuffer. Does anything of it outlive the "
        "client? Is anything waiting for its other half?",
        "The buffer belongs to the Client object and goes with it. The end is handled in the "
        "same way whatever the buffer holds, and nothing of the fragment is answered.",
    ),
    "message_to_a_vanished_client_harms_nobody": Further(
        DISCONNECT,
        "If a client is dropped in the first half of a turn, select may have named it for the"
        " second half as well. What happens there?",
        "Whoever gets a socket from the lists of select looks first whether the client is "
        "still known. disconnect may be called twice for one client without harm, and an "
        "error while sending to the recipient never reaches the sender.",
    ),
    "many_leave_at_once": Further(
        DISCONNECT,
        "Does a loop go over self.clients while this function removes something from it? Does"
        " a socket that was closed in this turn get its own turn later?",
        "Loop over the lists that select returned, or over a copy. A socket that is not known"
        " any more is skipped.",
    ),
    "restart_succeeds_at_once": Further(
        LISTENER,
        "Which call belongs between making the socket and bind? On Windows it is another "
        "option than elsewhere.",
        "setsockopt with level SOL_SOCKET: SO_REUSEADDR on Linux and macOS, "
        "SO_EXCLUSIVEADDRUSE on Windows, each with the value 1, and before bind.",
    ),
}
