"""What the terminal shows of each chaff, kept in tests/reports/ with times and chance taken out."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

REPORTS = Path(__file__).with_name("reports")

CHANCE = (
    (r"\d+\.\d s; isolation of the submission: .*", "(time and isolation)"),
    (r"it used \d+\.\d+ s of CPU time", "it used (more) s of CPU time"),
    (r"it has written \d+ bytes", "it has written (many) bytes"),
    (r"the server closed the connection|the connection was reset", "the connection ended"),
    (r"\b[3-6]\d{4}\)", "(port))"),  # of a client, in what a server prints
)
# How far these come before they fail depends on the sizes of the system's buffers, or on which of
# several connections is looked at first, or on how busy the machine is. Of them only the beginning
# is kept.
BY_CHANCE = {
    *("partial_send_dropped", "select_limit_kills", "no_descriptor_left_kills"),
    *("unnamed_clients_are_listed", "overlong_line_ends_the_client", "sixty_four_clients"),
    *("one_key_for_each_select", "one_last_send_at_exit", "leaving_client_still_read"),
    *("rest_of_the_pile_dropped",),
    *("input_blocks", "blocking_send", "backlog_counted_in_messages"),
    *("empty_read_means_nothing_yet", "empty_read_means_malformed", "address_asked_after_accept"),
}
ANYWHERE = {"interrupt_is_a_traceback"}  # it is chance in which line the program was
WHO = r"should get:|should show|got:  |^  after "
LEFT_OUT = (
    r"  (What happened|What the |What chat_|Where |A client should be able"
    r"|The server should get: `MSG bob \d{3} \d{3})"
)
PLACE = r"^ {8}chat_\w+\.py, line|^ {12}"
LOOP = "does again and again:"  # then it is chance in which line of its loop the program is


def normalised(name: str, report: str) -> str:
    """Return a report without what differs between two runs of the same program."""
    for pattern, words in CHANCE:
        report = re.sub(pattern, words, report)
    sections = report.split("\n\n")
    if LOOP in report or "should rest" in report:
        sections = [_loop(section) for section in sections]
    # What stands on the screen, beside what a check is about, may come a moment later or sooner.
    sections = [section for section in sections if not section.startswith("  The screen:")]
    if name in BY_CHANCE or "The program stopped with" in report:  # who notices that first?
        left_out = f"{WHO}|{PLACE}" if name in ANYWHERE else WHO
        sections = [_without_chance(section, left_out) for section in sections]
    lines = "\n\n".join(section for section in sections if section).splitlines()
    return "\n".join(line.rstrip() for line in lines).strip() + "\n"


def _without_chance(section: str, left_out: str) -> str:
    if re.match(LEFT_OUT, section):
        return ""
    return "\n".join(line for line in section.splitlines() if not re.search(left_out, line))


def _loop(section: str) -> str:
    title, _, rest = section.partition("\n")
    if re.match(r" *Where \S+ is:", title):
        return f"{title}\n      (in a loop)"
    if LOOP in title:
        return "\n".join([title, *sorted(rest.splitlines())])
    return section


def check_pinned(name: str, run: Callable[[], str], *, record: bool) -> None:
    """Hold the report that `run` makes against the one that is kept, or keep it.

    A wrong program may do things in another order once in a hundred runs. Its outcome is held to
    in each of them (test_chaffs.py), the order of the words in one of two.
    """
    path = REPORTS / f"{name}.txt"
    report = normalised(name, run())
    if record:
        path.parent.mkdir(exist_ok=True)
        path.write_text(report, encoding="utf-8")
    kept = path.read_text(encoding="utf-8") if path.exists() else ""
    if report != kept:
        report = normalised(name, run())
    assert report == kept, f"tests/reports/{name}.txt differs; --record writes it anew"
