"""The grader: runs a submission, talks to it over real sockets, and says what is wrong and why."""

__version__ = "0.1.0"
