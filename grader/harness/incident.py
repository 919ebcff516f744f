"""An exception that ended the student's code, as the launcher reported it: never a verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from grader.harness.limit import limit_behind
from grader.harness.source import source_line
from grader.harness.verdict import shown

PLACES_SHOWN = 6
# What reading a report may raise: it comes from a student's process, and anything may be in it.
NO_REPORT = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError)


@dataclass(frozen=True)
class Incident:
    """What was raised and where. All of it comes from the student's process and is untrusted."""

    kind: str
    is_todo: bool
    is_syntax_error: bool
    message: str
    places: list[str]  # "chat_server.py, line 40:  data.decode()", the outermost first
    in_thread: bool

    @classmethod
    def read(cls, report: dict[str, Any], sources: Mapping[str, bytes]) -> Incident:
        """Take over a report. Raises one of NO_REPORT if it is not one.

        `sources` are the files of the submission.
        """
        kinds = [str(kind) for kind in report["kinds"]]
        return cls(
            kind=shown(kinds[0]),
            is_todo="NotImplementedError" in kinds,
            is_syntax_error="SyntaxError" in kinds,
            message=shown(str(report["message"])) if report["message"] else "",
            places=[
                f"{shown(str(place['file']))}, line {int(place['line'])}:  "
                + source_line(sources, str(place["file"]), int(place["line"]))
                for place in report["places"][-PLACES_SHOWN:]
            ],
            in_thread=report.get("event") == "thread died",
        )

    def text(self) -> str:
        """Return what happened, where, and what to do next, in a few lines."""
        if self.is_todo:
            gap = "".join(f"\n      {place}" for place in self.places[-1:])
            return f"{self.message}: this part is not written yet.{gap}"
        where = "\n".join(f"      {place}" for place in self.places)
        if self.is_syntax_error:
            return f"Python cannot read the program: {self.kind}: {self.message}\n{where}"
        whose = "A thread of the program" if self.in_thread else "The program"
        words = f": {self.message}" if self.message else ""
        limit = limit_behind(self.kind, self.message)
        told = f"\n{limit}" if limit else ""
        return f"{whose} stopped with {self.kind}{words}\n{where}{told}"
