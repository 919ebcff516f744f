"""Parts of a grading that run side by side, and what becomes of one that does not end well."""

from __future__ import annotations

import os
import signal
from typing import Any

import psutil
import pytest

from grader.lanes import LaneDied, Say, side_by_side

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the lanes need fork")
LONG = 60  # seconds: nothing here takes as long


def says_its_name(say: Say) -> None:
    say(os.getpid())


def never_ends(say: Say) -> None:
    while True:
        signal.pause()


def dies(say: Say) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def raises(say: Say) -> None:
    raise ValueError("seven")


def test_each_lane_is_a_process_of_its_own() -> None:
    heard: list[Any] = []
    side_by_side([says_its_name, says_its_name], heard.append, LONG)
    assert len({os.getpid(), *heard}) == 3


@pytest.mark.parametrize(
    ("task", "seconds", "error", "words"),
    [
        (never_ends, 0.1, LaneDied, "does not come to an end"),
        (dies, LONG, LaneDied, "in the middle of its work"),
        (raises, LONG, ValueError, "seven"),
    ],
)
def test_what_goes_wrong_in_a_lane_is_raised_and_the_others_are_stopped(
    task: Any, seconds: float, error: type[Exception], words: str
) -> None:
    before = psutil.Process().children()
    with pytest.raises(error, match=words):
        side_by_side([task, never_ends], lambda said: None, seconds)
    assert psutil.Process().children() == before
