"""How a check fails, and how values are shown to the person who reads about it."""

from __future__ import annotations

from grader.conversation import Account
from grader.visible import visible, visible_line

SHOWN = 90  # characters of a value; the middle of a longer one is left out


class CheckFailed(Exception):
    """The submission does not do what the check asks for; the text tells the student.

    `todo` says that it stopped at a part that the student has not written yet. The account is
    what led to it, for the reports to draw.
    """

    def __init__(self, text: str, *, todo: bool = False, account: Account | None = None) -> None:
        self.text = visible(text)
        super().__init__(self.text)
        self.todo = todo
        self.account = account


def shown(text: str) -> str:
    """Return one line that shows a message's text: control characters escaped, the middle cut."""
    if len(text) > 2 * SHOWN:  # escape no more than is shown: a check may say this a thousand times
        text, size = text[:SHOWN] + text[-SHOWN:], len(text.encode("utf-8", "replace"))
    else:
        size = len(text.encode("utf-8", "replace"))
    return shortened(visible_line(text), f"{size} bytes") or "(empty)"


def shown_value(value: object) -> str:
    """Return a value as Python writes it, the middle of a long one cut."""
    size = f", {len(value)} in all, " if isinstance(value, (str, bytes, list, tuple)) else ""
    return shortened(repr(value), size.strip(", "))


def shortened(text: str, size: str) -> str:
    if len(text) <= SHOWN:
        return text
    half = SHOWN // 2 - 8
    return f"{text[:half]} ... ({size}) ... {text[-half // 2 :]}"
