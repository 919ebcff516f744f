"""Stage client: the client as a person uses it, at a terminal."""

from __future__ import annotations

import sys

from grader.declaration import check
from grader.exercise import frame
from grader.harness.session import BACKSPACE, LEFT, UP, Session

LONG = "x" * 150  # together with anything, longer than a row of the terminal
HARMFUL = "\x1b[2J", "\x1b]0;title\x07", "\x9b31m", "\r", "\x08", "\n", "\t", "\x07", "\x7f"


@check(points=0.5, hint="What does a person see who has just started your client?")
def client_connects(session: Session) -> None:
    """The client connects to 127.0.0.1, port 5555, and greets the person."""
    session.begins()


@check(
    points=1,
    needs="client_connects",
    hint="One typed line is one message. What stands before it on the wire?",
)
def typed_line_is_sent(session: Session) -> None:
    """A typed line arrives at the server as one message."""
    session.begins().enters("NAME alice")
    session.server.gets("NAME alice")
    session.pastes("GET_NAMES\r")
    session.server.gets("GET_NAMES")


@check(
    points=1,
    needs="typed_line_is_sent",
    hint="What do split() and strip() do to a line? And what does its length field count?",
)
def typed_line_is_sent_unchanged(session: Session) -> None:
    """A typed line is sent as it is, however long: every space, any language."""
    session.begins()
    for line in ("MSG bob two  spaces", "MSG bob  leading", "MSG bob trailing ", "MSG bob שלום לך"):
        session.enters(line)
        session.server.gets(line)
    session.pastes(f"MSG bob {LONG}").enters()
    session.server.gets(f"MSG bob {LONG}")
    session.enters("MSG bob héllo wörld ✓")
    session.server.gets("MSG bob héllo wörld ✓")


@check(
    points=1,
    needs="client_connects",
    hint="Your client must wait for the server and for the keyboard at the same time.",
)
def message_is_shown_at_once(session: Session) -> None:
    """What the server sends is shown at once, all of it, without a key being pressed."""
    session.begins()
    session.server.says("FROM bob hello there")
    session.sees("FROM bob hello there")
    session.server.says("FROM bob שלום")
    session.sees("FROM bob שלום").sees_once("FROM bob hello there")
    session.server.says("ERROR not a name")
    session.sees("ERROR not a name")
    session.server.says("NAMES bob")
    session.sees("NAMES bob")
    session.server.says(f"FROM bob {LONG}✓")
    session.sees("✓")


@check(
    points=1,
    needs="message_is_shown_at_once",
    hint="Where are the typed characters kept? What is done with them when a message comes?",
)
def half_typed_line_survives(session: Session) -> None:
    """A message appears while a line is half typed, and the line is drawn again below it."""
    session.begins().types("MSG bo")
    session.sees_in_line("MSG bo")
    session.server.says("FROM carol hi")
    session.sees("FROM carol hi").sees_in_line("MSG bo")
    line = "MSG bob this is a line that is longer than what comes"
    session.types(line[6:]).sees_in_line(line)
    session.server.says("FROM carol what?", "FROM dave me too")
    session.sees_on_a_row_of_its_own("FROM carol what?", typed="MSG bob")
    session.sees_on_a_row_of_its_own("FROM dave me too", typed="MSG bob").sees_in_line(line)
    session.enters(" in")
    session.server.gets(f"{line} in")


@check(
    points=1,
    needs="message_is_shown_at_once",
    hint="The server's bytes come in any pieces, just as the client's do.",
)
def messages_may_come_in_pieces(session: Session) -> None:
    """Messages that come cut anywhere, or several in one piece, are shown one by one."""
    session.begins()
    for cut in range(1, len(frame("FROM bob 00 שלום"))):
        text = f"FROM bob {cut:02} שלום"
        whole = frame(text)
        session.server.sends_apart([whole[:cut], whole[cut:]])
        session.sees(text)
    session.server.says("FROM bob one", "", "FROM bob two", "FROM bob three")
    session.sees("FROM bob one", "FROM bob two", "FROM bob three")
    session.server.sends_apart([frame("FROM bob four") + frame("FROM bob five")[:7]])
    session.sees("FROM bob four").enters("GET_NAMES")  # half a message stops nobody from typing
    session.server.gets("GET_NAMES").sends_apart([frame("FROM bob five")[7:]])
    session.sees("FROM bob five")


