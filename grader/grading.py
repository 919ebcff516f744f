"""Grades one submission: jail, then pytest with the checks, then one Grading."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from grader import selection
from grader.checks import declared_checks
from grader.declaration import Check
from grader.jail.jail import Jail
from grader.jail.submission import read_submission
from grader.plugin import CHECKS, GradingPlugin
from grader.result import Grading, Result


class GraderFailed(Exception):
    """The grader itself failed; there is no score. The text is for whoever mends it."""


class WrongUsage(Exception):
    """What was asked for does not exist."""


def grade(
    folder: Path,
    *,
    stage: str = "",
    only: str = "",
    plan: Callable[[list[Check]], None] = lambda checks: None,
    progress: Callable[[Result], None] = lambda result: None,
) -> Grading:
    """Run the checks against the submission in `folder` and return what became of them.

    `plan` is called with the checks before the first one runs, `progress` after each one.
    Raises NotASubmission, WrongUsage, GraderFailed, and KeyboardInterrupt when it is interrupted.
    """
    started = time.perf_counter()
    try:
        selection.asked_for(declared_checks(), stage, only)
    except selection.UnknownCheck as error:
        raise WrongUsage(str(error)) from None
    submission = read_submission(folder)
    jail = Jail(submission)
    try:
        plugin = GradingPlugin(jail, stage=stage, only=only, plan=plan, progress=progress)
        status, complaint = _run_pytest(plugin)
    finally:
        jail.close()
    if plugin.faults:
        raise GraderFailed(plugin.faults[0])
    if status == pytest.ExitCode.INTERRUPTED:
        raise KeyboardInterrupt
    if status not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        raise GraderFailed(complaint or f"pytest ended with status {status}")
    seconds = time.perf_counter() - started
    return Grading(submission.name, jail.sandbox, submission.notes, plugin.results, seconds)


class _Quiet:
    """Keeps pytest's own words back: the reports are ours."""

    def __init__(self) -> None:
        self.complaint = ""

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        terminal = config.pluginmanager.getplugin("terminalreporter")
        config.pluginmanager.unregister(terminal)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.complaint = self.complaint or str(report.longrepr)

    def pytest_internalerror(self, excrepr: object) -> bool:
        self.complaint = self.complaint or str(excrepr)
        return True

    def pytest_keyboard_interrupt(self) -> None:
        pass


def _run_pytest(plugin: GradingPlugin) -> tuple[int, str]:
    # Nothing on the machine of whoever grades may change how the checks run.
    for name in ("PYTEST_ADDOPTS", "PYTEST_PLUGINS"):
        os.environ.pop(name, None)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    arguments = [str(CHECKS), "-c", str(CHECKS / "pytest.ini"), "--rootdir", str(CHECKS)]
    arguments += ["--noconftest", "--capture=no", "--assert=plain", "-p", "no:cacheprovider"]
    quiet = _Quiet()
    status = int(pytest.main(arguments, plugins=[plugin, quiet]))
    return status, quiet.complaint
