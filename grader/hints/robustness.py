"""Further hints of the stage robustness."""

from grader.hints.further import Further

TURN, ACCEPT = "ChatServer.serve_turn", "ChatServer.accept_client"
SEND, SEND_WAITING = "ChatServer.send", "ChatServer.send_waiting"

FURTHER = {
    "silent_client_delays_nobody": Further(
        TURN,
        "Find every call of accept, recv and send. Is each of them made only for a socket "
        "that select has just named?",
        "select is the one place that waits, with the listener and all clients in its list. "
        "Behind it each ready socket gets one call that cannot wait, and the loop begins "
        "again.",
    ),
    "half_a_length_field_delays_nobody": Further(
        TURN,
        "Does something behind select call get_msg or receive_exactly? Those wait for a whole"
        " message.",
        "In the server use MessageBuffer and never get_msg. One recv takes what is there, "
        "even one byte, and what is incomplete waits in the inbox.",
    ),
    "half_a_payload_delays_nobody": Further(
        TURN,
        "The length field is known, the payload is not there. Which line of yours runs until "
        "it is?",
        "None may. If next_message returns None, the turn of this client is over, and select "
        "is asked again about all of them.",
    ),
    "answers_come_in_order": Further(
        SEND,
        "Is there an answer that is sent directly, past the outbox? It would overtake those "
        "that wait.",
        "Each answer, HELLO, NAMES, FROM and ERROR alike, is added at the end of the outbox, "
        "and the outbox is sent from its beginning.",
    ),
    "client_that_never_reads_delays_nobody": Further(
        SEND_WAITING,
        "sendall waits until the other side has read. Is it used anywhere? Is a socket blocking?",
        "Sockets of clients are made non-blocking in accept_client. send_waiting calls send "
        "once, for a socket that select has named as writable, and a BlockingIOError means: "
        "later.",
    ),
    "slow_reader_gets_everything": Further(
        SEND_WAITING,
        "send returns a number. What does your code do with it?",
        "Remove as many bytes from the front of the outbox as send has taken. The rest stays,"
        " in order, for the next turn in which the socket is writable.",
    ),
    "backlog_is_limited": Further(
        SEND,
        "When an answer has been added to the outbox, who compares its size with MAX_BACKLOG?",
        "If the outbox is longer than MAX_BACKLOG bytes, disconnect that client at once, "
        "without sending the rest. The sender is not to blame and notices nothing.",
    ),
    "two_hundred_clients": Further(
        ACCEPT,
        "Is there a limit in your code, a number given to listen, or a list of fixed size? Is"
        " a client that was accepted among the readers from the next turn on?",
        "Each new client gets an entry in self.clients and nothing else. listen without a "
        "number takes a good default.",
    ),
    "idle_server_rests": Further(
        TURN,
        "Print how often select returns while nothing happens. Which of its lists is not empty?",
        "Ask about writing only for clients whose outbox holds something, and give no time "
        "limit of 0. Then select sleeps until there is work.",
    ),
    "server_rests_after_clients_left": Further(
        TURN,
        "After a client has left, is its socket still among the readers?",
        "The readers are made anew in each turn from the clients that are known. Who has "
        "left, by b'', by an exception or by EXIT, is removed from there and its socket is "
        "closed.",
    ),
    "server_rests_while_a_backlog_waits": Further(
        SEND_WAITING,
        "Is there a loop that calls send again until everything is gone? What does it do when"
        " nothing is taken?",
        "One send in a turn. If it raises BlockingIOError, or takes only a part, go back to "
        "select with this socket among the writers; it returns when there is room.",
    ),
    "descriptors_are_returned": Further(
        ACCEPT,
        "For each socket that accept has returned there must be one close. Which way of "
        "leaving has none?",
        "Let every way out go through disconnect, and close the socket there. In "
        "accept_client close the one that is turned away.",
    ),
    "more_clients_than_select_can_watch": Further(
        ACCEPT,
        "select raises ValueError for a descriptor of 1024 or more, and then nobody is "
        "served. Where can that be known beforehand?",
        "After accept look at the number of the new descriptor (on Windows, at the number of "
        "clients). If select could not watch it, close that socket again and go on; "
        "SELECT_LIMIT is given.",
    ),
    "more_clients_than_descriptors": Further(
        ACCEPT,
        "accept raises OSError with EMFILE when no descriptor is left, and the listener stays"
        " ready. What happens in the next turn, and in the one after?",
        "Catch the OSError, note in has_room that there is none, and leave the listener out "
        "of the readers while that is so. disconnect sets has_room again, because a "
        "descriptor is free then.",
    ),
}
