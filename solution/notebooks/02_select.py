"""Source of both editions of a notebook; `python lab.py release` makes them."""

# %% [markdown]
# # One thread and many sockets
#
# A chat server talks to many clients. It never knows which of them will say something next.
# This notebook shows how one program, doing one thing at a time, serves them all: with
# `select`.
#
# It is best read after `01_length_field_framing.ipynb`, which explains sockets, frames and
# buffers. The experiments have the same five parts: predict, run, look, remember, check.

# %%
import select
import selectors
import socket
import time

from answers import check
from grader.exercise import frame  # makes a frame, as you do by now
from grader.pictures import *  # lanes, filling, log_bars, sequence, and what they are made of
from loopback import HOST, close, reset, tcp_pair, wait_for, wait_until_readable

# %% [markdown]
# ## 0 A server and its listener
#
# A server begins with a **listener**: a socket that carries no bytes, but to which others
# connect. `accept` takes one connection from it and returns a *new* socket, the server's end of
# this one connection. So a server with three clients has four sockets.
#
# A client's `connect` succeeds even before the server calls `accept`: the system keeps such
# connections in a queue. That queue is the listener's **backlog**. (In the exercise the word
# has a second meaning: what waits to be sent to one client.)

# %%
listener = socket.create_server((HOST, 0))  # port 0: the system picks one that is free
client = socket.create_connection(listener.getsockname())
client.sendall(b"0005HELLO")
print("connected and sent, and nobody has accepted yet")
sock, _ = listener.accept()
print(sock.recv(1024))
close(sock, client, listener)

# %% [markdown]
# ## 1 One frozen client
#
# > **M11** A server can call recv on each socket in turn.
#
# Two clients are connected, A and C. C has sent a message. A has sent nothing. The server goes
# through its sockets: first `recv` on A, then `recv` on C. What does C get?
#
# - `"a"`: its answer, a moment later than it could have been
# - `"b"`: nothing, as long as A says nothing

# %%
guess = "b"  # "a" or "b"

# %%
a_client, a = tcp_pair()
c_client, c = tcp_pair()
c_client.sendall(b"0005HELLO")
wait_for(c, 9)

a.setblocking(False)  # so that this notebook does not stand still as the server would
try:
    a.recv(1024)
except BlockingIOError:
    print("recv on A: here a server would wait, until A says something")
print("meanwhile, at C, unread:", c.recv(1024, socket.MSG_PEEK))

# %%
lanes(
    [
        Lane("A", [(IDLE, "silent"), (IDLE, "silent"), (IDLE, "silent")]),
        Lane("C", [(WORKS, "sends HELLO"), (IDLE, "waits"), (IDLE, "waits")]),
        Lane("server", [(FROZEN, "recv from A"), (FROZEN, "recv from A"), (FROZEN, "recv from A")]),
    ],
    title="One silent client freezes all others",
)

# %% [markdown]
# Such a call is said to **block**: the program does nothing until it returns. On a
# **non-blocking** socket (`setblocking(False)`) the call raises `BlockingIOError` instead.
#
# **Remember:** whoever waits for one waits for nobody else.

# %%
check("one frozen client", guess)

# %% [markdown]
# ## 2 Ask who is ready
#
# > **M12** accept cannot share a loop with recv.
#
# `select.select(readers, writers, [])` takes lists of sockets. It waits until at least one of
# them is **ready**, and returns those that are. A reader is ready if `recv` would not block.
# Here the server asks about A, about C, and about its listener, at which somebody new has just
# connected. What does `select` return as readable?
#
# - `"a"`: C only; a listener has no bytes to read
# - `"b"`: C and the listener
# - `"c"`: all three

# %%
guess = "b"  # "a", "b" or "c"

# %%
listener = socket.create_server((HOST, 0))
newcomer = socket.create_connection(listener.getsockname())
wait_until_readable(listener)

names = {a: "A", c: "C", listener: "the listener"}
readable, writable, _ = select.select([a, c, listener], [], [])
print("ready:", sorted(names[sock] for sock in readable))
n, _ = listener.accept()
print("accept returned at once, and so does recv:", c.recv(1024))
close(n, newcomer, listener)

