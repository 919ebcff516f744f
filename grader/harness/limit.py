"""The limit for which a process of the submission was stopped, in words for the student."""

from __future__ import annotations

import os
import signal

from grader.jail.inside.limits import CPU_LIMIT
from grader.jail.launch import Launched


def limit_reached(process: Launched, status: int) -> str:
    """Return why a process was stopped; "" if it reached no limit. `status` is its exit status."""
    if process.limit:  # the watch has stopped it, and said so
        return process.limit
    if os.name != "nt" and status == -signal.SIGXCPU:
        return f"it used more than {CPU_LIMIT} s of CPU time"
    return ""
