"""Pictures say what they show, hold hostile text as text, and are the same each time."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable

import pytest

from grader import pictures
from grader.pictures import Bar, Lane, Level, Picture, Ribbon, Step

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = '</text><script>alert(1)</script>"&\x1b[2J\x00\ud800\u202e'


def gallery(text: str) -> dict[str, Callable[[], Picture]]:
    """Return every kind of picture, with this text in all places that take one."""
    data = text.encode(errors="replace")
    return {
        "frame_ruler": lambda: pictures.frame_ruler(
            b"0003abc" + data, sends=[4, 3], recvs=[7], note=text, title=text
        ),
        "byte_ribbons": lambda: pictures.byte_ribbons([Ribbon(text, [data])], title=text),
        "lanes": lambda: pictures.lanes(
            [Lane(text, [(pictures.FROZEN, text), (pictures.BAD, text)])], title=text
        ),
        "sequence": lambda: pictures.sequence(
            [text, "server"],
            [
                Step(text, None, text),
                Step(text, "server", text, failed=True, expected=text, note=text),
                Step(text, "server", data),
            ],
            title=text,
        ),
        "filling": lambda: pictures.filling([Level(text, 3, text)], 4, full=text, title=text),
        "log_bars": lambda: pictures.log_bars([Bar(text, 10, text)], unit=text, title=text),
        "grid": lambda: pictures.grid([True, False], title=text),
    }


@pytest.mark.parametrize("name", gallery(""))
def test_hostile_text_stays_text(name: str) -> None:
    drawn = gallery(HOSTILE)[name]()
    root = ElementTree.fromstring(drawn)
    allowed = {"svg", "g", "title", "desc", "style", "text", "rect", "line", "path"}
    assert {node.tag.removeprefix(SVG) for node in root.iter()} <= allowed
    assert not re.search("[\x00-\x08\x1b\u202e]", drawn)
    assert drawn == gallery(HOSTILE)[name]()
    handlers = [key for node in root.iter() for key in node.attrib if key.startswith("on")]
    assert handlers == []


@pytest.mark.parametrize("name", gallery(""))
def test_picture_has_a_text_alternative(name: str) -> None:
    drawn = gallery("some words")[name]()
    root = ElementTree.fromstring(drawn)
    title, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None and description is not None
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
    assert description.text
    assert drawn._repr_mimebundle_()["text/plain"] == drawn.description


def test_nothing_is_drawn_outside_the_picture() -> None:
    for name, draw in gallery("a text of some length").items():
        root = ElementTree.fromstring(draw())
        width = float(root.get("width", "0"))
        for node in root.iter(f"{SVG}rect"):
            assert float(node.get("x", "0")) + float(node.get("width", "0")) <= width, name


def test_ids_are_those_of_the_content() -> None:
    one, other = pictures.grid([True]), pictures.grid([False])
    ids = [set(re.findall(r' id="([^"]+)"', picture)) for picture in (one, other)]
    assert ids[0] and not ids[0] & ids[1]


def test_ruler_reads_a_stream_as_a_receiver_would() -> None:
    read = [(s.begin, s.end, s.kind) for s in pictures.spans(b"0005HELLO0003BYE")]
    field, payload = "length field", "payload"
    assert read == [(0, 4, field), (4, 9, payload), (9, 13, field), (13, 16, payload)]
    slid = pictures.spans(b"0001\xc3\xa90003BYE")
    assert [(s.begin, s.end, s.kind) for s in slid] == [
        (0, 4, field),
        (4, 5, payload),
        (5, 9, "not a length field"),
    ]
    assert "Marked: byte 6, no digit" in pictures.frame_ruler(b"0001\xc3\xa90003BYE").description
    assert pictures.spans(b"0005HEL")[-1].label == "payload, 3 of 5 bytes"


def test_long_stream_is_shown_around_the_caret() -> None:
    drawn = pictures.frame_ruler(b"1024" + b"x" * 1024 + b"00a5HELLO")
    assert "bytes not shown" in drawn
    assert len(drawn) < 40_000
    assert "not a length field" in drawn


def test_frame_in_pieces_is_read_on_from_piece_to_piece() -> None:
    steps = [Step("a", "b", b"00"), Step("a", "b", b"08NAME bob0003B"), Step("a", "b", b"YE")]
    drawn = pictures.sequence(["a", "b"], steps)
    texts = [node.text for node in ElementTree.fromstring(drawn).iter(f"{SVG}text")]
    assert [text for text in texts if text not in ("a", "b", "1", "2", "3")] == [
        "00",
        "08",
        "NAME bob",
        "0003",
        "B",
        "YE",
    ]


def test_failed_step_says_what_was_expected() -> None:
    step = Step("server", "bob", b"0016FROM", failed=True, expected="FROM alice hi")
    drawn = pictures.sequence(["server", "bob"], [step])
    assert "which is wrong; expected: FROM alice hi" in drawn.description
    assert "expected:" in [n.text for n in ElementTree.fromstring(drawn).iter(f"{SVG}text")]