# %%
lanes(
    [
        Lane("A", [(IDLE, "silent"), (IDLE, "")]),
        Lane("C", [(READY, "9 bytes"), (WORKS, "recv")]),
        Lane("listener", [(READY, "a connection"), (WORKS, "accept")]),
    ],
    steps=["select returns", "then"],
    title="select names those that are ready",
)

# %% [markdown]
# For a listener, "readable" means that `accept` would not block. So newcomers need no special
# treatment: the listener is one more socket in the list.
#
# What `select` reports is called the sockets' **readiness**.
#
# **Remember:** wait in `select`, for all at once, and nowhere else.

# %%
check("ask who is ready", guess)

# %% [markdown]
# ## 3 Ready is not complete
#
# > **M13** A readable socket holds a whole message.
#
# C sends `00`, half of a length field. The server asks `select`. What does it learn?
#
# - `"a"`: nothing is ready; the message is not complete
# - `"b"`: C is ready; one `recv` works, and a second one would block

# %%
guess = "b"  # "a" or "b"

# %%
c_client.sendall(b"00")
wait_for(c, 2)
readable, _, _ = select.select([a, c], [], [])
print("ready:", [names[sock] for sock in readable])
c.setblocking(False)
print("first recv:", c.recv(4))
try:
    c.recv(2)
except BlockingIOError:
    print("second recv: would block")

# %%
lanes(
    [
        Lane("C sends", [(WORKS, "00"), (IDLE, ""), (IDLE, "the rest comes late")]),
        Lane("server", [(READY, "select: C"), (WORKS, "recv: 2 bytes"), (FROZEN, "a second recv")]),
    ],
    title="Half a header is enough to be ready",
)

# %% [markdown]
# The system knows nothing of frames; one byte is enough for it. So a server with many clients
# may not wait for the rest of a message. It gives every client a buffer of its own, puts in
# what one `recv` brought, takes out what is complete, and goes back to `select`. That is what
# `MessageBuffer` is for.
#
# **Remember:** ready means: *one* recv will not block.

# %%
check("ready is not complete", guess)

# %% [markdown]
# ## 4 What is left is told again
#
# Ten bytes wait at C. The server reads only one of them, and asks `select` again. How often is
# C ready, if each time one byte is read?
#
# - `"a"`: once; what was told is told
# - `"b"`: ten times

# %%
guess = "b"  # "a" or "b"

# %%
c_client.sendall(b"05HELLOxyz")
wait_for(c, 10)
times = 0
while select.select([c], [], [], 0)[0]:  # 0: do not wait, only look
    c.recv(1)
    times += 1
print(times)

# %%
filling(
    [
        Level("select: C is ready", 10, "recv(1)"),
        Level("select: C is ready", 9, "recv(1)"),
        Level("...", 5, ""),
        Level("select: C is ready", 1, "recv(1)"),
        Level("select: nobody", 0, ""),
    ],
    10,
    full="10 bytes",
    title="The receive buffer of C",
)

# %% [markdown]
# `select` tells a state, not an event: as long as there is something to read, the socket is
# readable. Nothing gets lost if you do not read all of it, and so nobody has to. One `recv` of
# some thousand bytes for each client in each turn, and everybody is served.
#
# **Remember:** what you leave in the socket is told again.

# %%
check("told again", guess)

# %% [markdown]
# ## 5 The end that nobody noticed
#
# > **M14** A disconnect is reported somewhere else.
#
# C's client closes its end. The server handles messages, but nobody has thought of the end. How
# does `select` report it?
#
# - `"a"`: in its third list, that of the errors
# - `"b"`: by an exception
# - `"c"`: as readable; `recv` returns `b""`

# %%
guess = "c"  # "a", "b" or "c"

# %%
c_client.close()
wait_until_readable(c)
wake_ups = 0
for turn in range(1000):
    readable, _, failed = select.select([c], [], [c])  # without a limit: it waits if it can
    wake_ups += bool(readable)
    data = c.recv(1024)
    messages = data.split()  # b"" holds no message, so nothing is done
