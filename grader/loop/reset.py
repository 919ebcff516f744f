"""`reset`: puts a file of the skeleton back, and keeps a copy of what was there."""

from __future__ import annotations

from itertools import count
from pathlib import Path

from grader.loop import kit
from grader.selection import nearest


def reset(given: str, default: Path) -> str:
    """Put back a file, given by its path, or by its name in the default folder; say what was done.

    Raises NotInTheKit if the skeleton has no such file, and OSError if it cannot be written.
    """
    path = Path(given)
    if path.name not in kit.FILES:
        known = ", ".join(kit.FILES)
        raise kit.NotInTheKit(
            f"{given} is no file of the skeleton.{nearest(path.name, kit.FILES)} Those are {known}."
        )
    if path.parent == Path() and not path.exists():
        path = default / path.name
    if not path.parent.is_dir():
        raise kit.NotInTheKit(f"There is no folder {path.parent}.")
    text = kit.untouched(path.name).encode()
    if not path.exists() and not path.is_symlink():
        path.write_bytes(text)
        return f"{path} was missing; the untouched one is there now."
    content = path.read_bytes()
    if content.replace(b"\r\n", b"\n") == text:
        return f"{path} is as it was handed out; there was nothing to do."
    copy = _free_name(path)
    copy.write_bytes(content)
    path.write_bytes(text)
    return f"{path} is as it was handed out. What was there is kept in {copy.name}."


def _free_name(path: Path) -> Path:
    """Return a name beside the file that is not taken; Python does not import from it."""
    for number in count(1):
        copy = path.with_name(f"{path.name}.before-reset-{number}")
        if not copy.exists():
            return copy
    raise AssertionError("numbers do not end")
