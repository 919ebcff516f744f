"""Where something stands in a student's files: a TODO, a function, a syntax error."""

from __future__ import annotations

import ast
import re
from typing import NamedTuple

from grader import hints
from grader.jail.submission import Submission
from grader.loop import kit
from grader.result import Result

TODO = re.compile(r'raise NotImplementedError\("TODO (\d+)"\)')
TOLD = re.compile(r"(\w+\.py), line (\d+)")


class Place(NamedTuple):
    """A line of a file; line 0 where only the file is known."""

    file: str
    line: int
    function: str = ""
    todo: int = 0  # its number, or 0

    def __str__(self) -> str:
        where = f"{self.file}, line {self.line}" if self.line else self.file
        todo = f"TODO {self.todo}" if self.todo else ""
        what = ", ".join(filter(None, (todo, self.function)))
        return f"{where} ({what})" if what else where


class SyntaxFault(NamedTuple):
    """A file that Python cannot read, and where it gave up."""

    file: str
    line: int
    column: int  # from 1; 0 where it is not known
    message: str
    source: str  # the line


def of_result(result: Result, submission: Submission) -> Place | None:
    """Return the place to go to for a check that did not pass; None where nothing is known."""
    told = TOLD.findall(result.text)
    if told:
        file, line = told[-1]  # the innermost
        return _described(submission, file, int(line))
    return of_check(result.check.name, submission)


def of_check(name: str, submission: Submission) -> Place | None:
    """Return where the function stands that a check is about; None where nothing is known."""
    function = hints.of(name).where
    gaps = [gap for gap in kit.todos() if gap.function == function]
    numbers = {gap.function: gap.number for gap in gaps}
    files = [gaps[0].file] if gaps else list(submission.files)
    for file in files:
        span = function_lines(text_of(submission, file), function)
        if span:
            return Place(file, span[0], function, _open_todo(submission, file, span))
    if gaps:
        return Place(gaps[0].file, 0, "", numbers.get(function, 0) if not function else 0)
    return None


def _described(submission: Submission, file: str, line: int) -> Place:
    """Return the place of a line, with the function and the TODO that stand there."""
    source = text_of(submission, file)
    lines = source.splitlines()
    here = TODO.search(lines[line - 1]) if 0 < line <= len(lines) else None
    return Place(file, line, _function_at(source, line), int(here[1]) if here else 0)


def _open_todo(submission: Submission, file: str, span: tuple[int, int]) -> int:
    body = "\n".join(text_of(submission, file).splitlines()[span[0] - 1 : span[1]])
    found = TODO.search(body)
    return int(found[1]) if found else 0


def text_of(submission: Submission, file: str) -> str:
    """Return a file of the submission as text; "" if it is missing."""
    return submission.files.get(file, b"").decode("utf-8", "replace")


def function_lines(source: str, function: str) -> tuple[int, int] | None:
    """Return the first and last line of `name` or `Class.name`; None where it is not defined."""
    for name, first, last in _functions(source):
        if name == function:
            return first, last
    return None


def _function_at(source: str, line: int) -> str:
    names = [name for name, first, last in _functions(source) if first <= line <= last]
    return names[-1] if names else ""


def _functions(source: str) -> list[tuple[str, int, int]]:
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return []
    found: list[tuple[str, int, int]] = []
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            found.append((node.name, node.lineno, node.end_lineno or node.lineno))
        elif isinstance(node, ast.ClassDef):
            for inner in node.body:
                if isinstance(inner, (ast.FunctionDef, ast.AsyncFunctionDef)):
                    end = inner.end_lineno or inner.lineno
                    found.append((f"{node.name}.{inner.name}", inner.lineno, end))
    return found


def open_todos(submission: Submission) -> int:
    """Return how many TODOs the submission has still to fill in."""
    return sum(len(TODO.findall(text_of(submission, file))) for file in submission.files)


def syntax_fault(submission: Submission) -> SyntaxFault | None:
    """Return the first file of the submission that Python cannot read; None if it reads all.

    Nothing of it is run.
    """
    for name, content in submission.files.items():
        if not name.endswith(".py"):
            continue
        try:
            ast.parse(content, name)
        except SyntaxError as error:
            lines = text_of(submission, name).splitlines()
            line = error.lineno or 0
            source = lines[line - 1] if 0 < line <= len(lines) else ""
            return SyntaxFault(name, line, error.offset or 0, error.msg, source)
        except (ValueError, MemoryError, RecursionError) as error:
            return SyntaxFault(name, 0, 0, str(error) or "Python cannot read it", "")
    return None
