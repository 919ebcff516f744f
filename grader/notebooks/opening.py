"""Opens the notebooks in JupyterLab."""

from __future__ import annotations

import os
import subprocess
import sys
from difflib import get_close_matches
from importlib.util import find_spec
from pathlib import Path


class NoSuchNotebook(Exception):
    """No notebook goes by that name; the text says which there are, in one line."""


def is_installed() -> bool:
    """Tell whether JupyterLab is here; `python lab.py notebook` sees to it."""
    return find_spec("jupyterlab") is not None


def find(name: str, folder: Path) -> Path:
    """Return the notebook that is meant: by its number, a part of its name, or its file's name.

    Without a name it is the first. Raises NoSuchNotebook.
    """
    notebooks = sorted(folder.glob("*.ipynb"))
    wanted = Path(name).name.removesuffix(".ipynb").lower()
    by_name = {path.stem: path for path in notebooks}
    if wanted in by_name:
        return by_name[wanted]
    parts = [stem for stem in by_name if wanted in stem.split("_") or stem.startswith(wanted)]
    parts = parts or [stem for stem in by_name if wanted in stem]
    if not wanted or len(parts) == 1:
        return by_name[parts[0]] if wanted else notebooks[0]
    raise NoSuchNotebook(_which(name, parts, list(by_name)))


def _which(name: str, parts: list[str], stems: list[str]) -> str:
    if parts:
        return f"{name} may be {' or '.join(parts)}; say which."
    known = {word: stem for stem in stems for word in [stem, *stem.split("_")[1:]]}
    near = get_close_matches(name.lower(), known, n=1, cutoff=0.5)
    hint = f" Did you mean {known[near[0]]}?" if near else ""
    return f"There is no notebook {name}.{hint} There are: {', '.join(stems)}."


def open_in_jupyter(notebook: Path, *, browser: bool) -> int:
    """Run JupyterLab with a notebook until it is stopped; return its exit status.

    The kernel is that of this environment. Where there is no browser, the address to open stands in
    what JupyterLab prints. The notebook is marked as trusted, so that its pictures are shown: it is
    the kit's own, and whoever calls this is about to run it.
    """
    environment = dict(os.environ, JUPYTER_PREFER_ENV_PATH="1")
    subprocess.run(
        [sys.executable, "-m", "jupyter", "trust", notebook.name],
        cwd=notebook.parent,
        env=environment,
        stdout=subprocess.DEVNULL,
        check=False,
    )
    command = [
        sys.executable,
        "-m",
        "jupyterlab",
        f"--LabApp.default_url=/lab/tree/{notebook.name}",  # is also part of the address it prints
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",  # nothing leaves
    ]
    if not browser:
        command.append("--no-browser")
    if hasattr(os, "geteuid") and os.geteuid() == 0:  # in a container, say; it would refuse else
        command.append("--allow-root")
    process = subprocess.Popen(command, cwd=notebook.parent, env=environment)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:  # Ctrl-C reaches JupyterLab as well, which asks and then ends
            continue


def has_browser() -> bool:
    """Tell whether this machine can show a page: webbrowser finds a browser that has a screen."""
    import webbrowser

    if sys.platform.startswith("linux") and not (
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or os.environ.get("BROWSER")
    ):
        return False
    try:
        webbrowser.get()
    except webbrowser.Error:
        return False
    return True
