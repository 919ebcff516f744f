"""What a program of the submission says about itself when it is asked: untrusted, and help only."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from typing import Any

from grader.conversation import Call, Place, Thread
from grader.harness.source import source_line
from grader.harness.verdict import shown

CALLS_TAKEN = 24
THREADS_TAKEN = 6
PLACES_TAKEN = 3  # of a thread


class Testimony:
    """Reads what the process reported. Whatever is not as it should be is left out."""

    def __init__(
        self,
        report: Mapping[str, Any],
        sources: Mapping[str, bytes],
        whose: Callable[[int], str],
        sent_to_program: Callable[[str], bytes],
    ) -> None:
        """Take a report over.

        `sources` are the files of the submission, `whose(port)` is the label of the client that
        connected from there, and `sent_to_program(label)` are the bytes that it has sent.
        """
        self._sources = sources
        self._whose = whose
        self._sent = sent_to_program
        self.threads = tuple(self._read_all(report.get("threads"), THREADS_TAKEN, self._thread))
        self.calls = tuple(self._read_all(report.get("calls"), CALLS_TAKEN, self._call))

    @staticmethod
    def _read_all(items: Any, limit: int, read: Callable[[Any], Any]) -> list[Any]:
        found: list[Any] = []
        for item in items[-limit:] if isinstance(items, list) else []:
            with contextlib.suppress(KeyError, TypeError, ValueError, AttributeError, IndexError):
                found.append(read(item))
        return found

    def _thread(self, item: dict[str, Any]) -> Thread:
        places = tuple(map(self._place, item["places"][-PLACES_TAKEN:]))
        pending = item.get("waits_in")
        return Thread(places, self._call(pending) if isinstance(pending, dict) else None)

    def _call(self, item: dict[str, Any]) -> Call:
        count, raised = int(item["count"]), str(item["raised"])
        who, offset = self._whose(int(item["port"])), int(item["offset"])
        name = shown(str(item["call"]))
        received = self._sent(who)[offset : offset + count] if name.startswith("recv") else b""
        amount = "1 byte" if count == 1 else f"{count} bytes" if count >= 0 else ""
        result = raised or str(item["said"]) or amount
        return Call(
            who,
            name,
            int(item["size"]),
            shown(result) if result else "",
            received if count > 0 <= offset else b"",
            self._place(item["place"]) if item["place"] else None,
            count,
            int(item["times"]),
            bool(item.get("in_vain")),
        )

    def _place(self, item: list[Any]) -> Place:
        file, line, function = str(item[0]).replace("\\", "/"), int(item[1]), str(item[2])
        return Place(shown(file), line, shown(function), source_line(self._sources, file, line))
