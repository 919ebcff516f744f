"""Runs the grader in processes that are forked from one that has loaded it already.

That halves the time of a short run, and the chaffs are many. Elsewhere the tests start the grader
as its users do; see running.py.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from pathlib import Path

from tests.running import OUTER_LIMIT, run_grader

LOADED = ["grader.checks", "grader.grading", "grader.report.terminal", "grader.report.results_json"]


def run_warm_grader(output: Path, *arguments: str | Path, **environment: str) -> str:
    """Grade as run_grader() does, `output` being a file to write to; return what was printed."""
    if not hasattr(os, "fork"):
        return run_grader(*arguments, **environment).stdout
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(LOADED)
    call = (str(output), [*map(str, arguments)], environment)
    process = context.Process(target=_be_grader, args=call)
    process.start()
    process.join(OUTER_LIMIT)
    if process.is_alive():
        process.kill()
        raise TimeoutError(f"the grader takes more than {OUTER_LIMIT} seconds")
    process.close()
    return output.read_text(encoding="utf-8")


def _be_grader(output: str, arguments: list[str], environment: dict[str, str]) -> None:
    descriptor = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(descriptor, sys.stdout.fileno())
    os.close(descriptor)
    os.environ.update(environment)
    from grader import cli

    sys.exit(cli.main(["grade", *arguments]))
