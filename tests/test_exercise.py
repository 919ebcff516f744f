"""The pinned facts, and the grader's own reading of frames, against bytes written by hand."""

from __future__ import annotations

import pytest

from grader import exercise
from grader.exercise import BadFrame, FrameDecoder, frame

STREAM = b"00050HELL0000\x30\x30\x30\x34\xd7\xa9\xd7\x9c"
PAYLOADS = ["0HELL", "", "של"]


def test_facts_are_as_pinned() -> None:
    assert (exercise.PORT, exercise.LENGTH_FIELD_SIZE) == (5555, 4)
    assert (exercise.MAX_MSG_LENGTH, exercise.MAX_BACKLOG) == (1024, 1048576)
    assert [stage.name for stage in exercise.STAGES] == [
        *("protocol", "names", "messages", "lifecycle", "framing", "client", "robustness")
    ]


def test_frames() -> None:
    assert frame("HELLO") == b"0005HELLO"
    assert frame("é") == b"0002\xc3\xa9"
    assert frame(b"") == b"0000"
    assert frame("x" * 1025)[:4] == b"1025"
    with pytest.raises(ValueError, match="4 digits"):
        frame("x" * 10000)


def decode(*chunks: bytes) -> list[str]:
    decoder, found = FrameDecoder(), []
    for chunk in chunks:
        decoder.feed(chunk)
        while (payload := decoder.next_payload()) is not None:
            found.append(payload)
    return found


def test_stream_is_decoded_whole_bytewise_and_at_every_cut() -> None:
    assert decode(STREAM) == PAYLOADS
    assert decode(*(STREAM[i : i + 1] for i in range(len(STREAM)))) == PAYLOADS
    for cut in range(len(STREAM) + 1):
        assert decode(STREAM[:cut], STREAM[cut:]) == PAYLOADS


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"5", None),
        (b"12 3", "must be 4 digits"),
        (b"+", "must be 4 digits"),
        (b"1025", "maximum is 1024"),
        (b"0001\xff", "not UTF-8"),
    ],
)
def test_what_is_no_frame_is_refused_as_soon_as_it_shows(data: bytes, words: str | None) -> None:
    if words is None:
        assert decode(data) == []
        return
    with pytest.raises(BadFrame, match=words):
        decode(data)
