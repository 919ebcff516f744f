"""Pictures of what happens on a wire, as SVG: for the grader's reports and for the notebooks.

    frame_ruler     length field and payload over the very bytes, cuts of send and of recv
    byte_ribbons    the same bytes, cut in different places
    sequence        who said what to whom; a step that went wrong, and what was expected
    lanes           what each socket or program does, step by step
    filling         a buffer, and how full it is
    log_bars        amounts that differ by powers of ten
    grid            thousands of cases, passed or not

Each is a function of its arguments and nothing else, and returns a Picture: a string that holds an
SVG document. A picture reads well on light and on dark, says in words what it shows, and tells
nothing by colour alone.
"""

from grader.pictures.bars import Bar, log_bars
from grader.pictures.filling import Level, filling
from grader.pictures.grid import grid
from grader.pictures.lanes import BAD, FROZEN, IDLE, READY, WORKS, Lane, lanes
from grader.pictures.ribbons import Ribbon, byte_ribbons
from grader.pictures.ruler import Span, frame_ruler, spans
from grader.pictures.sequence import Step, sequence
from grader.pictures.svg import Picture

__all__ = [
    "BAD",
    "FROZEN",
    "IDLE",
    "READY",
    "WORKS",
    "Bar",
    "Lane",
    "Level",
    "Picture",
    "Ribbon",
    "Span",
    "Step",
    "byte_ribbons",
    "filling",
    "frame_ruler",
    "grid",
    "lanes",
    "log_bars",
    "sequence",
    "spans",
]
