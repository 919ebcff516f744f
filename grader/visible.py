"""Text from strangers, made safe to look at: control characters become visible escapes."""

from __future__ import annotations


def visible(text: str) -> str:
    r"""Return the text with everything unprintable escaped, line ends and tabs apart.

    >>> visible("red: \x1b[31m")
    'red: \\x1b[31m'
    """
    return "".join(c if c.isprintable() or c in "\n\t" else _escape(c) for c in text)


def visible_line(text: str) -> str:
    r"""Return the text as one line: line ends and tabs are escaped as well."""
    if text.isprintable():  # nearly always; a look at the whole is much faster
        return text
    return "".join(c if c.isprintable() else _escape(c) for c in text)


def _escape(character: str) -> str:
    return character.encode("unicode_escape", "backslashreplace").decode("ascii")
