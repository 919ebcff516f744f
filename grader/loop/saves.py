"""Notices when a file of the submission is saved: by events of the system, or by looking."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil

from grader.jail.submission import SKIPPED_FOLDERS

# File systems that may change without an event here: networks, folders shared with a host.
SILENT = (
    "nfs",
    "cifs",
    "smb",
    "afs",
    "9p",
    "vboxsf",
    "vmhgfs",
    "prl_fs",
    "fuse",
    "drvfs",
    "virtio",
)
QUIET = 20  # milliseconds without another change, after which a save is complete
LONGEST = 200  # milliseconds that changes are gathered at the most
LOOK_EVERY = 300  # milliseconds between two looks where there are no events
LOOK_ANYWAY = 1000  # milliseconds after which files are compared even if no event came


@contextlib.contextmanager
def watching(folder: Path, tell: Callable[[], None], poll: bool = False) -> Iterator[str]:
    """Call `tell`, in another thread, whenever a file in the folder may have been saved.

    Yields what is said of the way: the empty string for events, else why it is done by looking.
    """
    silent = silent_file_system(folder)
    if poll or os.environ.get("WATCHFILES_FORCE_POLLING"):
        why = "as was asked for"
    elif silent:
        why = f"because its file system ({silent}) does not tell of every change"
    elif not _events_work(folder):
        why = "because the system has no room for another watch"
    else:
        why = ""
    stop = threading.Event()
    thread = threading.Thread(target=_watch, args=(folder, tell, bool(why), stop), daemon=True)
    thread.start()
    try:
        yield f"Looking at the files every {LOOK_EVERY / 1000:g} s, {why}." if why else ""
    finally:
        stop.set()
        thread.join()


def silent_file_system(folder: Path) -> str:
    """Return the type of the folder's file system if it may change without an event, else ""."""
    place = folder.resolve()
    best, kind = 0, ""
    with contextlib.suppress(OSError, RuntimeError):
        for disk in psutil.disk_partitions(all=True):
            mount = Path(disk.mountpoint)
            if (mount == place or mount in place.parents) and len(mount.parts) >= best:
                remote = "remote" in disk.opts.split(",") and os.name == "nt"
                best, kind = len(mount.parts), "network drive" if remote else disk.fstype
    return kind if kind == "network drive" or kind.lower().startswith(SILENT) else ""


def _events_work(folder: Path) -> bool:
    from watchfiles._rust_notify import RustNotify

    try:
        RustNotify([str(folder)], False, False, 0, True, False).close()
    except (OSError, RuntimeError):
        return False
    return True


def _watch(folder: Path, tell: Callable[[], None], poll: bool, stop: threading.Event) -> None:
    from watchfiles import watch

    folder = folder.resolve()  # events name their files so

    def is_of_the_submission(_: object, path: str) -> bool:
        inside = Path(path).parts[len(folder.parts) :]
        return not any(part.startswith(".") or part in SKIPPED_FOLDERS for part in inside)

    while not stop.is_set():
        # A folder that is taken away and put back (a change of branch, say) is watched anew.
        with contextlib.suppress(OSError, RuntimeError):
            for _ in watch(
                folder,
                watch_filter=is_of_the_submission,
                debounce=LONGEST,
                step=QUIET,
                stop_event=stop,
                rust_timeout=LOOK_ANYWAY,
                yield_on_timeout=True,
                force_polling=poll,
                poll_delay_ms=LOOK_EVERY,
                raise_interrupt=False,
            ):
                tell()
                if not folder.is_dir():
                    break
        if not folder.is_dir():
            tell()
        stop.wait(LOOK_ANYWAY / 1000)
