"""Runs student code: the only folder of the kit that shares a process with it.

It is started on its own, without the rest of the kit, imports nothing but the standard library,
and decides nothing. What it reports from inside a student's process is help for the reader and
a hint that a server listens now; no verdict depends on it.

    warm FD SETTINGS      forks once for each job that arrives on the control socket FD
    fresh PORT KEY        fetches one job from 127.0.0.1:PORT and becomes it (no fork needed)

A job is a dictionary: `folder`, `program` (a file name, or "" for the protocol worker), `port`
(where the exercise's port is to be redirected, or 0), `pinned_port`, `descriptors` (a limit),
`arguments` (of the program), `witnessed` (whether calls are noted and questions answered; see
witness.py). The settings say how each job is confined (see launch.Confinement), and which
`modules` the programs are going to load.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import signal
import sys

BARE_MODULES = frozenset(sys.modules)  # what any Python has loaded before its program begins

import importlib  # noqa: E402
import shutil  # noqa: E402
import socket  # noqa: E402
import threading  # noqa: E402
import traceback  # noqa: E402
import types  # noqa: E402
from typing import Any  # noqa: E402

from . import landlock, limits, namespaces, privileges, system, witness  # noqa: E402

NOBODY_AT_ALL = 61183  # a user number that no account and no job has; see tiers.STRANGERS
OPEN_TO_ALL = ("/dev/shm", "/tmp", "/var/tmp")
FRAMES_REPORTED = 6
TEXT_REPORTED = 500  # characters


# The warm launcher: one fork for each job


def serve_forks(
    control: socket.socket, settings: dict[str, Any]
) -> tuple[dict[str, Any], socket.socket] | None:
    """Fork for each job that arrives and stop those it is told to, until the grader goes away.

    Returns in each child, with the job and its channel; and in the launcher itself, with None,
    when the control socket has ended and nothing it started is left.
    """
    adopt_orphans()
    spaces = namespaces.Namespaces() if settings["namespaces"] else None
    if settings["unprivileged"]:
        privileges.bound(reads_anything=settings["reads_anything"])
    if settings["seccomp"]:
        privileges.filter_for(os.uname().machine)  # computed once, before the forks
    running: set[int] = set()
    for name in settings["modules"]:  # so that not every fork has to
        importlib.import_module(name)
    gc.freeze()  # the forks need not look through what they only share, and copy its pages by that
    while True:
        try:
            message, descriptors, _, _ = socket.recv_fds(control, 65536, 3)
        except ConnectionError:  # the grader ended without reading the last reply
            message = b""
        if not message:
            for pid in list(running):
                stop_tree(pid, running, settings, spaces)
            return None
        request = json.loads(message)
        if request["do"] == "start":
            pid = spaces.fork() if spaces else os.fork()
            if pid == 0:
                channel = descriptors[0]
                try:
                    become_job(request["job"], settings, descriptors, spaces)
                except Exception as error:
                    os.write(channel, b"!" + str(error).encode())
                    os._exit(1)
                # The kernel adds to the first byte who sends it: so the grader learns its number
                # for this process, which in a namespace has another one.
                os.write(channel, b"\n")
                return request["job"], socket.socket(fileno=channel)
            running.add(pid)
            for descriptor in descriptors:
                os.close(descriptor)
            reply: dict[str, Any] = {"pid": pid}
        else:
            reply = {"status": stop_tree(request["pid"], running, settings, spaces)}
        control.sendall(json.dumps(reply).encode())


def become_job(
    job: dict[str, Any],
    settings: dict[str, Any],
    descriptors: list[int],
    spaces: namespaces.Namespaces | None,
) -> None:
    """Confine this process, which was forked for a job. Raises OSError if that cannot be done."""
    channel, source, output = descriptors
    keep_only([channel, source, output])
    if spaces:
        namespaces.enter_mounts()
        spaces.copy_submission(settings["uid"])
    enter_job(source, output)
    confine(job, settings)


def user_of(settings: dict[str, Any]) -> int:
    return os.getuid() if settings["uid"] is None else int(settings["uid"])


def keep_only(descriptors: list[int]) -> None:
    """Close everything else: what the launcher has open is no business of a job."""
    first = 0
    for kept in sorted({0, 1, 2, *descriptors}):
        if first < kept:  # an empty range would be taken for everything
            os.closerange(first, kept)
        first = kept + 1
    os.closerange(first, os.sysconf("SC_OPEN_MAX"))


def enter_job(source: int, output: int) -> None:
    """Become a process of its own: a new session, with its own input and output."""
    os.setsid()
    if system.is_linux:
        system.prctl(system.PR_SET_PDEATHSIG, signal.SIGKILL)
    os.dup2(source, 0)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.close(source)
    os.close(output)


def confine(job: dict[str, Any], settings: dict[str, Any]) -> None:
    """Take from this process what the job does not need, before any of its code runs."""
    limits.set_limits(job["descriptors"], settings["others"])
    if settings["landlock"]:
        writable = [job["folder"], job["scratch"], "/dev/null", "/dev/tty"]
        if settings["uid"] is not None:  # else nobody could say what in it is to be removed
            writable.append("/dev/shm")
        readable = [*settings["readable"], f"/proc/{os.getpid()}"]
        port = None if settings["own_network"] else job["port"] or job["pinned_port"]
        landlock.restrict(readable, writable, port)
    if settings["unprivileged"]:
        privileges.become(user_of(settings), reads_anything=settings["reads_anything"])
    if settings["seccomp"]:
        privileges.refuse_system_calls()


def stop_tree(
    pid: int,
    running: set[int],
    settings: dict[str, Any],
    spaces: namespaces.Namespaces | None,
) -> int:
    """Kill a job with everything it started; return its exit status, -9 if it had none before."""
    running.discard(pid)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
    os.kill(pid, signal.SIGKILL)  # it may have been too young to lead a group of its own
    _, status = os.waitpid(pid, 0)
    if spaces:
        spaces.end(pid)
        return os.waitstatus_to_exitcode(status)
    if settings["uid"] is not None:
        kill_all_of(settings["uid"])
        remove_files_of(settings["uid"])
    # What double-forked and left the group was adopted by this process; see adopt_orphans.
    while orphans := children() - running:
        for orphan in orphans:
            with contextlib.suppress(ProcessLookupError):
                os.kill(orphan, signal.SIGKILL)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(orphan, 0)
    return os.waitstatus_to_exitcode(status)


def kill_all_of(uid: int) -> None:
    """Kill every process of a user at once, so that none can fork while the others are killed."""
    while True:
        killer = os.fork()
        if killer == 0:
            os.setgroups([])
            # Now kill(-1) reaches all of that user, and of a user that nobody is; and none of them
            # reaches this process, because its real and its saved user are not theirs.
            os.setresuid(NOBODY_AT_ALL, uid, NOBODY_AT_ALL)
            with contextlib.suppress(ProcessLookupError):
                os.kill(-1, signal.SIGKILL)
            os._exit(0)
        if os.waitpid(killer, 0)[1] == 0:  # else the killer of another grading run has met it
            return


def remove_files_of(uid: int) -> None:
    """Remove what a user has left where everybody may write."""
    for folder in OPEN_TO_ALL:
        with contextlib.suppress(OSError), os.scandir(folder) as entries:
            for entry in entries:
                if entry.stat(follow_symlinks=False).st_uid != uid:
                    continue
                if entry.is_dir(follow_symlinks=False):
                    shutil.rmtree(entry.path, ignore_errors=True)
                else:
                    os.unlink(entry.path)


def children() -> set[int]:
    try:
        with open(f"/proc/self/task/{os.getpid()}/children") as listing:
            return {int(pid) for pid in listing.read().split()}
    except OSError:
        return set()


def adopt_orphans() -> None:
    """Become the parent of whatever a job leaves behind, where the system can do that."""
    if system.is_linux:
        system.prctl(system.PR_SET_CHILD_SUBREAPER, 1)


# One job


def run_job(job: dict[str, Any], channel: socket.socket) -> None:
    """Become the student's program, or the worker that calls the student's functions."""
    if job["program"] == "-":  # only the confinement was to be tried
        sys.exit(0)
    folder = job["folder"]
    os.chdir(folder)
    for name in ("HOME", "USERPROFILE", "TMPDIR", "TEMP", "TMP"):
        os.environ[name] = job["scratch"]
    sys.path.insert(0, folder)
    sys.dont_write_bytecode = True
    if hasattr(os, "fork"):  # so that the end of the channel is the end of the process
        os.dup(channel.fileno())
    take_terminal()
    # As in a terminal: lines go out as they are written, in an encoding that has every character.
    style: dict[str, Any] = {"encoding": "utf-8", "errors": "backslashreplace", "buffering": 1}
    sys.stdout = sys.__stdout__ = open(1, "w", closefd=False, **style)  # type: ignore[misc]
    sys.stdin = sys.__stdin__ = open(0, encoding="utf-8", closefd=False)  # type: ignore[misc]
    sys.stderr = sys.__stderr__ = open(2, "w", closefd=False, **style)  # type: ignore[misc]
    forget_shadowed_modules(folder)
    watcher = call_witness(folder, channel) if job["witnessed"] else None
    if job["program"]:
        report_listening(channel, job["pinned_port"], job["port"])
        run_program(folder, job["program"], job["arguments"], channel, watcher)
    else:
        serve_calls(folder, channel, watcher)
    sys.exit(0)


def call_witness(folder: str, channel: socket.socket) -> Any:
    """Have the calls of recv and send noted, and a signal answered by where the program is."""
    watcher = witness.Witness(folder)
    watcher.watch()
    if witness.ASK:

        def answer(*_: object) -> None:
            report(channel, {"event": "asked", **watcher.told()})

        def last_words(number: int, _: object) -> None:
            answer()
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)

        signal.signal(witness.ASK, answer)
        signal.signal(signal.SIGXCPU, last_words)  # the CPU time is used up: by doing what?
    return watcher


def take_terminal() -> None:
    """Make standard input the controlling terminal if it is one, so that Ctrl-C is a signal."""
    if os.isatty(0):
        with contextlib.suppress(ImportError, OSError):
            import fcntl
            import termios

            fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def forget_shadowed_modules(folder: str) -> None:
    """Let the student's `socket.py` hide the library's, as it does when Python runs their file."""
    for entry in os.listdir(folder):
        name = entry[:-3] if entry.endswith(".py") else entry
        built_in = name in sys.builtin_module_names or name in BARE_MODULES
        if name in sys.modules and not built_in and name.isidentifier():
            for loaded in [m for m in sys.modules if m == name or m.startswith(name + ".")]:
                del sys.modules[loaded]


def run_program(
    folder: str, program: str, arguments: list[str], channel: socket.socket, watcher: Any
) -> None:
    """Run a file as `python FILE ARGUMENTS` would; report what ends it, or a thread of it."""
    main = types.ModuleType("__main__")
    main.__file__ = os.path.join(folder, program)
    sys.modules["__main__"] = main
    sys.argv = [main.__file__, *arguments]

    def thread_ended(hook: threading.ExceptHookArgs) -> None:
        if hook.exc_value is not None and not isinstance(hook.exc_value, SystemExit):
            leave_ours_out(hook.exc_traceback)
            report(channel, {"event": "thread died", **describe(hook.exc_value, folder)})
        threading.__excepthook__(hook)

    threading.excepthook = thread_ended
    try:
        with open(main.__file__, "rb") as source:
            code = compile(source.read(), main.__file__, "exec")
        exec(code, main.__dict__)
    except SystemExit:
        raise
    except BaseException as error:
        seen = watcher.told() if watcher else {}
        leave_ours_out(error.__traceback__)
        report(channel, {"event": "died", **describe(error, folder), **seen})
        trace = error.__traceback__  # its first entry is this function: none of their business
        traceback.print_exception(type(error), error, trace.tb_next if trace else None)
        sys.exit(1)


def leave_ours_out(trace: types.TracebackType | None) -> None:
    """Take the frames of the witness out of a traceback: students look for their own lines."""
    while trace is not None:
        while trace.tb_next and trace.tb_next.tb_frame.f_code.co_filename == witness.__file__:
            trace.tb_next = trace.tb_next.tb_next
        trace = trace.tb_next


def report_listening(channel: socket.socket, pinned: int, redirected: int) -> None:
    """Tell the grader the moment a socket listens; redirect the exercise's port if it must be."""
    plain_bind, plain_listen = socket.socket.bind, socket.socket.listen
    plain_connect, plain_connect_ex = socket.socket.connect, socket.socket.connect_ex

    def redirect(address: Any) -> Any:
        if redirected and isinstance(address, tuple) and address[1:2] == (pinned,):
            return (address[0], redirected, *address[2:])
        return address

    def bind(sock: socket.socket, address: Any) -> None:
        plain_bind(sock, redirect(address))

    def connect(sock: socket.socket, address: Any) -> None:
        plain_connect(sock, redirect(address))

    def connect_ex(sock: socket.socket, address: Any) -> int:
        return plain_connect_ex(sock, redirect(address))

    def listen(sock: socket.socket, *backlog: int) -> None:
        plain_listen(sock, *backlog)
        with contextlib.suppress(Exception):
            host, port = sock.getsockname()[:2]
            report(channel, {"event": "listening", "host": str(host), "port": int(port)})

    if redirected:
        socket.socket.bind = bind  # type: ignore[method-assign,assignment]
        socket.socket.connect = connect  # type: ignore[method-assign,assignment]
        socket.socket.connect_ex = connect_ex  # type: ignore[method-assign,assignment]
    socket.socket.listen = listen  # type: ignore[method-assign,assignment]