print("1000 calls of select;", wake_ups, "came back at once; third list:", failed, "data:", data)

# %%
log_bars(
    [
        Bar("the end is ignored", 1000, "as often as you ask", stands_out=True),
        Bar("the end is handled", 1),
    ],
    unit="wake-ups",
    title="Wake-ups after a client has left",
)

# %% [markdown]
# The end of the stream is readable for ever. A server that does not handle `b""` runs in
# circles, as fast as the processor can: a **busy loop**. The fan of the machine tells it before
# any message does.
#
# **Remember:** `recv` gives `b""`: close the socket, take it out of the list, free the name.

# %%
check("the end", guess)

# %% [markdown]
# ## 6 Nearly always writable
#
# > **M15** Always watch whether a socket can be written.
#
# The second list of `select` is for sockets that one wants to write to. A socket is ready to be
# written if its send buffer has room. Somebody puts *all* sockets into this list in every turn,
# to be on the safe side. Nobody says anything. What does `select` do?
#
# - `"a"`: it waits until there is something to do
# - `"b"`: it returns at once, again and again

# %%
guess = "b"  # "a" or "b"

# %%
always = sum(bool(select.select([a], [a], [])[1]) for turn in range(1000))
print("all in the write list:     ", always, "of 1000 calls came back without anything to do")

outbox = b"0002OK"  # what is to be sent; only while it is not empty is the socket a writer
wake_ups = 0
for turn in range(1000):
    writers = [a] if outbox else []
    _, writable, _ = select.select([a], writers, [], 0)
    if writable:
        outbox = outbox[a.send(outbox) :]
        wake_ups += 1
print("only with something to send:", wake_ups)

# %%
log_bars(
    [
        Bar("all sockets, always", always, "1,000 of 1,000", stands_out=True),
        Bar("only with something to send", wake_ups),
    ],
    unit="wake-ups in 1,000 turns",
    title="Who stands in the write list",
)

# %% [markdown]
# An idle socket has room nearly always. So it belongs in the write list only while something
# waits to be sent to it: while its **outbox** is not empty.
#
# **Remember:** watch writability only for those that have something to send.

# %%
check("nearly always writable", guess)

# %% [markdown]
# ## 7 Full buffers
#
# A's client does not read. The server sends and sends. When does `select` name A as writable
# again?
#
# - `"a"`: always; the system keeps everything
# - `"b"`: not before the client has read some of it

# %%
guess = "b"  # "a" or "b"

# %%
sent = 0
try:
    while True:
        sent += a.send(bytes(100_000))
except BlockingIOError:
    pass
print("writable when the buffers are full:", bool(select.select([], [a], [], 0)[1]))
wait_for(a_client, 1)
while not select.select([], [a], [], 0)[1]:
    a_client.recv(65536)
print("writable when the client has read: ", True)
close(a, a_client, c)

# %%
filling(
    [
        Level("the client does not read", 60, "send takes bytes"),
        Level("the client does not read", 100, "select: not writable"),
        Level("the client reads", 30, "select: writable"),
    ],
    100,
    full="full",
    title="The buffers between server and client",
)

# %% [markdown]
# Here is how a server deals with a client that does not read. What is to be sent goes into the
# outbox first; `send` takes what fits when `select` says so; the rest stays. Nobody else waits.
# But the outbox grows, and memory is not endless. So there is a limit to this backlog, and who
# passes it is disconnected.
#
# **Remember:** never wait for a slow reader; queue for it, up to a limit.
#
# > Stage `robustness` begins here.

# %%
check("full buffers", guess)

# %% [markdown]
# ## 8 The closed socket in the list
#
# > **M16** Closing a socket is enough.
#
# > **M17** A list may be changed while one goes through it.
#
# The server closes C, and leaves it in its list of sockets. What does the next `select` do?
#
# - `"a"`: it passes over the closed socket
# - `"b"`: it raises `ValueError`, and all clients lose their server

# %%
guess = "b"  # "a" or "b"

