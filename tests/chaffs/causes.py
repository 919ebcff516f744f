"""Which cause a report names for each chaff. Those that are not here get the plain report."""

from __future__ import annotations

CAUSES: dict[str, str] = {}
