"""The lines of the submission's own files, for whoever is told about one of them."""

from __future__ import annotations

from collections.abc import Mapping

from grader.visible import visible_line

SOURCE_SHOWN = 120  # characters of a line of the student's


def source_line(sources: Mapping[str, bytes], file: str, line: int) -> str:
    """Return a line (from 1) of one of the submission's files, fit to be shown; "" if it has none.

    It is read here and not by the process that runs it, which may have no descriptor left.
    """
    lines = sources.get(file.replace("\\", "/"), b"").decode("utf-8", "replace").splitlines()
    return visible_line(lines[line - 1].strip())[:SOURCE_SHOWN] if 0 < line <= len(lines) else ""
