"""The pytest plugin that makes tests of checks, and a flat list of Results of their outcomes.

`grade` uses it from inside. An instructor who writes a check can run it by hand as well:

    pytest -p grader.plugin grader/checks --submission solution -k duplicate
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from grader import selection
from grader.conversation import Segment
from grader.declaration import Check
from grader.harness import waiting
from grader.harness.protocol import Protocol
from grader.harness.server import Server
from grader.harness.session import Session
from grader.harness.transcript import Transcript
from grader.harness.verdict import CheckFailed
from grader.jail.jail import FEW_DESCRIPTORS, MANY_DESCRIPTORS, Jail
from grader.jail.network import NoPort
from grader.jail.submission import NotASubmission, read_submission
from grader.result import Outcome, Result

TIME_IS_UP = f"The time for the whole grading, {waiting.RUN_LIMIT:g} s, was used up"
LONGEST_RUN = waiting.RUN_LIMIT + 60  # seconds; who still grades then has a fault of its own
CHECKS = Path(__file__).with_name("checks")


class Blocked(Exception):
    """The check is not run, because one that it needs did not pass."""


class GradingPlugin:
    """One grading run inside pytest: collects checks, gives them the submission, keeps outcomes."""

    def __init__(
        self,
        jail: Jail,
        *,
        wanted: set[str] | None = None,
        keep_segments: bool = False,
        progress: Callable[[Result], None] = lambda result: None,
    ) -> None:
        self.faults: list[str] = []  # what went wrong in the grader itself
        self._jail = jail
        self._wanted = wanted  # names of checks; None: all
        self._progress = progress
        self._keep_segments = keep_segments  # in the results, also of what passed
        self._outcomes: dict[str, Result] = {}
        self._started = 0.0
        waiting.begin_run()

    # What a check holds in its hands

    @pytest.fixture
    def server(self) -> Iterator[Server]:
        with self._jail.place() as place, Server(self._jail, place) as server:
            yield server

    @pytest.fixture
    def restartable_server(self) -> Iterator[Server]:
        """A server whose old connections may still hold its port when it has stopped."""
        with self._jail.place(lingers=True) as place, Server(self._jail, place) as server:
            yield server

    @pytest.fixture
    def roomy_server(self) -> Iterator[Server]:
        """A server that may open more descriptors than select can watch."""
        with self._jail.place() as place, Server(self._jail, place, MANY_DESCRIPTORS) as server:
            yield server

    @pytest.fixture
    def narrow_server(self) -> Iterator[Server]:
        """A server that runs out of descriptors soon, where the system has such a limit."""
        with self._jail.place() as place, Server(self._jail, place, FEW_DESCRIPTORS) as server:
            yield server

    @pytest.fixture
    def protocol(self) -> Iterator[Protocol]:
        with self._jail.place() as place, Protocol(self._jail, place) as protocol:
            protocol.loads()
            yield protocol

    @pytest.fixture
    def session(self) -> Iterator[Session]:
        yield from self._session()

    @pytest.fixture
    def lonely_session(self) -> Iterator[Session]:
        """A client that will find no server."""
        yield from self._session(with_server=False)

    @pytest.fixture
    def piped_session(self) -> Iterator[Session]:
        """A client whose standard input is a pipe."""
        yield from self._session(piped=True)

    def _session(self, **how: bool) -> Iterator[Session]:
        if os.name == "nt":
            raise Blocked("needs a POSIX terminal")
        with self._jail.place() as place, Session(self._jail, place, **how) as session:
            yield session

    # Which functions are checks

    def pytest_collect_file(
        self, file_path: Path, parent: pytest.Collector
    ) -> pytest.Module | None:
        if file_path.parent != CHECKS or file_path.suffix != ".py":
            return None
        return pytest.Module.from_parent(parent, path=file_path)

    def pytest_pycollect_makeitem(
        self, collector: pytest.Module, name: str, obj: object
    ) -> list[pytest.Item] | None:
        declared = getattr(obj, "declared", None)
        if not isinstance(declared, Check) or not isinstance(collector, pytest.Module):
            return []
        return [pytest.Function.from_parent(collector, name=name)]

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        by_name = {_check(item).name: item for item in items}
        try:
            checks = selection.in_order(map(_check, items))
        except selection.BadDeclaration as error:
            raise pytest.UsageError(str(error)) from None
        wanted = [check for check in checks if self._is_wanted(check)]
        items[:] = [by_name[check.name] for check in selection.with_needs(wanted, checks)]

    def _is_wanted(self, check: Check) -> bool:
        return self._wanted is None or check.name in self._wanted

    # What became of them

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        self._started = time.perf_counter()
        if waiting.run_is_over():
            raise CheckFailed(f"{TIME_IS_UP} before this check began.")
        needs = _check(item).needs
        needed = self._outcomes.get(needs) if needs else None
        if needed and needed.outcome is not Outcome.PASSED:
            raise Blocked(needed.blocked_by or needed.check.name)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Iterator[None]:
        report: pytest.TestReport = yield  # type: ignore[assignment]
        if call.excinfo is not None or call.when == "call":
            error = call.excinfo.value if call.excinfo else None
            segments = _segments(item) if self._keep_segments else ()
            self._keep(_check(item), error, str(report.longrepr), segments)
            if isinstance(error, CheckFailed):  # for whoever reads pytest's own report
                report.longrepr = error.text
        return report  # type: ignore[return-value]

    def _keep(
        self,
        check: Check,
        error: BaseException | None,
        traceback: str,
        segments: tuple[Segment, ...],
    ) -> None:
        seconds = time.perf_counter() - self._started
        if error is None:
            result = Result(check, Outcome.PASSED, seconds=seconds)
        elif isinstance(error, CheckFailed):
            outcome = Outcome.TODO if error.todo else Outcome.FAILED
            text = error.text
            if waiting.run_is_over() and TIME_IS_UP not in text:
                text = f"{TIME_IS_UP} during this check.\n\n{text}"
            result = Result(check, outcome, text, seconds=seconds, account=error.account)
        elif isinstance(error, AssertionError):  # a check written with a bare assert
            result = Result(check, Outcome.FAILED, str(error) or "not so", seconds=seconds)
        elif isinstance(error, NoPort):
            result = Result(check, Outcome.FAILED, str(error), seconds=seconds)
        elif isinstance(error, Blocked):
            blocker = str(error)
            result = Result(check, Outcome.BLOCKED, f"Waits for {blocker}.", blocker, seconds)
        else:
            self.faults.append(f"{check.name}: {traceback}")
            return
        result = replace(result, segments=segments)
        self._outcomes[check.name] = result
        if self._is_wanted(check):
            self._progress(result)

    def pytest_runtest_logfinish(self) -> None:
        if self.faults:
            raise pytest.exit.Exception("the grader itself failed")


def _segments(item: pytest.Item) -> tuple[Segment, ...]:
    """Return what went over the wire in a check that has run."""
    held: dict[str, Any] = getattr(item, "funcargs", {})
    transcripts = [getattr(value, "transcript", None) for value in held.values()]
    return tuple(s for t in transcripts if isinstance(t, Transcript) for s in t.segments)


def _check(item: pytest.Item) -> Check:
    declared: Check = item.obj.declared  # type: ignore[attr-defined]
    return declared


# For pytest by hand


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--submission", help="the folder whose programs the checks are to run")


def pytest_configure(config: pytest.Config) -> None:
    folder: Any = config.getoption("--submission")
    if folder is None or config.pluginmanager.hasplugin("grading"):
        return
    try:
        jail = Jail(read_submission(Path(folder)))
    except NotASubmission as error:
        raise pytest.UsageError(str(error)) from None
    config.add_cleanup(jail.close)
    config.pluginmanager.register(GradingPlugin(jail), "grading")
