"""Benchmarks, run by hand in the kit's folder: `python lab.py test` never runs them.

.venv/bin/python -m tests.benchmarks             the times of single gradings (a minute)
.venv/bin/python -m tests.benchmarks --steady    250 gradings, 50 of them on a busy machine
.venv/bin/python -m tests.benchmarks --together  four gradings at once, fifteen times
.venv/bin/python -m tests.benchmarks --watch     from a save to the first verdict, and the last
.venv/bin/python -m tests.benchmarks --server    messages per second through the reference
.venv/bin/python -m tests.benchmarks --jail      what tier strong costs, in 20 pairs
.venv/bin/python -m tests.benchmarks --attacks   the slowest attacks (some minutes, as root)
"""

from __future__ import annotations

import argparse


def main() -> None:
    parser = argparse.ArgumentParser(description="Benchmarks of PyNetLab, run by hand.")
    for option in ("steady", "together", "watch", "server", "jail", "attacks"):
        parser.add_argument(f"--{option}", action="store_true")
    options = parser.parse_args()
    # Imported where they are wanted: some of them need what Windows has not.
    if options.server:
        from tests.benchmarks import server

        server.server(5)
    elif options.watch:
        from tests.benchmarks import watching

        watching.watch(10)
    elif options.jail:
        from tests.benchmarks import jail

        jail.cost(20)
    elif options.attacks:
        from tests.benchmarks import jail

        jail.attacks()
    else:
        from tests.benchmarks import gradings

        if options.steady:
            gradings.steady()
        elif options.together:
            gradings.together()
        else:
            gradings.single(20)


if __name__ == "__main__":
    main()
