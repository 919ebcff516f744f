"""What pictures are made of: elements as strings, and the document around them.

Nothing is kept between two calls, and the same content gives the same picture to the byte: the
ids that a document needs are made from what is in it.
"""

from __future__ import annotations

import unicodedata
from hashlib import sha256
from html import escape
from typing import Any

from grader.pictures.theme import SHEET
from grader.visible import visible_line

MARGIN = 12  # pixels around a picture, as all measures here
NARROWEST = 320  # narrower pictures look lost in a page
MONOSPACE_ADVANCE = 0.602  # of the size of the letters
SANS_ADVANCE = 0.6  # about; labels need not be exact
BYTES_SIZE = 13
LABEL_SIZE = 13
SMALL_SIZE = 11


class Picture(str):
    """An SVG document: write it to a file, put it into a page, or show it in a notebook.

    `description` tells in words what is to be seen. It is in the document as well.
    """

    description: str = ""

    def __html__(self) -> str:
        """Return the picture for templates that escape what is not marked as safe."""
        return str(self)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """Return what a notebook shows: the picture, or the words where it shows no pictures."""
        return {"image/svg+xml": str(self), "text/plain": self.description}

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """Let IPython, which knows how to print every string, print the words instead."""
        printer.text(self.description)


def element(name: str, *children: str, **attributes: object) -> str:
    """Return one element. Children are markup; attributes are escaped.

    A trailing underscore is dropped from an attribute's name, and others become hyphens:
    class_="box", text_anchor="end". An attribute that is None is left out.
    """
    pairs = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(_value(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{pairs}>{''.join(children)}</{name}>" if children else f"<{name}{pairs}/>"


def words(x: float, y: float, text: str, style: str = "", anchor: str = "start") -> str:
    """Return one line of text, whatever it holds: what is unprintable becomes an escape."""
    return element(
        "text",
        escape(visible_line(text), quote=False),
        x=x,
        y=y,
        class_=style or None,
        text_anchor=None if anchor == "start" else anchor,
    )


def box(x: float, y: float, width: float, height: float, style: str, radius: float = 0) -> str:
    """Return a rectangle."""
    return element(
        "rect", x=x, y=y, width=width, height=height, class_=style, rx=radius if radius else None
    )


def line(x1: float, y1: float, x2: float, y2: float, style: str = "rule") -> str:
    """Return a straight line."""
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=style)


def path(steps: str, style: str) -> str:
    """Return a path; `steps` is SVG's own notation."""
    return element("path", d=steps, class_=style)


def hatched(x: float, y: float, width: float, height: float, style: str = "hatch") -> str:
    """Return slanted lines that fill a rectangle, to be drawn over one."""
    strokes = []
    gap = 6.0
    offset = gap
    while offset < width + height:
        left, right = max(0.0, offset - height), min(width, offset)
        strokes.append(
            f"M{_value(x + left)} {_value(y + offset - left)}"
            f"L{_value(x + right)} {_value(y + offset - right)}"
        )
        offset += gap
    return path("".join(strokes), f"rule {style}")


def bracket(x1: float, x2: float, y: float, depth: float, style: str = "rule") -> str:
    """Return a bracket over (depth > 0) or under (depth < 0) a stretch of a row."""
    return path(
        f"M{_value(x1)} {_value(y + depth)}V{_value(y)}H{_value(x2)}V{_value(y + depth)}", style
    )


def cross(x: float, y: float, reach: float = 5) -> str:
    """Return a cross: here something is wrong."""
    return path(
        f"M{_value(x - reach)} {_value(y - reach)}l{_value(2 * reach)} {_value(2 * reach)}"
        f"M{_value(x - reach)} {_value(y + reach)}l{_value(2 * reach)} {_value(-2 * reach)}",
        "wrong",
    )


def tick(x: float, y: float, reach: float = 5) -> str:
    """Return a tick mark: here all is well."""
    return path(
        f"M{_value(x - reach)} {_value(y)}l{_value(0.7 * reach)} {_value(0.8 * reach)}"
        f"l{_value(1.3 * reach)} {_value(-1.7 * reach)}",
        "right",
    )


def arrow(x1: float, x2: float, y: float, style: str = "firm") -> str:
    """Return a level arrow from x1 to x2."""
    back = -7 if x2 > x1 else 7
    fill = {"wrong": "wrong-ink", "right": "right-ink"}.get(style.split()[0], "ink")
    head = path(
        f"M{_value(x2)} {_value(y)}l{_value(back)} -4v8z",
        fill,
    )
    return line(x1, y, x2 + back / 2, y, style) + head


def columns(text: str) -> int:
    """Return how many letters of a monospace font wide the text is, as it will be shown."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in visible_line(text)
    )


def bytes_width(text: str) -> float:
    """Return the width of a text in the style `bytes`."""
    return columns(text) * BYTES_SIZE * MONOSPACE_ADVANCE


def label_width(text: str, size: float = LABEL_SIZE) -> float:
    """Return the width, about, of a text in a proportional font."""
    return columns(text) * size * SANS_ADVANCE


def shortened(text: str, limit: int) -> str:
    """Return the text, or its beginning and an ellipsis where it takes too many columns."""
    text = visible_line(text)
    if columns(text) <= limit:
        return text
    while columns(text) > limit - 1:
        text = text[:-1]
    return text + "…"


def picture(width: float, height: float, title: str, description: str, *parts: str) -> Picture:
    """Return the document: the parts on a background, with a title and a description.

    `width` and `height` are those of the parts; a margin is added on all sides.
    """
    inner = max(width, NARROWEST)
    full_width, full_height = inner + 2 * MARGIN, height + 2 * MARGIN
    title, description = visible_line(title), visible_line(description)
    body = "".join(parts)
    name = "pnl-" + sha256(f"{title}\n{description}\n{body}".encode()).hexdigest()[:10]
    document = element(
        "svg",
        element("title", escape(title, quote=False), id=f"{name}-title"),
        element("desc", escape(description, quote=False), id=f"{name}-desc"),
        element("style", SHEET),
        box(0.5, 0.5, full_width - 1, full_height - 1, "paper", 6),
        element("g", body, transform=f"translate({MARGIN} {MARGIN})"),
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {_value(full_width)} {_value(full_height)}",
        width=full_width,
        height=full_height,
        class_="pnl",
        role="img",
        aria_labelledby=f"{name}-title {name}-desc",
    )
    drawn = Picture(document)
    drawn.description = f"{title}: {description}"
    return drawn


def _value(value: object) -> str:
    """Return an attribute's value; numbers with at most one decimal."""
    if isinstance(value, float):
        return f"{value:.1f}".removesuffix(".0")
    return str(value)
