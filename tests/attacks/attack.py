"""What an attack is: a submission that would gain something, and what becomes of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOLUTION = ROOT / "solution"
SERVER, PROTOCOL, CLIENT = "chat_server.py", "chat_protocol.py", "chat_client.py"
TIERS = ("strong", "medium", "plain")

# What hostile programs have in common; it stands beside each of them as tricks.py.
TRICKS = '''
import json, os, socket, sys, time

def channel():
    """The socket on which the launcher's code in this process reports to the grader."""
    for number in range(3, 30):
        try:
            sock = socket.socket(fileno=os.dup(number))
            sock.getpeername()
            return sock
        except OSError:
            continue

def says(*reports):
    """Forge reports on the launcher's channel."""
    sock = channel()
    for report in reports:
        sock.sendall(report if isinstance(report, bytes) else json.dumps(report).encode() + b"\\n")

def spin(seconds=1):
    """Use CPU time until the system's limit for it, which this lowers, so as not to take long."""
    import resource
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))

def greets(text=b"HELLO alice"):
    """Serve one client one message."""
    listener = socket.create_server(("127.0.0.1", 5555))
    client, _ = listener.accept()
    client.recv(100)
    client.sendall(b"%04d" % len(text) + text)
    return client

def starts():
    """Connect as the client does, and greet."""
    sock = socket.create_connection(("127.0.0.1", 5555))
    print("> ", end="", flush=True)
    return sock
'''


@dataclass(frozen=True)
class Attack:
    """One hostile submission. Its sources may hold these words, which the test replaces:

    @SECRET@   path of a file that is none of its business; anybody may read it
    @OUTSIDE@  path of a folder that is none of its business; anybody may write to it
    @MARK@     a word that occurs nowhere else, for naming processes and files
    @PROOF@    an expression whose value in a report proves that the attack succeeded
    @PORT@     a TCP port of the machine on which the test listens
    """

    name: str
    gains: str  # what it would gain, one sentence
    files: dict[str, str]  # source by file; what is missing is the solution's
    check: str  # that is run, after those that it needs
    outcome: str = "failed"  # of that check, where the attack gains nothing
    told: tuple[str, ...] = ()  # each must occur in what the student is told then
    tiers: tuple[str, ...] = ("strong", "medium")  # where it is tried
    gets_through: tuple[str, ...] = ()  # tiers where it gains something, which is known
    as_user: bool = False  # tried also with the grader as an ordinary user
    contained: bool = False  # tried also in a container that has no namespaces
    patience: float = 10.0  # seconds of the grader's last resort, where the attack uses it up
    links: dict[str, str] = field(default_factory=dict)  # symbolic links in the folder
    fewer_files: bool = False  # without what is missing

    def write_to(self, folder: Path, words: dict[str, str]) -> None:
        """Write the submission into an empty folder, with these words replaced."""
        files = {} if self.fewer_files else {p.name: p.read_text("utf-8") for p in _solution()}
        files["tricks.py"] = TRICKS
        files |= self.files
        for name, text in files.items():
            path = folder / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(_replaced(text, words), encoding="utf-8")
        for name, target in self.links.items():
            (folder / name).symlink_to(_replaced(target, words))


def server(source: str) -> dict[str, str]:
    """Return a submission whose server is this program."""
    return {SERVER: f"from tricks import *\n{source}"}


def client(source: str) -> dict[str, str]:
    """Return a submission whose client is this program."""
    return {CLIENT: f"from tricks import *\n{source}"}


def protocol(source: str) -> dict[str, str]:
    """Return a submission whose protocol is the solution's, followed by this."""
    whole = (SOLUTION / PROTOCOL).read_text("utf-8")
    return {"real_protocol.py": whole, PROTOCOL: f"from real_protocol import *\n{source}"}


def honest_server_after(source: str) -> dict[str, str]:
    """Return a submission whose server runs this, and then is the solution's."""
    whole = (SOLUTION / SERVER).read_text("utf-8")
    start = "import real_server\nreal_server.main()\n"
    return {"real_server.py": whole, SERVER: f"from tricks import *\n{source}\n{start}"}


def _solution() -> list[Path]:
    return [*SOLUTION.glob("*.py")]


def _replaced(text: str, words: dict[str, str]) -> str:
    for word, value in words.items():
        text = text.replace(f"@{word}@", value)
    return text
