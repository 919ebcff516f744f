"""The server of many a course: answers wait in one list until select says who can be written to.

It is right for clients that behave: they send whole messages, and they read what they are sent.
It is wrong otherwise, because get_msg and sendall wait for one client while all the others wait.
"""

from __future__ import annotations

import select
import socket

from chat_protocol import (
    MAX_MSG_LENGTH,
    PORT,
    ProtocolError,
    create_msg,
    get_msg,
    is_valid_name,
    parse_message,
)

clients: list[socket.socket] = []
names: dict[str, socket.socket] = {}  # name -> whose it is
waiting: list[tuple[socket.socket, str]] = []  # what is to be sent, and to whom


def serve(listener: socket.socket) -> None:
    """Give each socket that is ready its turn, for ever."""
    while True:
        writers = [sock for sock, _ in waiting]
        readable, writable, _ = select.select([listener, *clients], writers, [])
        for sock in readable:
            if sock is listener:
                clients.append(listener.accept()[0])
            else:
                take_turn(sock)
        send_waiting(writable)


def take_turn(sock: socket.socket) -> None:
    """Read one message and answer it; see off a client that left or broke the rules."""
    try:
        message = get_msg(sock)
    except ProtocolError as error:
        send(sock, f"ERROR {error}")
        see_off(sock)
        return
    except OSError:  # it vanished
        drop(sock)
        return
    if message is None:
        drop(sock)
        return
    answer(sock, message)


def send(sock: socket.socket, text: str) -> None:
    waiting.append((sock, text))


def send_waiting(writable: list[socket.socket]) -> None:
    """Send what waits for these; if one has vanished, its next turn will show that."""
    for message in list(waiting):
        sock, text = message
        if sock in writable:
            waiting.remove(message)
            try:
                sock.sendall(create_msg(text))
            except OSError:
                continue


def see_off(sock: socket.socket) -> None:
    """Send what waits for a client, and drop it."""
    send_waiting([sock])
    drop(sock)


def drop(sock: socket.socket) -> None:
    """Forget a client and its name, and close its socket."""
    sender = name_of(sock)
    if sender is not None:
        del names[sender]
    clients.remove(sock)
    waiting[:] = [message for message in waiting if message[0] is not sock]
    sock.close()


def name_of(sock: socket.socket) -> str | None:
    for name, owner in names.items():
        if owner is sock:
            return name
    return None


def answer(sock: socket.socket, message: str) -> None:
    command, arguments = parse_message(message)
    if command == "NAME":
        answer_name(sock, arguments)
    elif command == "GET_NAMES":
        answer_get_names(sock)
    elif command == "MSG":
        answer_msg(sock, arguments)
    elif command == "EXIT":
        see_off(sock)
    else:
        send(sock, "ERROR unknown command")


def answer_name(sock: socket.socket, name: str) -> None:
    if not is_valid_name(name):
        send(sock, "ERROR not a valid name")
    elif names.get(name, sock) is not sock:
        send(sock, "ERROR the name is taken")
    else:
        names.pop(name_of(sock), None)
        names[name] = sock
        send(sock, f"HELLO {name}")


def answer_get_names(sock: socket.socket) -> None:
    reply = " ".join(["NAMES", *names])
    if len(reply) > MAX_MSG_LENGTH:
        reply = reply[: MAX_MSG_LENGTH - 3].rpartition(" ")[0] + " ..."
    send(sock, reply)


def answer_msg(sock: socket.socket, arguments: str) -> None:
    name, text = parse_message(arguments)
    sender = name_of(sock)
    delivery = f"FROM {sender} {text}"
    if sender is None or name not in names or not text:
        send(sock, "ERROR MSG takes a name and a text, and you need a name of your own")
    elif len(delivery.encode()) > MAX_MSG_LENGTH:
        send(sock, "ERROR the text is too long")
    else:
        send(names[name], delivery)


def main() -> None:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", PORT))
    listener.listen()
    serve(listener)


if __name__ == "__main__":
    main()
