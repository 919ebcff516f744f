"""The explanation in the terminal: lifelines, steps, bytes under a caret, places and calls."""

from __future__ import annotations

import re

import pytest

from grader.conversation import Account, Call, Expectation, Place, Ruler, Step, Thread
from grader.pictures.terminal_ruler import draw_ruler
from grader.pictures.terminal_sequence import Row, draw_sequence
from grader.report.explanation import Style, as_text, explain
from grader.report.story import scenes
from grader.result import Outcome, Result
from tests.test_reports import made_up

HOSTILE = "\x1b[31m\x00\u202e"


def account(*steps: Step, after: int = 0, has_come: bool = False, **more: object) -> Account:
    """Return an account of these steps, in which alice failed to get HELLO."""
    expectation = Expectation("alice", "`HELLO alice`", "`ERROR no`", after or len(steps), has_come)
    facts = {"program": "chat_server.py", "steps": steps, "total": len(steps), **more}
    return Account(expectation=expectation, **facts)  # type: ignore[arg-type]


def told(told_account: Account, **style: object) -> str:
    (result,) = made_up(bad=Outcome.FAILED).results
    object.__setattr__(result, "account", told_account)
    lines = []
    for section in explain(result, None, Style(**style)):  # type: ignore[arg-type]
        lines += [section.title, *section.lines]
    return "\n".join(lines)


def sent(number: int, who: str = "alice") -> Step:
    return Step(who, "sends", f"MSG bob {number} {'x' * number}", segment=number)


# The diagram


def test_diagram_shows_who_spoke_to_whom_and_what_was_expected() -> None:
    text = told(
        account(
            Step("alice", "does", "(connects)"),
            Step("alice", "sends", "NAME alice", segment=1),
            Step("alice", "gets", "ERROR no"),
            has_come=True,
        ),
        diagram=True,
    )
    assert [line.split() for line in text.splitlines() if "│" in line or "alice  s" in line] == [
        ["alice", "server"],
        ["1", "├──────▶│", "(connects)"],
        ["2", "├──────▶│", "0010│NAME", "alice"],
        ["3", "✗", "│◀──────┤", "0008│ERROR", "no"],
        ["│◀╌╌╌╌╌╌┤", "expected:", "HELLO", "alice"],
    ]


def test_diagram_is_ascii_where_it_must_be() -> None:
    text = told(account(sent(1), sent(2)), diagram=True, ascii_only=True)
    diagram = text[text.index("What happened") :]
    assert diagram.isascii()
    assert "|------>|" in diagram
    assert "x    |<......|" in diagram


@pytest.mark.parametrize("width", [60, 80, 120])
def test_diagram_keeps_to_the_width(width: int) -> None:
    steps = [Step(f"guest{n}", "sends", "NAME " + "word " * 40, segment=n) for n in range(9)]
    lines = told(account(*steps), diagram=True, width=width).splitlines()
    drawn = [line for line in lines if "│" in line]
    assert drawn
    assert max(map(len, drawn)) <= width


def test_lifelines_are_crossed_and_events_are_dots() -> None:
    rows = [Row("a", "c", "over b", 1), Row("c", "a", "back", 2), Row("b", None, "rests", 3)]
    assert draw_sequence(["a", "b", "c"], rows, width=60, ascii_only=True) == [
        "        a       b       c",
        "   1    |-------+------>|   over b",
        "   2    |<------+-------|   back",
        "   3    |       o       |   rests",
    ]


# Which steps


def test_long_conversation_is_shortened_to_what_came_last() -> None:
    steps = [sent(n, who=f"client-{n % 2}") for n in range(40)]
    shown = scenes(account(*steps, Step("alice", "sends", "NAME alice", segment=99)))
    assert shown[0].text == "... 27 steps before ..."
    assert [scene.number for scene in shown[1:]] == [*range(28, 42)]


def test_many_alike_are_counted() -> None:
    shown = scenes(account(*[sent(n) for n in range(1, 101)]))
    assert [scene.text[:27] for scene in shown[1:2]] == ["... 98 more like this ..."]
    assert [scene.number for scene in shown] == [1, 0, 100]


def test_question_asked_again_and_again_is_told_twice() -> None:
    pair = (Step("alice", "sends", "NAME a"), Step("alice", "gets", "ERROR no"))
    shown = scenes(account(*pair * 20, has_come=True))
    assert [scene.number for scene in shown] == [1, 2, 0, 39, 40]
    assert shown[-1].is_wrong


