"""A chat client with two threads: one waits for the server, the other for the keyboard.

What both of them touch, the line being typed and its picture, is guarded by one lock.
"""

from __future__ import annotations

import os
import socket
import sys
import threading

import chat_protocol

if os.name == "nt":
    import msvcrt as keyboard
else:
    import keyboard

SPECIAL = ("\x00", "\xe0") if os.name == "nt" else ("\x00",)


class Screen:
    """The messages, and below them the line that is being typed."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.typed = ""

    def show(self, message: str) -> None:
        """Print a message above the line that is being typed."""
        safe = "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in message)
        with self.lock:
            if sys.stdin.isatty():
                print("\r" + " " * (2 * len(self.typed) + 2), end="\r")
                print(f"{safe}\n] {self.typed}", end="", flush=True)
            else:
                print(safe, flush=True)

    def press(self, key: str) -> str | None:
        """Take in one key; return the line if it was Enter."""
        with self.lock:
            if key == "\r":
                line, self.typed = self.typed, ""
                print("\n] ", end="", flush=True)
                return line
            if key == "\x08":
                before, self.typed = self.typed, self.typed[:-1]
                print("\r" + " " * (2 * len(before) + 2) + f"\r] {self.typed}", end="", flush=True)
            elif key.isprintable():
                self.typed += key
                print(key, end="", flush=True)
        return None


class Client:
    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.screen = Screen()
        self.left = False

    def run(self) -> int:
        """Receive in this thread while another one reads what is typed."""
        reads = self.read_keys if sys.stdin.isatty() else self.read_lines
        if sys.stdin.isatty():
            keyboard.kbhit()  # the terminal must be prepared in the main thread
        self.screen.show("Welcome! NAME <name> is the first thing to say, EXIT the last.")
        threading.Thread(target=reads, daemon=True).start()
        try:
            while (message := chat_protocol.get_msg(self.sock)) is not None:
                self.screen.show(message)
        except (OSError, chat_protocol.ProtocolError):
            pass
        if self.left:
            print()
            return 0
        print("\nThe server has gone.")
        return 2

    def send(self, line: str) -> None:
        try:
            frame = chat_protocol.create_msg(line)
        except ValueError:
            self.screen.show("That is too long for one message.")
            return
        self.left = line == "EXIT"
        try:
            self.sock.sendall(frame)
        except OSError:
            return  # the other thread finds that out as well
        if self.left:
            self.sock.settimeout(5)  # for the server to say goodbye

    def read_keys(self) -> None:
        while not self.left:
            key = keyboard.getwch()
            if key in SPECIAL:
                keyboard.getwch()
                continue
            line = self.screen.press(key)
            if line is not None:
                self.send(line)

    def read_lines(self) -> None:
        for line in sys.stdin:
            self.send(line.rstrip("\n"))
            if self.left:
                return
        self.send("EXIT")


def main() -> int:
    host = sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1"
    try:
        sock = socket.create_connection((host, chat_protocol.PORT))
    except OSError:
        print(f"No chat server answers at {host}.")
        return 1
    try:
        return Client(sock).run()
    except KeyboardInterrupt:
        print("\nInterrupted.")
        return 130


if __name__ == "__main__":
    sys.exit(main())