# %%
pairs = [tcp_pair() for _ in range(4)]
socks = [there for _, there in pairs]
socks[1].close()
print("number of a closed socket:", socks[1].fileno())
try:
    select.select(socks, [], [], 0)
except ValueError:
    print("select: ValueError")

for sock in socks:  # now close all, and remove each from the list as one goes through it
    sock.close()
    socks.remove(sock)
print("still in the list after removing every one:", len(socks))
for here, there in pairs:
    close(here, there)

# %%
lanes(
    [
        Lane("the list", [(WORKS, "1 2 3 4"), (WORKS, "2 3 4"), (WORKS, "2 4")]),
        Lane("place", [(IDLE, "1st"), (IDLE, "2nd"), (IDLE, "3rd: the end")]),
        Lane("removed", [(READY, "socket 1"), (READY, "socket 3"), (BAD, "2 and 4 stay")]),
    ],
    title="Removing while going through",
)

# %% [markdown]
# Two mistakes that go together. A closed socket has the number -1, which `select` refuses; so
# it must leave every list at the moment it is closed. And when an element is removed from a
# list one goes through, all others move up one place, and the next one is skipped. Go through a
# copy, or build the list anew in each turn.
#
# **Remember:** close and forget belong together, in one function.

# %%
check("closed socket", guess)

# %% [markdown]
# ## 9 A peer that is gone
#
# > **M18** A send that succeeded has been delivered.
#
# > **M19** The third list of select means errors.
#
# A client vanishes: its program is killed, or its machine is switched off and tells nobody. The
# server has not read the news yet and sends one byte. What does `send` return?
#
# - `"a"`: it raises an error, for nobody is there
# - `"b"`: 1, as always

# %%
guess = "b"  # "a" or "b"

# %%
client, sock = tcp_pair()
client.close()
wait_until_readable(sock)
print("send to a client that is gone:", sock.send(b"x"))
failed = False
while not failed:  # the next one, or one soon after it
    try:
        sock.send(b"x")
    except OSError:
        failed = True
print("a later send: an OSError:", failed)
sock.close()

client, sock = tcp_pair()
reset(client)  # torn away: no goodbye (FIN), but a reset (RST)
wait_until_readable(sock)
readable, _, third = select.select([sock], [], [sock], 0)
print("after a reset: readable:", readable == [sock], " third list:", third)
try:
    sock.recv(1024)
except ConnectionResetError:
    print("recv: ConnectionResetError")
sock.close()

# %%
sequence(
    ["server", "client"],
    [
        Step("client", None, "is gone"),
        Step("server", "client", b"x", note="send says 1", is_framed=False),
        Step("client", "server", "RST", note="from the client's system", is_framed=False),
        Step("server", None, "the next send: OSError"),
    ],
    title="What send knows",
)

# %% [markdown]
# `send` says that the *own* system has taken the bytes. Whether they arrive, only an answer can
# tell. And a connection that was torn away shows as readable: `recv` then raises
# `ConnectionResetError`. The third list is for something else ("urgent" bytes, which hardly
# anybody uses); leave it empty.
#
# **Remember:** both `recv` and `send` may raise `OSError`; treat it like `b""`: this client is
# gone.

# %%
check("a peer that is gone", guess)

# %% [markdown]
# ## 10 A line that select cannot see
#
# > **M20** select sees what Python has read ahead.
#
# Sockets can be wrapped: `sock.makefile("rb")` gives a file, with `readline`. Two lines arrive
# together. The server reads one line, and asks `select` whether there is more. What is the
# answer?
#
# - `"a"`: yes, the second line
# - `"b"`: no

# %%
guess = "b"  # "a" or "b"

# %%
client, sock = tcp_pair()
client.sendall(b"first\nsecond\n")
wait_for(sock, 13)
stream = sock.makefile("rb")
print("readline:", stream.readline())
print("select says that there is more:", bool(select.select([sock], [], [], 0)[0]))
print("readline:", stream.readline())
close(stream, client, sock)

# %%
lanes(
    [
        Lane("in the system", [(READY, "first second"), (IDLE, "empty")]),
        Lane("in Python's buffer", [(IDLE, "empty"), (FROZEN, "second")]),
        Lane("select", [(READY, "readable"), (BAD, "not readable")]),
    ],
    steps=["before", "after one readline"],
    title="The second line has been read already",
)