def report(channel: socket.socket, event: dict[str, Any]) -> None:
    with contextlib.suppress(OSError, ValueError):
        channel.sendall(json.dumps(event).encode() + b"\n")


def describe(error: BaseException, folder: str) -> dict[str, Any]:
    """Return what happened as plain data: the exception, and where in the student's files."""
    places = [
        {"file": os.path.relpath(frame.f_code.co_filename, folder), "line": line}
        for frame, line in traceback.walk_tb(error.__traceback__)
        if frame.f_code.co_filename.startswith(folder + os.sep)
    ]
    if isinstance(error, SyntaxError) and (error.filename or "").startswith(folder + os.sep):
        name = os.path.relpath(error.filename or "", folder)
        places.append({"file": name, "line": error.lineno})
    try:
        message = str(error.msg if isinstance(error, SyntaxError) else error)
    except Exception:
        message = "(its text cannot be shown)"
    return {
        "kinds": [kind.__name__ for kind in type(error).__mro__][:8],
        "message": message[:TEXT_REPORTED],
        "places": places[-FRAMES_REPORTED:],
    }


# The protocol worker: calls the student's functions, one request a line


class Worker:
    """Holds the student's module and the objects made from it, and answers requests about them."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.module: Any = None
        self.sock: socket.socket | None = None

    def load(self) -> dict[str, Any]:
        """Import chat_protocol; answer with its names, and the values of its integer constants."""
        self.module = importlib.import_module("chat_protocol")
        names = {name: getattr(self.module, name) for name in dir(self.module)}
        return {"names": {n: value if type(value) is int else None for n, value in names.items()}}

    def call(self, function: str, arguments: list[Any]) -> dict[str, Any]:
        return {"returned": encoded(getattr(self.module, function)(*map(decoded, arguments)))}

    def buffers(self, steps: list[list[Any]]) -> dict[str, Any]:
        """Run steps `[which buffer, method, argument ...]`; stop at the first exception."""
        made: dict[int, Any] = {}
        results: list[dict[str, Any]] = []
        for which, method, *arguments in steps:
            try:
                if which not in made:
                    made[which] = self.module.MessageBuffer()
                result = getattr(made[which], method)(*map(decoded, arguments))
                results.append({"returned": encoded(result)})
            except Exception as error:
                results.append({"raised": describe(error, self.folder)})
                break
        return {"results": results}

    def connect(self, port: int) -> dict[str, Any]:
        if self.sock is not None:
            self.sock.close()
        self.sock = socket.socket()  # create_connection would load what it knows of all languages
        self.sock.connect(("127.0.0.1", port))
        return {"returned": None}

    def get_msg(self) -> dict[str, Any]:
        return {"returned": encoded(self.module.get_msg(self.sock))}

    def read_rest(self) -> dict[str, Any]:
        """Answer with what is still unread in the connection, up to the end of its stream."""
        assert self.sock is not None
        rest = b""
        while chunk := self.sock.recv(65536):
            rest += chunk
        return {"returned": encoded(rest)}


def serve_calls(folder: str, channel: socket.socket, watcher: Any) -> None:
    worker = Worker(folder)
    for line in channel.makefile("rb"):
        request = json.loads(line)
        method = getattr(worker, request.pop("do"))
        if watcher:
            watcher.forget()
        try:
            reply = method(**request)
        except Exception as error:
            reply = {"raised": describe(error, folder)}
        if watcher and method == worker.get_msg:
            reply["calls"] = watcher.told()["calls"]
        channel.sendall(json.dumps(reply).encode() + b"\n")


def encoded(value: Any, depth: int = 0) -> Any:
    """Return a value as JSON can carry it, its exact type kept apart from look-alikes."""
    if value is None or type(value) in (bool, int, str):
        return value
    if type(value) in (bytes, bytearray):
        return {type(value).__name__: value.decode("latin-1")}
    if type(value) in (tuple, list) and depth < 4:
        return {type(value).__name__: [encoded(item, depth + 1) for item in value]}
    if type(value) is dict and depth < 4:
        return {"dict": [[str(key), encoded(item, depth + 1)] for key, item in value.items()]}
    return {"other": type(value).__name__}


def decoded(value: Any) -> Any:
    return value["bytes"].encode("latin-1") if isinstance(value, dict) else value


def main(mode: str, where: str, more: str) -> None:
    """Be the warm launcher (`more`: its settings), or a fresh job (`more`: a key to the grader)."""
    for name in ("MALLOC_ARENA_MAX", "PWD"):  # they were for this process, or bubblewrap's
        os.environ.pop(name, None)
    for name in [name for name in sys.modules if name.partition(".")[0] == "inside"]:
        del sys.modules[name]  # a student may have a module of that name
    if mode == "warm":
        forked = serve_forks(socket.socket(fileno=int(where)), json.loads(more))
        if not forked:
            os._exit(0)  # there is nothing to tidy up, and the grader waits
        run_job(*forked)
        return
    channel = socket.create_connection(("127.0.0.1", int(where)))
    channel.sendall(more.encode() + b"\n")
    with channel.makefile("rb", buffering=0) as lines:
        job = json.loads(lines.readline())
    limits.set_limits(job["descriptors"], job["others"])
    run_job(job, channel)
