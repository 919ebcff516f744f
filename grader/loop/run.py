"""One grading run that can be stopped at any time, in a process that was started beforehand."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from grader.checks import declared_checks
from grader.result import Grading, Outcome, Result

STOP_LIMIT = 15  # seconds until a process that was told to stop must have tidied up


class Worker:
    """A process that waits for its order, and grades one state of a folder."""

    def __init__(self, tell: Callable[[Worker, dict[str, Any]], None]) -> None:
        how: dict[str, Any] = (
            {"creationflags": getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)}
            if os.name == "nt"
            else {"start_new_session": True}  # Ctrl-C is for whoever shows the run
        )
        self._process = subprocess.Popen(
            [sys.executable, "-m", "grader.loop.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            **how,
        )
        self._tell = tell
        self._is_at_work = False
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def begin(self, folder: Path) -> None:
        """Give the order to grade."""
        assert self._process.stdin is not None
        self._is_at_work = True
        with contextlib.suppress(OSError):  # it has died; its end will be told
            self._process.stdin.write(json.dumps({"folder": str(folder)}).encode() + b"\n")
            self._process.stdin.flush()

    def stop(self) -> None:
        """Tell the process to stop; `ends` waits for that."""
        assert self._process.stdin is not None
        if os.name != "nt" and self._is_at_work and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)  # once: the second would disturb the tidying
        self._is_at_work = False
        with contextlib.suppress(OSError):
            self._process.stdin.close()

    def ends(self) -> None:
        """Wait until the process has ended."""
        try:
            self._process.wait(STOP_LIMIT)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._thread.join(STOP_LIMIT)

    def _listen(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as lines:
            for line in lines:
                self._tell(self, json.loads(line))
        status = self._process.wait()
        self._tell(self, {"event": "ended", "status": status})


class Run:
    """The grading of one state of a submission, as far as it has come."""

    def __init__(self, folder: Path, worker: Worker) -> None:
        self.results: dict[str, Result] = {}
        self.grading: Grading | None = None  # when it is done
        self.complaint = ""  # why there is none
        self._folder, self._worker = folder, worker
        self._checks = {check.name: check for check in declared_checks()}
        self._started = time.perf_counter()
        worker.begin(folder)

    def hears(self, worker: Worker, event: dict[str, Any]) -> bool:
        """Take in what a process tells; False if it is none of this run's."""
        if worker is not self._worker or self.grading:
            return False
        kind = event["event"]
        if kind == "result":
            self._keep(event)
        elif kind == "graded":
            results = [self.results[name] for name in self._checks]
            seconds = time.perf_counter() - self._started
            sandbox, notes = event["sandbox"], event["notes"]
            self.grading = Grading(str(self._folder), sandbox, notes, results, seconds)
        elif kind in ("wrong", "failed"):
            self.complaint = event["text"]
        elif kind == "ended":  # without having said what came of it
            self.complaint = self.complaint or f"its process ended with status {event['status']}"
        return True

    def _keep(self, event: dict[str, Any]) -> None:
        check = self._checks[event["check"]]
        outcome = Outcome(event["outcome"])
        account = pickle.loads(base64.b64decode(event["account"]))
        self.results[check.name] = Result(
            check, outcome, event["text"], event["blocked_by"], event["seconds"], account
        )


class Crew:
    """Keeps a process ready for the next run, and sees to it that none is left at the end."""

    def __init__(self, tell: Callable[[Worker, dict[str, Any]], None]) -> None:
        self._tell = tell
        self._ready: Worker | None = None
        self._busy: list[Worker] = []  # at work, or told to stop and not yet gone

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, *_: object) -> None:
        workers = [*self._busy, *filter(None, [self._ready])]
        for worker in workers:
            worker.stop()
        for worker in workers:
            worker.ends()

    def make_ready(self) -> None:
        """Start the process for the next run, if it is not there yet."""
        if self._ready is None:
            self._ready = Worker(self._tell)

    def grade(self, folder: Path) -> Run:
        """Begin to grade a folder; a run that is under way is stopped."""
        self.stop()
        self.make_ready()
        assert self._ready is not None
        worker, self._ready = self._ready, None
        self._busy.append(worker)
        return Run(folder, worker)

    def stop(self) -> None:
        """Tell the processes that are at work to stop; they end while others begin."""
        for worker in self._busy:
            worker.stop()

    def forget(self, worker: Worker) -> None:
        """Take note that a process has ended."""
        if worker in self._busy:
            self._busy.remove(worker)
        if worker is self._ready:
            self._ready = None
