"""`python -m grader COMMAND ...` is what `python lab.py COMMAND ...` becomes."""

import sys

from grader.cli import main

if __name__ == "__main__":
    sys.exit(main())
