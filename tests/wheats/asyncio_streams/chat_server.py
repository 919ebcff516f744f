"""A chat server on asyncio's streams: a coroutine for each client waits for its messages, and what
is written waits in the transport, whose buffer is looked at after each message.
"""

from __future__ import annotations

import asyncio
import errno
import os
import socket
import sys
import textwrap
from asyncio import StreamReader, StreamWriter
from typing import Any

from chat_protocol import (
    LENGTH_FIELD_SIZE,
    MAX_BACKLOG,
    MAX_MSG_LENGTH,
    PORT,
    ProtocolError,
    create_msg,
    is_valid_name,
    parse_length,
    parse_message,
    parse_payload,
)

HOST = "127.0.0.1"


class Member:
    """A client, from its connection to its end."""

    def __init__(self, writer: StreamWriter) -> None:
        self.name = ""
        self.writer = writer

    @property
    def is_gone(self) -> bool:
        return self.writer.is_closing()

    def tell(self, text: str) -> None:
        """Send a message; give the client up if too much waits for it by now."""
        self.writer.write(create_msg(text))
        if self.writer.transport.get_write_buffer_size() > MAX_BACKLOG:
            self.writer.transport.abort()


class Chat:
    """The members by their names, and what they may ask for."""

    def __init__(self) -> None:
        self.members: dict[str, Member] = {}

    async def welcome(self, reader: StreamReader, writer: StreamWriter) -> None:
        """Serve one client until it leaves."""
        member = Member(writer)
        try:
            await self.converse(reader, member)
        except (asyncio.IncompleteReadError, OSError):
            pass  # it left, in one way or another
        except ProtocolError as error:
            member.tell(f"ERROR {error}")
        finally:
            self.forget(member)
            writer.close()  # when its buffer is empty

    async def converse(self, reader: StreamReader, member: Member) -> None:
        while not member.is_gone:
            command, arguments = parse_message(await read_message(reader))
            if command == "EXIT":
                return
            self.answer(member, command, arguments)
            # Reading does not wait while there is something to read: let the others have a turn.
            await asyncio.sleep(0)

    def answer(self, member: Member, command: str, arguments: str) -> None:
        match command:
            case "NAME":
                self.rename(member, arguments)
            case "GET_NAMES":
                member.tell(self.listing())
            case "MSG":
                self.deliver(member, *parse_message(arguments))
            case _:
                member.tell(f"ERROR what is {command[:20]!r}?")

    def rename(self, member: Member, name: str) -> None:
        if not is_valid_name(name):
            member.tell("ERROR names are ASCII letters and digits, a letter first, 16 at most")
        elif self.members.get(name, member) is not member:
            member.tell(f"ERROR {name} is taken")
        else:
            self.forget(member)
            self.members[name] = member
            member.name = name
            member.tell(f"HELLO {name}")

    def forget(self, member: Member) -> None:
        """Free the member's name, if it has one."""
        self.members.pop(member.name, None)
        member.name = ""

    def listing(self) -> str:
        """Return all names, or as many as fit: the shortest are the most."""
        names = sorted(self.members, key=len)
        return textwrap.shorten(" ".join(["NAMES", *names]), MAX_MSG_LENGTH, placeholder=" ...")

    def deliver(self, sender: Member, name: str, text: str) -> None:
        recipient = self.members.get(name)
        if not sender.name:
            sender.tell("ERROR who are you? Send NAME first")
        elif recipient is None:
            sender.tell("ERROR there is nobody of that name")
        elif not text:
            sender.tell("ERROR say something: MSG name text")
        else:
            try:
                recipient.tell(f"FROM {sender.name} {text}")
            except ValueError:
                sender.tell("ERROR that is too long to be delivered")
            if recipient.is_gone:
                self.forget(recipient)


async def read_message(reader: StreamReader) -> str:
    """Return the next message. Raises IncompleteReadError where the stream ends, ProtocolError."""
    length = parse_length(await reader.readexactly(LENGTH_FIELD_SIZE))
    return parse_payload(await reader.readexactly(length))


class Listener(socket.socket):
    """A listening socket that turns newcomers away when no descriptor is left for them.

    Otherwise asyncio would try again each second, in some versions a hundred times and rising.
    """

    def __init__(self) -> None:
        super().__init__(socket.AF_INET, socket.SOCK_STREAM)
        self.spare = socket.socket()  # a descriptor for just that case
        if os.name == "nt":
            self.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            self.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.bind((HOST, PORT))

    def accept(self) -> tuple[socket.socket, Any]:
        try:
            return super().accept()
        except OSError as error:
            if error.errno not in (errno.EMFILE, errno.ENFILE):
                raise
        self.spare.close()
        try:
            newcomer, _ = super().accept()
            newcomer.close()
        finally:
            self.spare = socket.socket()
        raise ConnectionAbortedError  # which asyncio expects of newcomers


async def serve(sock: socket.socket) -> None:
    server = await asyncio.start_server(Chat().welcome, sock=sock)
    print("serving", *server.sockets[0].getsockname(), flush=True)
    await asyncio.Event().wait()  # for ever


def main() -> None:
    try:
        sock = Listener()
    except OSError as error:
        sys.exit(f"{HOST}:{PORT} cannot be had: {error.strerror}")
    try:
        asyncio.run(serve(sock))
    except KeyboardInterrupt:
        print("good night")


if __name__ == "__main__":
    main()
