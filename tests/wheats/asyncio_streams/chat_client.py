"""A chat client on asyncio: one task receives, and the event loop calls back for each key.

For POSIX systems: elsewhere an event loop cannot watch the keyboard.
"""

from __future__ import annotations

import asyncio
import sys
import unicodedata

import chat_protocol
import keyboard


def printable(message: str) -> str:
    """Replace what a terminal would obey by a question mark."""
    return "".join(c if c.isprintable() else "?" for c in message)


class Client:
    """One conversation: the connection, and the line that is being typed."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self.typed: list[str] = []
        self.is_interactive = sys.stdin.isatty()
        self.said_exit = False

    async def run(self) -> int:
        """Talk until the server closes the connection."""
        loop = asyncio.get_running_loop()
        if self.is_interactive:
            keyboard.kbhit()
            loop.add_reader(keyboard.fileno(), self.on_keys)
            feeding = None
        else:
            feeding = asyncio.create_task(self.feed_lines())
        self.show("You are connected.")
        await self.receive()
        if feeding:
            feeding.cancel()
        if self.said_exit:
            return 0
        print("\nConnection closed by the server.")
        return 1

    async def receive(self) -> None:
        buffer = chat_protocol.MessageBuffer()
        while True:
            try:
                data = await self.reader.read(2000)
            except ConnectionError:
                return
            if not data:
                return
            buffer.feed(data)
            try:
                while (message := buffer.next_message()) is not None:
                    self.show(message)
            except chat_protocol.ProtocolError:
                return

    def show(self, message: str) -> None:
        line = "".join(self.typed)
        width = sum(2 if unicodedata.east_asian_width(c) in "FW" else 1 for c in line)
        erased = "\r" + " " * (width + 3) + "\r" if self.is_interactive else ""
        prompt = f"$ {line}" if self.is_interactive else ""
        sys.stdout.write(f"{erased}{printable(message)}\n{prompt}")
        sys.stdout.flush()

    def on_keys(self) -> None:
        while keyboard.kbhit() and not self.said_exit:
            key = keyboard.getwch()
            if key == "\x00":
                keyboard.getwch()
            elif key == "\r":
                line = "".join(self.typed)
                self.typed.clear()
                sys.stdout.write("\n$ ")
                self.say(line)
            elif key == "\x08" and self.typed:
                last = self.typed.pop()
                cells = 2 if unicodedata.east_asian_width(last) in "FW" else 1
                sys.stdout.write("\b \b" * cells)
            elif key.isprintable():
                self.typed.append(key)
                sys.stdout.write(key)
        sys.stdout.flush()

    async def feed_lines(self) -> None:
        loop = asyncio.get_running_loop()
        lines = asyncio.StreamReader()
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
        while line := await lines.readline():
            self.say(line.decode(errors="replace").rstrip("\n"))
        self.say("EXIT")

    def say(self, line: str) -> None:
        if self.said_exit:
            return
        try:
            self.writer.write(chat_protocol.create_msg(line))
        except ValueError:
            self.show("Too long.")
            return
        self.said_exit = line == "EXIT"


async def chat(host: str) -> int:
    try:
        reader, writer = await asyncio.open_connection(host, chat_protocol.PORT)
    except OSError as error:
        print(f"Cannot reach {host}: {error.strerror}")
        return 1
    return await Client(reader, writer).run()


def main() -> int:
    try:
        return asyncio.run(chat(sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1"))
    except KeyboardInterrupt:
        print("\nbye")
        return 130


if __name__ == "__main__":
    sys.exit(main())