# %% [markdown]
# To find the end of a line, the file reads as much as it can get, and keeps the rest in a
# buffer of its own. `select` asks the system, and there nothing is left. The same happens with
# every buffer, your own `MessageBuffer` too: after one `recv`, take out *every* message that is
# complete, not only one.
#
# **Remember:** before you go back to `select`, empty your own buffer of all that is complete.

# %%
check("a line", guess)

# %% [markdown]
# ## 11 The limit of select
#
# > **M21** select scales without limit.
#
# The system numbers a program's open files and sockets: 0, 1, 2, ... Such a number is called a
# **descriptor**; `sock.fileno()` tells it. What does `select` do with descriptor 1500?
#
# - `"a"`: the same as with any other
# - `"b"`: it raises `ValueError`

# %%
guess = "b"  # "a" or "b"

# %%
try:
    select.select(range(1500), [], [], 0)  # refused before anybody looks which of them are open
except ValueError:
    print("ValueError")

# %%
lanes(
    [
        Lane("Linux, macOS", [(READY, "0 to 1023"), (BAD, "1024 and above")]),
        Lane("Windows", [(READY, "512 sockets"), (BAD, "more than 512")]),
    ],
    steps=["can be watched", "ValueError"],
    title="What select can watch",
)

# %% [markdown]
# `select` is forty years old, and keeps its sockets in a field of 1,024 bits. A server must
# know that: the exception would end it, for all its clients. It is better to turn the client
# away that is too many.
#
# **Remember:** count, and refuse the one that `select` could not watch.

# %%
check("the limit", guess)

# %% [markdown]
# ## 12 Fifty clients in one loop
#
# Everything together. Fifty clients send twenty messages each, and all of them are connected at
# the same time. The server reads seven bytes at a time, so that hardly ever a message comes
# whole. One thread. Will each client's messages be complete and in order?
#
# - `"a"`: not without threads
# - `"b"`: yes

# %%
guess = "b"  # "a" or "b"


# %%
def take_frame(waiting: bytes) -> tuple[bytes | None, bytes]:
    """What you wrote in the first notebook, for bytes."""
    ### BEGIN SOLUTION as in 01_length_field_framing, but leave the payload as bytes
    if len(waiting) < 4 or len(waiting) < 4 + int(waiting[:4]):
        return None, waiting
    end = 4 + int(waiting[:4])
    return waiting[4:end], waiting[end:]
    ### END SOLUTION


def serve_turn(listener, buffers, received):
    """Wait in select; accept, or read seven bytes of each that is ready, and take all messages.

    `buffers` is socket -> bytes that wait, `received` is socket -> list of messages.
    """
    ### BEGIN SOLUTION select; then the listener; then recv(7), b"" and every complete message
    readable, _, _ = select.select([listener, *buffers], [], [])
    for sock in readable:
        if sock is listener:
            new, _ = listener.accept()
            buffers[new], received[new] = b"", []
            continue
        data = sock.recv(7)
        if not data:
            del buffers[sock]
            sock.close()
            continue
        message, buffers[sock] = take_frame(buffers[sock] + data)
        while message is not None:
            received[sock].append(message)
            message, buffers[sock] = take_frame(buffers[sock])
    ### END SOLUTION


# %%
listener = socket.create_server((HOST, 0), backlog=50)
clients = [socket.create_connection(listener.getsockname()) for _ in range(50)]
for number in range(20):
    for who, client in enumerate(clients):
        client.sendall(frame(f"{who} says {number}"))
for client in clients:
    client.close()

buffers, received = {}, {}
while len(received) < 50 or buffers:
    serve_turn(listener, buffers, received)
listener.close()

said = sorted(received.values(), key=lambda texts: int(texts[0].split()[0]))
wanted = [[b"%d says %d" % (who, number) for number in range(20)] for who in range(50)]
print("messages:", sum(map(len, said)), " complete and in order:", said == wanted)