def test_what_came_after_the_failure_is_cut() -> None:
    steps = [sent(1), *[Step("alice", "gets unasked", f"FROM bob {n}") for n in range(50)]]
    shown = scenes(account(*steps, after=1))
    assert len(shown) <= 6
    assert [scene.number for scene in shown] == [1, 2, 0, 51]
    assert "(came as well)" in shown[-1].text


def test_those_who_were_done_are_left_out_but_not_who_has_a_similar_name() -> None:
    names = ["bob", "Alice", "carol", "dave", "erin"]
    steps = [Step(name, "sends", f"NAME {name}") for name in [*names, "alice"]]
    shown = scenes(account(*steps))
    assert [(scene.number, scene.text) for scene in shown] == [
        (0, "... 4 steps with 4 others ..."),
        (2, "NAME Alice"),
        (6, "NAME alice"),
    ]


def test_all_may_have_similar_names() -> None:
    names = ["a", "al", "ali", "alic", "ALICE"]
    shown = scenes(account(*[Step(name, "sends", f"NAME {name}") for name in [*names, "alice"]]))
    assert [scene.number for scene in shown] == [1, 2, 3, 4, 5, 6]


def test_what_somebody_else_got_meanwhile_is_told() -> None:
    strays = [Step("bob", "gets unasked", "HELLO alice"), Step("carol", "gets unasked", "HELLO x")]
    assert "Meanwhile bob got: `HELLO alice`" in told(account(sent(1), strays[0], after=1))
    assert "Meanwhile" not in told(account(sent(1), *strays, after=1))  # a crowd may just be slow
    assert "Meanwhile" not in told(account(sent(1), strays[0], after=1, has_come=True))


def test_glued_messages_and_pieces_are_told_apart() -> None:
    text = told(
        account(
            Step("alice", "sends", "ONE", segment=1),
            Step("alice", "sends", "TWO", segment=1),
            Step("alice", "sends bytes", data=b"00", segment=2),
        ),
        diagram=True,
    )
    assert "0003│TWO   (in the same piece)" in text
    assert "the bytes b'00'" in text


# Bytes


def test_caret_stands_under_the_offending_byte() -> None:
    lines = draw_ruler(b"00x5HI", caret=2, note="no digit", width=70, ascii_only=True)
    assert lines == [
        " 0  0  x  5  H  I",
        " 30 30 78 35 48 49",
        "       ^^ no digit",
    ]
    assert lines[1][7:9] == "78"


def test_ruler_marks_the_length_field_the_pieces_and_the_end() -> None:
    lines = draw_ruler(b"0002HI!", cuts=(1,), frame_end=6, width=70, ascii_only=True)
    assert lines[0] == " 0 |0  0  2  H  I !!"
    assert lines[2] == " ----------+ length field"


def test_ruler_goes_on_in_the_next_row() -> None:
    lines = draw_ruler(bytes(range(32, 92)), caret=40, note="here", width=40)
    assert max(map(len, lines)) <= 40
    assert sum("^^" in line for line in lines) == 1


# The student's code


def test_place_and_calls_are_shown_beside_the_bytes() -> None:
    place = Place("chat_server.py", 12, "get_msg", "data = sock.recv(4)")
    calls = (Call("alice", "recv", 4, "3 bytes", b"000", place, 3),)
    waits = Call("alice", "recv", 1, "", b"", place)
    text = told(
        account(
            Step("alice", "sends bytes", data=b"000", segment=1),
            threads=(Thread((place,), waits),),
            calls=calls,
            is_stuck=True,
        )
    )
    assert "chat_server.py, line 12, in get_msg:  data = sock.recv(4)" in text
    assert "It waits in recv for bytes from alice that have not been sent." in text
    assert re.search(r"recv\(4\) +3 bytes +b'000' +chat_server.py, line 12", text)
    assert "recv(1)      waits" in text


def test_explanation_is_harmless_to_look_at() -> None:
    place = Place("\\x1b", 1, "f", "s")
    (result,) = made_up(bad=Outcome.FAILED).results
    object.__setattr__(result, "text", "")
    object.__setattr__(
        result,
        "account",
        account(
            Step("alice", "sends", HOSTILE),
            Step("alice", "sends bytes", data=HOSTILE.encode()),
            Step("alice", "gets", HOSTILE, printed=HOSTILE),
            rulers=(Ruler("Bytes", HOSTILE.encode(), caret=1),),
            threads=(Thread((place,), None),),
            printed=HOSTILE,
            screen=(HOSTILE,),
            is_stuck=True,
        ),
    )
    assert isinstance(result, Result)
    text = as_text(result, None)
    assert not set(text) & set(HOSTILE) - set("[31m")
    assert "\\x1b[31m\\x00\\u202e" in text