@check(
    points=1,
    needs="typed_line_is_sent",
    hint="Backspace is a key like any other to getwch. Which character does it give?",
)
def backspace_deletes(session: Session) -> None:
    """Backspace deletes the last character, from the line and from the screen."""
    session.begins().types("NAMX").sees_in_line("NAMX")  # NAM stands there before the X is typed
    session.presses(BACKSPACE, "Backspace").sees_in_line("NAM")
    session.types("E alicy")
    session.presses(BACKSPACE, "Backspace").types("e").sees_in_line("NAME alice").enters()
    session.server.gets("NAME alice")
    session.types("ab").presses(BACKSPACE, "Backspace", times=5).enters("MSG bob של")
    session.server.gets("MSG bob של")


@check(
    points=0.5,
    needs="typed_line_is_sent",
    hint="Some keys give two characters. What do you do with a character that is not printable?",
)
def odd_keys_and_lines_do_no_harm(session: Session) -> None:
    """Arrow keys, pasted lines, empty lines and lines that are too long do no harm."""
    session.begins().types("NAME ali").presses(LEFT, "the left arrow").presses(UP, "the up arrow")
    session.enters("ce")
    session.server.gets("NAME alice")
    session.pastes("MSG bob one\rMSG bob two\rMSG bob th").enters("ree")
    for number in ("one", "two", "three"):
        session.server.gets(f"MSG bob {number}")
    session.enters().pastes("✓" * 342).enters().enters("NAME alice")
    session.server.gets_at_last("NAME alice")


@check(
    points=1,
    needs="typed_line_is_sent",
    hint="First EXIT is sent, then the connection ends, then the program: with which status?",
)
def exit_ends_the_client(session: Session) -> None:
    """EXIT is sent to the server, and the client ends with status 0."""
    session.begins().enters("NAME alice")
    session.server.gets("NAME alice")
    session.enters("EXIT")
    session.server.gets("EXIT")
    session.rests("EXIT was sent, and the server has not closed the connection yet.")
    session.server.closes()
    session.ends(0)


@check(
    points=0.5,
    needs="exit_ends_the_client",
    hint="Which line exactly is EXIT? Not every one that begins with it.",
)
def only_exit_is_exit(session: Session) -> None:
    """EXITING, exit and a message about EXIT are lines like others; EXIT is alone, and last."""
    session.begins()
    for line in ("EXITING", "exit", "MSG bob EXIT", "EXI", "EXIT now", " EXIT"):
        session.enters(line)
        session.server.gets(line)
    session.enters("EXIT")
    session.server.gets("EXIT")
    session.types("x")  # too late: it need not be read, and must not keep the client busy
    session.rests("A key was pressed after EXIT, and the server has not closed the connection yet.")
    session.server.closes()
    session.ends(0)


@check(
    points=1,
    needs="client_connects",
    hint="What does recv return when the server has gone, and what do you do then?",
)
def end_of_the_server_is_told(session: Session) -> None:
    """When the server closes the connection, the client says so and ends."""
    session.begins()
    session.server.says("FROM bob bye")
    session.sees("FROM bob bye")
    before = session.screen.rows()
    session.server.closes()
    session.ends().says_goodbye_after(before)


@check(
    points=1,
    needs="end_of_the_server_is_told",
    hint="The end may come inside a message, or by an exception from recv.",
)
def server_may_vanish(session: Session) -> None:
    """The client stands that the server vanishes in the middle of a message, or by RST."""
    session.begins().server.sends_apart([b"0012FROM b"])
    before = session.screen.rows()
    session.server.closes()
    session.ends().says_goodbye_after(before)
    before = session.begins_again().types("MSG bo").sees_in_line("MSG bo").screen.rows()
    session.server.resets()
    session.ends().says_goodbye_after(before, typed="MSG bo")


