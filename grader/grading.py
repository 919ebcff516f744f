"""Grades one submission: in each lane a jail, then pytest with the checks; then one Grading."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest

from grader import selection
from grader.checks import declared_checks
from grader.declaration import Check
from grader.jail.jail import Jail
from grader.jail.submission import Submission, read_submission
from grader.lanes import side_by_side, uninterrupted
from grader.plugin import CHECKS, LONGEST_RUN, GradingPlugin
from grader.result import Grading, Result

# Of pytest's plugins: some would write files, and all take time at every start.
NOT_NEEDED = ("cacheprovider", "doctest", "junitxml", "legacypath", "logging", "monkeypatch",
              "pastebin", "recwarn", "stepwise", "threadexception", "tmpdir", "unittest",
              "unraisableexception", "warnings")  # fmt: skip


class GraderFailed(Exception):
    """The grader itself failed; there is no score. The text is for whoever mends it."""


class WrongUsage(Exception):
    """What was asked for does not exist."""


def grade(
    folder: Path,
    *,
    stage: str = "",
    only: str = "",
    tier: str = "",
    keep_segments: bool = False,
    plan: Callable[[list[Check]], None] = lambda checks: None,
    progress: Callable[[Result], None] = lambda result: None,
) -> Grading:
    """Run the checks against the submission in `folder` and return what became of them.

    `tier` is the isolation that must be had; without it, it is the strongest that works here.
    `keep_segments` keeps what went over the wire in the results, also of checks that passed.
    `plan` is called with the checks before the first one runs, `progress` after each one.
    Raises NotASubmission, WrongUsage, Unavailable, GraderFailed, and KeyboardInterrupt when it is
    interrupted.
    """
    started = time.perf_counter()
    checks = declared_checks()
    try:
        wanted = selection.asked_for(checks, stage, only)
    except selection.UnknownCheck as error:
        raise WrongUsage(str(error)) from None
    submission = read_submission(folder)
    plan(wanted)
    found: dict[str, Result] = {}
    sandboxes: list[str] = []

    def hear(news: Result | str) -> None:
        if isinstance(news, str):
            sandboxes.append(news)
        else:
            found[news.check.name] = news
            progress(news)

    lanes = selection.lanes(wanted)
    task = partial(_grade_lane, submission, tier, keep_segments)
    side_by_side([partial(task, lane) for lane in lanes], hear, LONGEST_RUN)
    missing = [check.name for check in wanted if check.name not in found]
    if missing:
        raise GraderFailed(f"there is no result of {', '.join(missing)}")
    seconds = time.perf_counter() - started
    results = [found[check.name] for check in wanted]
    return Grading(submission.name, sandboxes[0], submission.notes, results, seconds)


def _grade_lane(
    submission: Submission,
    tier: str,
    keep_segments: bool,
    wanted: list[Check],
    say: Callable[[Result | str], None],
) -> None:
    """Grade one lane: say the isolation that is in force, then each result."""
    with ExitStack() as at_the_end:
        with uninterrupted():
            jail = Jail(submission, tier)
            at_the_end.callback(uninterrupted()(jail.close))
        say(jail.sandbox)
        names = {check.name for check in wanted}
        plugin = GradingPlugin(jail, wanted=names, keep_segments=keep_segments, progress=say)
        status, complaint = _run_pytest(plugin)
    if plugin.faults:
        raise GraderFailed(plugin.faults[0])
    if status == pytest.ExitCode.INTERRUPTED:
        raise KeyboardInterrupt
    if status not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        raise GraderFailed(complaint or f"pytest ended with status {status}")


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
    arguments += ["--noconftest", "--capture=no", "--assert=plain"]
    arguments += [f"-pno:{plugin}" for plugin in NOT_NEEDED]
    quiet = _Quiet()
    status = int(pytest.main(arguments, plugins=[plugin, quiet]))
    return status, quiet.complaint
