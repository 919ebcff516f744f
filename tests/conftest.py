"""Adds `--chaff-table`: print which checks each chaff fails, and run no test; and `--record`."""

from __future__ import annotations

from pathlib import Path

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--chaff-table",
        action="store_true",
        help="grade every chaff in full and print which checks it fails (takes minutes)",
    )
    parser.addoption(
        "--record",
        action="store_true",
        help="write the reports in tests/reports/ anew, in place of comparing them",
    )


def pytest_cmdline_main(config: pytest.Config) -> int | None:
    if not config.getoption("--chaff-table"):
        return None
    from tests.chaff_table import print_table

    return print_table(Path(str(config.rootpath)))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long and cannot be shared out: Wine, and the door's set-ups."""
    first = ("test_windows", "test_lab")
    items.sort(key=lambda item: not item.path.stem.startswith(first))
