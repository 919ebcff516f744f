"""The grader: runs a submission, talks to it over real sockets, and says what is wrong and why."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("pynetlab")
except PackageNotFoundError:  # run from a checkout that was never installed
    __version__ = "0+checkout"
