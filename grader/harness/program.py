"""A program of the submission while it runs: what it reports, what it uses, what became of it."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import time
from collections.abc import Callable, Iterator
from typing import Any

import psutil

from grader.conversation import Account, Expectation, Ruler, Step
from grader.harness import waiting
from grader.harness.asleep import endless_sleep, family, is_at_work, quiet_sleep
from grader.harness.incident import NO_REPORT, Incident
from grader.harness.limit import limit_reached
from grader.harness.testimony import Testimony
from grader.harness.transcript import Transcript
from grader.harness.verdict import CheckFailed, shown
from grader.jail.jail import Jail, Place
from grader.jail.launch import Launched, Stdio

YARDSTICK = 0.06  # seconds of the grader's own CPU time; see Program.rests
SHORT_YARDSTICK = 0.005  # the same, where the kernel says that it sleeps without a limit
MIDDLE_YARDSTICK = 0.02  # the same, where it says that it sleeps
SHARE = 0.3  # of it that a resting program may use; one that spins uses as much as the grader
BUSY = 2.0  # seconds of CPU time; a right program needs less than a tenth of that to end
STEPS_KEPT = 200  # before a failure, and after it
PRINTED_LAST = 2000  # characters of what it printed after the last step
ASK = getattr(signal, "SIGUSR2", None)  # on POSIX; makes the program say where it is
MAX_REPORT = 65536  # bytes of one report
MAX_REPORTS = 1024 * 1024  # bytes of all of them; what comes after that is not even read
MOST_CHUNKS = 32  # of 64 KiB


class Program:
    """One file of a fresh copy of the submission, in a process of its own."""

    def __init__(self, jail: Jail, place: Place, file: str, descriptors: int = 1024) -> None:
        self.file = file
        self.transcript = Transcript()
        self._jail = jail
        self._place = place
        self._descriptors = descriptors
        self._process: Launched | None = None
        self.should_go_on = True  # False while a check expects that the program ends
        self._forget()

    def _forget(self) -> None:
        self._news = b""  # the beginning of a report that is not complete yet
        self._limit = ""  # for which it was stopped, in words
        self._is_silent = False  # True once a report was waited for in vain
        self._heard = 0  # bytes of reports so far
        self._has_ended = False
        self._listens: list[tuple[str, int]] = []
        self._incident: Incident | None = None
        self._told: dict[str, Any] = {}  # what the process last said about itself
        self._is_halted = False

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def launch(self, stdio: Stdio | None = None, arguments: tuple[str, ...] = ()) -> None:
        """Start the program, with arguments on its command line.

        Raises CheckFailed if the submission does not have it.
        """
        self._forget()
        if self.file not in self._jail.submission.files:
            raise CheckFailed(f"{self.file} is missing.")
        self._process = self._jail.start(
            self._place, self.file, self._descriptors, stdio, arguments
        )
        if self._process.output:
            self.transcript.follow(self._process.output.position)

    def stops(self) -> int:
        """End the process at once; return its exit status, or -9 if it had not ended before."""
        process, self._process = self._process, None
        if not process:
            return 0
        status = self._jail.stop(process)
        self._limit = limit_reached(process, status)
        return status

    @contextlib.contextmanager
    def halted(self) -> Iterator[None]:
        """Halt the program, so that what happens meanwhile reaches it all at once (POSIX)."""
        if os.name != "nt":
            self.signals(signal.SIGSTOP)
            self._is_halted = True
        try:
            yield
        finally:
            if os.name != "nt":
                self.signals(signal.SIGCONT)
                self._is_halted = False

    def signals(self, number: signal.Signals) -> None:
        """Send a signal to the program, unless it has ended already."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, number)

    # What it reports

    def hears_more(self) -> bool:
        """Wait for the next report of the process; False if none will come."""
        assert self._process is not None
        if self._heard > MAX_REPORTS or self._is_silent:
            return False
        self._is_silent = not waiting.readable(self._process.channel, self.pid)
        return not self._is_silent and self._hear()

    def _hear(self) -> bool:
        """Take in what the process has reported; False if that was all it will ever report."""
        assert self._process is not None
        try:
            data = self._process.channel.recv(65536)
        except OSError:
            data = b""
        self._heard += len(data)
        if self._heard <= MAX_REPORTS:
            *lines, self._news = (self._news + data).split(b"\n")
            self._news = self._news[:MAX_REPORT]
            for line in lines:
                with contextlib.suppress(*NO_REPORT):
                    self._note(json.loads(line))
        self._has_ended = not data
        return bool(data)

    def _note(self, report: dict[str, Any]) -> None:
        # Untrusted: it comes from the student's process, and serves for words only.
        if report["event"] == "listening":
            self._listens.append((shown(str(report["host"])), int(report["port"])))
            return
        if "calls" in report:
            self._told = report
        if report["event"] != "asked":
            self._incident = Incident.read(report, self._jail.submission.files)

    def has_ended(self) -> bool:
        """Tell whether the program has ended, as far as it has been noticed."""
        assert self._process is not None
        channel = self._process.channel
        for _ in range(MOST_CHUNKS):  # more than a channel holds of a process that has ended
            if self._has_ended or not waiting.poll(channel, selectors.EVENT_READ, 0):
                break
            self._hear()
        return self._has_ended

    def is_unwritten(self) -> bool:
        """Tell whether the program has ended at a TODO: then nothing more needs to be awaited."""
        if self._process is None or not self.has_ended():
            return False
        return self._incident is not None and self._incident.is_todo

    # What became of it

    def failure(
        self,
        text: str,
        *,
        connection_ended: bool = False,
        expectation: Expectation | None = None,
        rulers: tuple[Ruler, ...] = (),
        is_stuck: bool = False,
    ) -> CheckFailed:
        """Return the failure that says this, with an account of what happened before.

        Where a connection ended, the program may just be dying of an exception; then its last
        words are waited for. `is_stuck` says that where the program is, is the matter.
        """
        if self._process and not self.has_ended() and connection_ended:
            for _ in waiting.while_patient():
                if self._incident or not self.hears_more():
                    break
        if self._incident and self._incident.is_todo:
            return CheckFailed(self._incident.text(), todo=True)
        if not self._has_ended:
            self._ask()
        account = self._account(expectation, rulers, is_stuck=is_stuck)
        limit = self._limit_reached()
        parts = [text]
        if self._incident:
            parts.insert(0, self._incident.text())
        elif self._has_ended and self.should_go_on and not limit:
            parts.insert(0, f"{self.file} ended by itself: it should go on.")
        if limit:
            parts.insert(0, f"{self.file} was stopped, because {limit}.")
        return CheckFailed("\n\n".join(parts), account=account)

    def _limit_reached(self) -> str:
        """Return the limit for which the program was stopped, in words; "" if it was not."""
        if self._process and self._has_ended:
            self.stops()
        return self._limit

    def _account(
        self, expectation: Expectation | None, rulers: tuple[Ruler, ...], *, is_stuck: bool
    ) -> Account:
        testimony = Testimony(
            self._told, self._jail.submission.files, self._whose, self.transcript.sent_by
        )
        steps, printed = self._steps()
        failed = expectation.after if expectation else len(steps)
        begin = max(failed - STEPS_KEPT, 0)
        return Account(
            program=self.file,
            steps=steps[begin : failed + STEPS_KEPT],
            first=begin + 1,
            total=len(steps),
            expectation=expectation,
            rulers=rulers,
            threads=() if self._incident else testimony.threads,
            calls=testimony.calls,
            printed=printed,
            is_stuck=is_stuck,
        )

    def _ask(self) -> None:
        """Ask the process where it is and what its calls returned. It need not answer."""
        if not self._process or ASK is None or self._is_halted:
            return
        self._told = {}
        with contextlib.suppress(OSError):
            os.kill(self.pid, ASK)
            until = time.monotonic() + waiting.ANSWER_LIMIT
            while not self._told and waiting.hears(self._process.channel, until) and self._hear():
                continue
            self._has_ended = False  # a program that a question ends had not ended before

    def comes_to_rest(self) -> None:
        """Let the program do what it is at, if that is soon done."""
        if self._process and not self._is_halted and not self.has_ended():
            waiting.comes_to_rest(self.pid)

    def _whose(self, port: int) -> str:
        """Return whose connection comes from this port, "" if that is not known."""
        return ""

    def _steps(self) -> tuple[tuple[Step, ...], str]:
        """Return the steps, and what was printed after the last one, tracebacks left out."""
        output = self._process.output if self._process else None
        if not output:
            return self.transcript.steps(lambda start, end: "")
        output.catch_up(waiting.LOOK_EVERY)
        if self._has_ended:
            output.finish(waiting.LOOK_EVERY)
        steps, printed = self.transcript.steps(
            lambda start, end: output.between(start, end).replace(
                f"{self._place.folder}{os.sep}", ""
            )
        )
        return steps, printed[-PRINTED_LAST:]

    # What it uses

    def rests(self, situation: str) -> None:
        """The program must use no CPU time to speak of.

        It does not if it sleeps and nothing wakes it. Where the kernel cannot say so, or something
        woke it, CPU time is held against CPU time, no clock: what the program uses against what
        the grader itself uses meanwhile. On a busy machine both get less; a program that sleeps
        uses nothing.
        """
        for _ in range(3):  # it may still have had something to do the first time
            self.has_ended()  # takes in its reports: it must not sleep because nobody reads them
            waiting.finishes_its_turn(self.pid)
            if self._sleeps_on():
                return
            used = self._cpu_used_meanwhile()
            if used < YARDSTICK * SHARE and not is_at_work(self.pid):
                return
        raise self.failure(
            f"{situation}\n{self.file} should rest; it used {used:.2f} s of CPU time, where one "
            "that waits uses none.",
            is_stuck=True,
        )

    def _sleeps_on(self) -> bool:
        """Tell whether nothing woke the program while the grader worked; False if unknown."""
        sleep = quiet_sleep(self.pid)
        if sleep is None:
            return False
        # Who looks again and again may sleep for a while between two looks.
        is_endless = endless_sleep(self.pid) == sleep
        _use_cpu_time(SHORT_YARDSTICK if is_endless else MIDDLE_YARDSTICK)
        return quiet_sleep(self.pid) == sleep

    def keeps_busy(self) -> bool:
        """Tell whether the program has used as much CPU time as only a loop without end does."""
        return not self.has_ended() and self._cpu_seconds() > BUSY

    def _cpu_used_meanwhile(self) -> float:
        before = self._cpu_seconds()
        _use_cpu_time(YARDSTICK)
        return self._cpu_seconds() - before

    def _cpu_seconds(self) -> float:
        times = self._of_each_process(lambda process: process.cpu_times())
        return float(sum(time.user + time.system for time in times))

    def descriptors(self) -> int:
        """Return how many files and sockets the program has open."""
        count = "num_handles" if os.name == "nt" else "num_fds"
        return sum(self._of_each_process(lambda process: getattr(process, count)()))

    def _of_each_process(self, ask: Callable[[psutil.Process], Any]) -> list[Any]:
        try:
            process = psutil.Process(self.pid)
            answers = [ask(process)]
            children = _descendants(process)
        except psutil.Error:
            raise self.failure(f"{self.file} should still be running.") from None
        for child in children:
            with contextlib.suppress(psutil.Error):  # it has just ended
                answers.append(ask(child))
        return answers

    def waits_until(self, condition: Callable[[], bool]) -> bool:
        """Wait until `condition()` is true; False if it will not be."""
        return waiting.spin_until(condition, self.pid)


def _descendants(process: psutil.Process) -> list[psutil.Process]:
    try:  # psutil would look at every process of the machine
        pids = family(process.pid)[1:]
    except OSError:
        return process.children(recursive=True)
    found = []
    for pid in pids:
        with contextlib.suppress(psutil.Error):  # it has just ended
            found.append(psutil.Process(pid))
    return found


def _use_cpu_time(seconds: float) -> None:
    start = time.process_time()
    while time.process_time() - start < seconds:
        pass
