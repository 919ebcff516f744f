"""`python -m grader`: the same commands as `python lab.py` and `pynetlab`."""

import sys


def main() -> int:
    try:
        from grader import cli

        return cli.main()
    except KeyboardInterrupt:  # while it was still loading, or between two steps
        import signal

        signal.signal(signal.SIGINT, signal.SIG_IGN)  # once is enough
        print("Interrupted: there is no score.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
