"""An exception that ended the student's code, as the launcher reported it: never a verdict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from grader.harness.verdict import shown


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
    def read(cls, report: dict[str, Any]) -> Incident:
        """Take over a report. Raises KeyError, TypeError or ValueError if it is not one."""
        kinds = [str(kind) for kind in report["kinds"]]
        return cls(
            kind=shown(kinds[0]),
            is_todo="NotImplementedError" in kinds,
            is_syntax_error="SyntaxError" in kinds,
            message=shown(str(report["message"])),
            places=[
                f"{shown(str(place['file']))}, line {int(place['line'])}:  "
                + shown(str(place["source"]))
                for place in report["places"]
            ],
            in_thread=report.get("event") == "thread died",
        )

    def text(self) -> str:
        """Return what happened, where, and what to do next, in a few lines."""
        where = "\n".join(f"      {place}" for place in self.places)
        if self.is_todo:
            return f"{self.message}: this part is not written yet.\n{where}"
        if self.is_syntax_error:
            return f"Python cannot read the program: {self.kind}: {self.message}\n{where}"
        whose = "A thread of the program" if self.in_thread else "The program"
        return f"{whose} stopped with {self.kind}: {self.message}\n{where}"