# %%
lanes(
    [
        Lane("client 0", [(READY, "7 bytes"), (IDLE, ""), (READY, "7 bytes"), (IDLE, "")]),
        Lane("client 1", [(READY, "7 bytes"), (READY, "7 bytes"), (IDLE, ""), (READY, "4 bytes")]),
        Lane("...", [(IDLE, ""), (READY, "7 bytes"), (READY, "7 bytes"), (IDLE, "")]),
        Lane(
            "server",
            [(WORKS, "one turn"), (WORKS, "one turn"), (WORKS, "one turn"), (WORKS, "one turn")],
        ),
    ],
    title="Short turns for everybody",
)

# %% [markdown]
# **Remember:** select, one short turn for each that is ready, and again.

# %%
check("fifty clients", guess)

# %% [markdown]
# That is the whole idea of the server. `03_server_walkthrough.ipynb` goes through its functions
# one by one, up to the first TODO of `chat_server.py` and from there to the last.

# %% [markdown]
# ## 13 Where to go from here
#
# In each call, `select` gets the whole list, and the system goes through all of it, however few
# are ready. `poll` does the same without the limit of 1,024. `epoll` (Linux), and `kqueue`
# (macOS), are told once which sockets to watch, and then report only those that are ready. The
# module `selectors` picks the best that the system has; `asyncio` is built on it.
#
# One socket of many has something to say, and the others are idle. Here is what one wake-up
# costs. It is measured, best of many: times differ from machine to machine, so only what holds
# on all of them is printed.


# %%
def cost(wait_once, times: int = 200) -> float:
    """Return the seconds that the fastest of many calls took."""
    best = 1.0
    for _ in range(times):
        begin = time.perf_counter()
        wait_once()
        best = min(best, time.perf_counter() - begin)
    return best


def costs(idle: int) -> dict[str, float]:
    """Return the cost of one wake-up by each way, with so many idle sockets and one that is ready."""
    pairs = [tcp_pair() for _ in range(idle // 2)]
    socks = [sock for pair in pairs for sock in pair]
    client, ready = tcp_pair()
    client.sendall(b"x")
    wait_for(ready, 1)
    watched = [*socks, ready]
    found = {"select": cost(lambda: select.select(watched, [], []))}
    if hasattr(select, "poll"):
        poll = select.poll()
        for sock in watched:
            poll.register(sock, select.POLLIN)
        found["poll"] = cost(poll.poll)
    with selectors.DefaultSelector() as best:
        for sock in watched:
            best.register(sock, selectors.EVENT_READ)
        found["selectors"] = cost(best.select)
    close(client, ready, *socks)
    return found


few, many = costs(4), costs(160)
print("40 times as many idle sockets make one wake-up of")
print("  select    at least 4 times as expensive:", many["select"] > 4 * few["select"])
if "poll" in many:
    print("  poll      at least 4 times as expensive:", many["poll"] > 4 * few["poll"])
if type(selectors.DefaultSelector()).__name__ in ("EpollSelector", "KqueueSelector"):
    print("  selectors less than 4 times as expensive:", many["selectors"] < 4 * few["selectors"])

# %%
log_bars(
    [
        Bar("select", 1000, "all 1,000"),
        Bar("poll", 10_000, "all 10,000"),
        Bar("epoll, kqueue", 1, "the one that is ready"),
        Bar("selectors, asyncio", 1, "the same: they use epoll or kqueue"),
    ],
    unit="sockets that one wake-up goes through",
    title="One socket is ready, all others are idle",
)

# %% [markdown]
# And this is how the loop looks with `selectors`: register once, and ask in each turn.

# %%
client, sock = tcp_pair()
with selectors.DefaultSelector() as watched:
    watched.register(sock, selectors.EVENT_READ, data="a note of your own: the client's name, say")
    client.sendall(b"0005HELLO")
    for key, events in watched.select():
        print(key.data, "->", key.fileobj.recv(1024))
close(client, sock)

# %% [markdown]
# For a chat of some hundred people `select` is enough, and it is the same everywhere. Whoever
# understands it understands the others: they all answer the one question, who is ready?
