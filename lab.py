"""The door to the kit: `python lab.py COMMAND ...`, with nothing but CPython 3.10+ on the machine.

The first call makes `.venv` beside this file and installs what pyproject.toml declares; later
calls start at once. Everything else happens in the package `grader`, run by `.venv`'s Python.

This file keeps to syntax that every Python of the last fifteen years can read (no annotations, no
f-strings), so that an old one can say in one line that it is too old.
"""

from __future__ import print_function

import contextlib
import hashlib
import os
import shutil
import subprocess
import sys

OLDEST = (3, 10)
HERE = os.path.dirname(os.path.abspath(__file__))
VENV = os.path.join(HERE, ".venv")
PYTHON = os.path.join(VENV, *(("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")))
STAMP = os.path.join(VENV, "pynetlab.txt")  # what was installed here; UNFINISHED while we do it
UNFINISHED = "unfinished"
EXTRAS = {  # command -> what it needs beyond the small set
    "test": "test",
    "tidy": "test",
    "release": "test",
    "watch": "watch",
    "notebook": "notebook",
}

SETUP_FAILED = 3  # exit status, as when the grader itself failed


class SetupError(Exception):
    """The set-up cannot be done; its text says why and what to do, in one line."""


def main():
    # type: () -> int
    if sys.version_info < OLDEST:
        found = "%d.%d" % sys.version_info[:2]
        print("PyNetLab needs Python 3.10 or newer; this is %s. See python.org/downloads." % found)
        return SETUP_FAILED
    arguments = sys.argv[1:]
    extra = EXTRAS.get(arguments[0], "") if arguments else ""
    try:
        if not is_set_up(extra):
            with one_at_a_time():
                if not is_set_up(extra):
                    set_up(extra)
    except SetupError as error:
        print(error, file=sys.stderr)
        return SETUP_FAILED
    except KeyboardInterrupt:
        print("Interrupted during set-up; the next call will start it again.", file=sys.stderr)
        return 130
    return hand_over([PYTHON, "-m", "grader"] + arguments)


def hand_over(command):
    # type: (list[str]) -> int
    """Become `command` where the system can do that, or run it and return its exit status."""
    environment = dict(os.environ, PYNETLAB_ROOT=HERE)
    if os.name != "nt":
        sys.stdout.flush()
        os.execve(command[0], command, environment)
    process = subprocess.Popen(command, env=environment)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:  # Ctrl-C reached the child as well; let it finish its own way
            continue


def is_set_up(extra):
    # type: (str) -> bool
    """Tell whether `.venv` holds what the project declares today, `extra` included."""
    return os.path.exists(PYTHON) and wanted(extra) in read_stamp()


def wanted(extra):
    # type: (str) -> str
    """Return the line of STAMP that says: this extra, as pyproject.toml declares it today."""
    with open(os.path.join(HERE, "pyproject.toml"), "rb") as declaration:
        digest = hashlib.sha256(declaration.read()).hexdigest()
    return "%s %s" % (extra or "base", digest[:16])


def read_stamp():
    # type: () -> list[str]
    try:
        with open(STAMP) as stamp:
            return stamp.read().splitlines()
    except OSError:
        return []


def write_stamp(lines):
    # type: (list[str]) -> None
    with open(STAMP, "w") as stamp:
        stamp.write("\n".join(lines) + "\n")


def set_up(extra):
    # type: (str) -> None
    """Make `.venv` if need be and install into it; leave nothing half-made behind."""
    if read_stamp() == [UNFINISHED] or (read_stamp() and not os.path.exists(PYTHON)):
        shutil.rmtree(VENV)
    is_new = not os.path.exists(VENV)
    say(
        "Setting up PyNetLab in .venv (this is done once)"
        if is_new
        else "Bringing .venv up to date"
    )
    try:
        if is_new:
            make_venv()
        elif not os.path.exists(PYTHON):
            raise SetupError("The folder .venv holds no Python; remove it and try again: " + VENV)
        install(extra)
        done = [] if is_new else [line for line in read_stamp() if line != UNFINISHED]
        write_stamp(done + sorted({wanted(""), wanted(extra)}))
    except BaseException:
        if is_new:
            shutil.rmtree(VENV, ignore_errors=True)
        raise
    say("  ready\n")


def make_venv():
    # type: () -> None
    say("  making a virtual environment")
    if not can_make_venvs():
        raise SetupError(
            "This Python cannot make virtual environments (it has no ensurepip). On Debian and "
            "Ubuntu: sudo apt install python3-venv"
        )
    import venv

    os.makedirs(VENV)
    write_stamp([UNFINISHED])
    failure = None
    try:
        venv.create(VENV, with_pip=True, symlinks=os.name != "nt")
    except (OSError, subprocess.CalledProcessError) as error:
        failure = error
    if failure:
        raise SetupError("Could not make the virtual environment .venv: %s" % failure)


def can_make_venvs():
    # type: () -> bool
    """Tell whether this Python has what `venv` needs; Debian leaves it to another package."""
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        return False
    return True


def install(extra):
    # type: (str) -> None
    """Install the project with pip, naming each package as it comes."""
    target = "%s[%s]" % (HERE, extra) if extra else HERE
    pip = [PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
    pip += ["--retries", "1", "--no-warn-script-location", "--progress-bar", "off", "-e", target]
    process = subprocess.Popen(
        pip, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True
    )
    assert process.stdout is not None
    complaint = last_line = ""
    try:
        for line in process.stdout:
            if line.startswith("Collecting "):
                say("  installing " + line.split()[1])
            elif line.startswith("ERROR: "):
                complaint = complaint or line[len("ERROR: ") :].strip()
            last_line = line.strip() or last_line
        status = process.wait()
    except BaseException:
        process.kill()
        process.wait()
        raise
    if status != 0:
        raise SetupError(
            "The set-up could not install what the kit needs. It needs the network (PyPI) this "
            "once: check the connection and call lab.py again. pip says: "
            + (complaint or last_line)
        )


@contextlib.contextmanager
def one_at_a_time():
    # type: () -> object
    """Hold a lock that other set-ups of this folder wait for; it ends with the process."""
    import tempfile  # only here: it takes longer to load than all the rest

    name = "pynetlab-%s.lock" % hashlib.sha256(HERE.encode()).hexdigest()[:16]
    with open(os.path.join(tempfile.gettempdir(), name), "a") as lock:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(lock.fileno(), msvcrt.LK_LOCK, 1)
        else:
            import fcntl

            fcntl.flock(lock, fcntl.LOCK_EX)
        yield None


def say(line):
    # type: (str) -> None
    print(line, file=sys.stderr)
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