@check(
    points=0.5, hint="Where does connect look, and which exception does it raise if nobody listens?"
)
def missing_server_is_told(lonely_session: Session) -> None:
    """Without a server at HOST, the client says so in one line, and its status is not 0."""
    lonely_session.ends().has_failed_with_one_line()
    if sys.platform == "linux":  # elsewhere, loopback may have no second address
        lonely_session.is_sent_to("127.0.0.2").ends().has_failed_with_one_line()


@check(
    points=0.5,
    needs="client_connects",
    hint="Ctrl-C raises KeyboardInterrupt wherever the program is. Who catches it?",
)
def interrupt_ends_the_client(session: Session) -> None:
    """Ctrl-C ends the client, without a traceback."""
    session.begins().types("MSG bo").sees("MSG bo").interrupts().ends()


@check(
    points=0.5,
    needs="exit_ends_the_client",
    hint="Who changes the terminal's modes puts them back, however the program ends.",
)
def terminal_is_put_back(session: Session) -> None:
    """However the client ends, the terminal is as it was before."""
    session.begins().enters("NAME alice")
    session.server.gets("NAME alice")
    session.enters("EXIT")
    session.server.gets("EXIT")
    session.server.closes()
    session.ends().has_put_the_terminal_back()
    session.begins_again().types("MSG").sees("MSG")
    session.server.closes()
    session.ends().has_put_the_terminal_back()
    session.begins_again().interrupts().ends().has_put_the_terminal_back()
    session.begins_again().terminates().ends().has_put_the_terminal_back()


@check(
    points=1,
    needs="message_is_shown_at_once",
    hint="Where does your client wait? A loop that only looks keeps a processor busy.",
)
def idle_client_rests(session: Session) -> None:
    """While nobody says anything, the client uses no CPU time."""
    session.begins().types("MSG bo").sees("MSG bo")
    session.server.says("FROM carol hi")
    session.server.sends_apart([b"0012FROM b"])
    session.sees("FROM carol hi")
    session.rests("Nothing is typed and nothing comes.")


@check(
    points=0.5,
    needs="message_is_shown_at_once",
    hint="Which characters does a terminal obey instead of showing them? Others may send them.",
)
def control_characters_do_not_act(session: Session) -> None:
    """Control characters that others send do not reach the terminal."""
    session.begins().types("MSG bo").sees("MSG bo")
    for number, harm in enumerate(HARMFUL):
        session.server.says(f"FROM bob before{number}{harm}after{number}")
        session.sees(f"after{number}").has_not_written(f"before{number}{harm}")
        session.has_not_written(f"before{number}\r{harm}")  # a line end, as a terminal has it


@check(
    points=0.5,
    needs="client_connects",
    hint="sys.stdin.isatty() tells a terminal from a pipe. What if there is more than send takes?",
)
def piped_lines_are_sent(piped_session: Session) -> None:
    """Where standard input is a pipe, all its lines are sent, and its end means EXIT."""
    session = piped_session
    session.server.accepts()
    session.pipes("NAME alice\nMSG bob two  spaces\nMSG bob שלום\nMSG bob without a line end")
    for line in ("NAME alice", "MSG bob two  spaces", "MSG bob שלום"):
        session.server.gets(line)
    session.server.says("HELLO alice")
    session.sees("HELLO alice")
    session.pipes(None)
    session.server.gets("MSG bob without a line end").gets("EXIT")
    session.should_go_on = False
    session.rests("EXIT was sent, and the server has not closed the connection yet.")
    session.server.closes()
    session.ends(0)
    # More than what the system holds for a server that does not read, and then again as much.
    pile = [f"MSG bob{f' {number:03}' * 225}" for number in range(800)]
    session.starts_again().server.accepts()
    if session.pipes_a_pile(pile):  # the server reads nothing until all of it is there
        for line in pile:
            session.server.gets(line)
