"""Source of both editions of a notebook; `python lab.py release` makes them."""

# %% [markdown]
# # The server, function by function
#
# This notebook goes through `chat_server.py` in the order in which you will write it. Each
# section explains one idea, shows the function's place in the file, ends at the TODO that you
# can write then, and runs it.
#
# It runs the server **in your own folder**, `skeleton/`. As long as a TODO is not written, the
# cell that needs it ends with `NotImplementedError: TODO ...`; that is as it should be. What
# stands below such a cell at first was recorded with a finished server: it shows what you are
# after. It is also in the file on the web.
#
# When you have written a TODO, restart the kernel (menu Kernel), run the cells with the
# imports, and then the cell that waited for you. If a cell does not end, your server waits for
# something that does not come: interrupt the kernel, and look where it stood.
#
# Before you come here you should know what `01_length_field_framing.ipynb` says about frames
# and `02_select.ipynb` about readiness.

# %%
PROGRAMS = ".."  # the reference programs

# %%
import socket
import sys

sys.path.insert(0, PROGRAMS)

import chat_protocol
import chat_server
from chat_server import ChatServer
from conversation import Conversation, show
from grader.pictures import FROZEN, IDLE, READY, WORKS, Lane, Level, filling, frame_ruler, lanes
from loopback import HOST, tcp_pair, wait_for

chat_protocol.PORT = 0  # for this notebook: any port that is free

# %% [markdown]
# ## 1 A conversation to begin with
#
# Two people, Alice and Bob, and the server between them. Time runs downwards. Each arrow is one
# frame, with its length field set off from its payload.

# %%
with Conversation(ChatServer()) as talk:
    alice = talk.person("alice")
    alice.says("NAME alice")
    alice.hears()
    bob = talk.person("bob")
    bob.says("NAME bob")
    bob.hears()
    bob.says("MSG alice hi  there")
    alice.hears()
    alice.says("MSG carol hi")
    alice.hears()
    bob.says("EXIT")
    bob.hears_the_end()
talk.picture("Alice and Bob")

# %% [markdown]
# The server keeps one `Client` for each connection: its socket, its name, an inbox for the
# bytes that came (a `MessageBuffer`), and an outbox for the frames that wait to be sent. It is
# given:

# %%
show(chat_server.Client)

# %% [markdown]
# ## 2 A socket to knock at
#
# > Stage `names` begins here.
#
# A server's first socket is its **listener**. It is made in four steps: create it, set options,
# `bind` it to an address, `listen`. An address is a host and a port: the host `127.0.0.1` says
# that only programs on this machine may connect; the port, a number, tells the programs on one
# machine apart.
#
# The option is about restarting. When a server stops, its old connections hold the port for
# some minutes. On Linux and macOS, `SO_REUSEADDR` says that a new server may have the port all
# the same. On Windows the option of this name means something else: it would let a stranger
# take the port away from a server that runs. There, `SO_EXCLUSIVEADDRUSE` is the right one.
#
# Why an option at all? Without one, the second of two sockets at one address is refused:

# %%
first = socket.socket()
first.bind((HOST, 0))
first.listen()
second = socket.socket()
try:
    second.bind(first.getsockname())
except OSError:
    print("the second bind: OSError, the address is in use")
first.close()
second.close()

# %% [markdown]
# The option is set between creating and binding: `sock.setsockopt(socket.SOL_SOCKET, option,
# 1)`. And the listener is made non-blocking, as every socket of this server: a client can be
# gone between `select` and `accept`, and then a blocking `accept` would wait for the next one.

# %%
show(ChatServer.open_listener)

# %% [markdown]
# **Now you:** TODO {{ChatServer.open_listener}}, `ChatServer.open_listener`. Then this works:

# %%
server = ChatServer()
visitor = socket.create_connection(server.listener.getsockname())
print("somebody is connected; the listener blocks:", server.listener.getblocking())
visitor.close()
server.listener.close()

# %% [markdown]
# ## 3 One turn of the loop
#
# `serve_forever` calls `serve_turn` again and again. One turn has three parts:
#
# 1. Make the lists. Who may be read? The listener, and every client that is not leaving. Who
#    has something to send? Every client whose outbox is not empty.
# 2. Ask `select`, the one place where this program waits.
# 3. Give each socket that is ready one short turn: send what waits, accept, or receive.
#
# `accept_client` is the shortest of these turns. `accept()` returns the new socket and the
# address of whoever connected. The new socket is made non-blocking, and a `Client` is kept for
# it in `self.clients`, under its socket: that is how `serve_turn` finds the client that belongs
# to a socket that is ready.

# %%
lanes(
    [
        Lane(
            "select",
            [(FROZEN, "waits"), (WORKS, "returns 2"), (IDLE, ""), (IDLE, ""), (FROZEN, "waits")],
        ),
        Lane("listener", [(READY, "knock"), (IDLE, ""), (WORKS, "accept"), (IDLE, ""), (IDLE, "")]),
        Lane("alice", [(READY, "bytes"), (IDLE, ""), (IDLE, ""), (WORKS, "recv"), (IDLE, "")]),
    ],
    title="One turn: wait for all, then a short turn for each",
)

# %%
show(ChatServer.serve_turn, ChatServer.accept_client)

# %% [markdown]
# Two things can go wrong in `accept_client`. The client may have left before it was accepted:
# then `accept` raises `OSError`, and there is nothing to do. And there may be more clients than
# `select` can watch (experiment 11 of `02_select.ipynb`): then the new one is closed at once.
#
# **Now you:** TODO {{ChatServer.serve_turn}} and {{ChatServer.accept_client}},
# `ChatServer.serve_turn` and `ChatServer.accept_client`. One turn with a newcomer:

# %%
server = ChatServer()
visitor = socket.create_connection(server.listener.getsockname())
server.serve_turn()
print("clients:", len(server.clients))
visitor.close()
server.listener.close()

# %% [markdown]
# ## 4 From bytes to messages
#
# `receive` is called when a socket is readable. One `recv`, no more: a second one could find
# nothing. Four things can come out:
#
# | `recv` | means | then |
# |---|---|---|
# | some bytes | a part of a message, or several | `feed` them, and answer *every* message that is complete |
# | `b""` | the client has closed | it is disconnected |
# | `BlockingIOError` | `select` was mistaken | nothing; the next turn will tell |
# | another `OSError` | the client was torn away | it is disconnected |
#
# What a stranger sends may be malformed: `next_message` raises `ProtocolError`. After that
# nobody can tell where the next message begins. The client is told so, with `ERROR` and a
# reason, and has to leave.

# %%
buffer = chat_protocol.MessageBuffer()
for piece in (b"0010NAME", b" alice0009GET_N", b"AMES0"):
    buffer.feed(piece)
    while (message := buffer.next_message()) is not None:
        print(f"after {piece!r}: {message!r}")

# %%
frame_ruler(b"0010NAME alice0009GET_NAMES0", recvs=[8, 15, 5], title="Three recv, two messages")

# %%
show(ChatServer.receive)

# %% [markdown]
# One more trap. `select` may return several sockets at once, and what is done for the first may
# disconnect the second: look whether the client is still there.
#
# And another: the answer to a message may be the client's end (`EXIT`). What follows it in the
# buffer is ignored.
#
# **Now you:** TODO {{ChatServer.receive}}, `ChatServer.receive`. What it needs next is a way to
# answer.

# %% [markdown]
# ## 5 An outbox for everybody
#
# Nothing is sent where it arises. `send` makes a frame and puts it at the end of the client's
# outbox. `send_waiting` is called when `select` says that the socket is writable: it calls
# `sock.send` once and takes from the outbox as many bytes as were accepted.

# %%
filling(
    [
        Level("send('HELLO bob')", 13, "13 bytes wait"),
        Level("send('NAMES bob')", 26, "26 bytes wait"),
        Level("send_waiting", 6, "the socket took 20"),
        Level("send_waiting", 0, "the socket took 6: no longer a writer"),
    ],
    30,
    full="room",
    title="One client's outbox",
)

# %% [markdown]
# So a client that does not read holds up nobody. But its outbox grows, and so there is
# `MAX_BACKLOG`: who has more than a mebibyte waiting is disconnected. (Experiments 6, 7 and 9
# of `02_select.ipynb` say why `send` may take a part, and what it raises when the client is
# gone.)

# %%
show(ChatServer.send, ChatServer.send_waiting)

# %% [markdown]
# **Now you:** TODO {{ChatServer.send}} and {{ChatServer.send_waiting}}, `ChatServer.send` and
# `ChatServer.send_waiting`.

# %%
server = ChatServer()
visitor = socket.create_connection(server.listener.getsockname())
server.serve_turn()
(client,) = server.clients.values()
server.send(client, "HELLO bob")
print("in the outbox:", bytes(client.outbox))
server.send_waiting(client.sock)
print("in the outbox:", bytes(client.outbox), " at the visitor:", visitor.recv(1024))
visitor.close()
server.listener.close()

# %% [markdown]
# ## 6 Two ways to leave
#
# > Stage `lifecycle` begins here.
#
# A client can be gone, or it can be leaving.
#
# - **Gone**: the connection has ended, or it was torn away. `disconnect` closes the socket and
#   forgets the client, wherever it is kept. What waits for it can never arrive.
# - **Leaving**: it said `EXIT`, or it sent rubbish. `leave` frees its name at once, so that
#   somebody else may take it. But what is queued for it is still sent. Only when the outbox is
#   empty does it become a `disconnect`.
#
# Both can happen to one client in one turn, in any order. So `disconnect` must stand being
# called twice.

# %%
show(ChatServer.leave, ChatServer.disconnect)

# %% [markdown]
# **Now you:** TODO {{ChatServer.leave}} and {{ChatServer.disconnect}}, `ChatServer.leave` and
# `ChatServer.disconnect`. A visitor who comes and goes:

# %%
server = ChatServer()
visitor = socket.create_connection(server.listener.getsockname())
server.serve_turn()
print("clients:", len(server.clients))
visitor.close()
server.serve_turn()
print("clients:", len(server.clients))
server.listener.close()

# %% [markdown]
# ## 7 Who has this name
#
# `answer` is given. It takes the first word of a message and calls the function for it. From
# here on each command is a function of its own, and each earns points of its own.
#
# `NAME` first, because the others need it. Where is a name kept? In one place: in its `Client`.
# Then it is free the moment the client is gone, and a second `NAME` renames without leaving the
# old name behind. `find` looks through the clients.
#
# A refused `NAME` changes nothing; and to ask for the name one has already is no conflict with
# oneself.

# %%
show(ChatServer.find, ChatServer.answer_name)

# %% [markdown]
# **Now you:** TODO {{ChatServer.find}} and {{ChatServer.answer_name}}, `ChatServer.find` and
# `ChatServer.answer_name`.

# %%
with Conversation(ChatServer()) as talk:
    alice = talk.person("alice", introduced=True)
    bob = talk.person("bob")
    bob.says("NAME alice")
    bob.hears()
    alice.says("NAME anna")
    alice.hears()
    bob.says("NAME alice")
    bob.hears()
talk.picture("A name that is taken, and then free")

# %% [markdown]
# ## 8 All names
#
# `GET_NAMES` is answered with `NAMES`, and a space before each name. Who has not said `NAME`
# yet is not listed, and may ask all the same.
#
# Look at the limit. A name has up to 16 letters, and the space makes 17: how many fit into
# 1,024 bytes? With more clients than that, the answer is as many *whole* names as fit, then a
# space and `...`, and those four characters count as well.

# %%
show(ChatServer.answer_get_names)

# %% [markdown]
# **Now you:** TODO {{ChatServer.answer_get_names}}, `ChatServer.answer_get_names`.

# %%
with Conversation(ChatServer()) as talk:
    alice = talk.person("alice", introduced=True)
    bob = talk.person("bob")
    bob.says("GET_NAMES")
    bob.hears()
    bob.says("NAME bob")
    bob.hears()
    alice.says("GET_NAMES")
    alice.hears()
talk.picture("Before NAME and after")

# %% [markdown]
# ## 9 A message from one to the other
#
# > Stage `messages` begins here.
#
# `MSG bob hi  there` has three parts, and the third is the text with all its spaces.
# `parse_message` divides at the first space; the arguments it returns can be divided in the
# same way once more.
#
# The questions come in this order: has the sender a name? Is there a recipient of this name? Is
# there a text? And does it fit? With `FROM alice ` before it, a text that came in one message
# may be too long for another. Then the sender gets an `ERROR`, and nothing is delivered.
#
# Who gets what: the recipient gets `FROM`; the sender gets nothing if all went well.

# %%
show(ChatServer.answer_msg)

# %% [markdown]
# **Now you:** TODO {{ChatServer.answer_msg}}, `ChatServer.answer_msg`.

# %%
with Conversation(ChatServer()) as talk:
    alice = talk.person("alice", introduced=True)
    bob = talk.person("bob")
    bob.says("MSG alice hi")
    bob.hears()
    bob.says("NAME bob")
    bob.hears()
    bob.says("MSG alice  שלום  and two spaces")
    alice.hears()
    alice.says("MSG bob " + "x" * 1016)
    alice.hears()
talk.picture("Who may say what")

# %% [markdown]
# ## 10 The last two
#
# `EXIT`: say nothing, and let the client go, with what is queued for it sent first. Everything
# is written already; find the function.
#
# Anything else, the empty message too, is answered with `ERROR` and a reason. A person reads
# it: say what there is.

# %%
show(ChatServer.answer_exit, ChatServer.answer_unknown)

# %% [markdown]
# **Now you:** TODO {{ChatServer.answer_exit}} and {{ChatServer.answer_unknown}},
# `ChatServer.answer_exit` and `ChatServer.answer_unknown`.

# %%
with Conversation(ChatServer()) as talk:
    alice = talk.person("alice", introduced=True)
    alice.says("HELP")
    alice.hears()
    alice.sends(b"0009GET_NAMES0004EXIT0009GET_NAMES")
    alice.hears()
    alice.hears_the_end()
talk.picture("What follows EXIT is ignored")

# %% [markdown]
# ## 11 Clients do anything
#
# Everything is written. Now somebody sends half a message and is silent, somebody vanishes, and
# somebody sends rubbish. Nobody else may notice.

# %%
with Conversation(ChatServer()) as talk:
    alice = talk.person("alice", introduced=True)
    mallory = talk.person("mallory")
    mallory.sends(b"00")
    alice.says("GET_NAMES")
    alice.hears()
    mallory.sends(b"xxHELLO")
    mallory.hears_the_end()
    bob = talk.person("bob", introduced=True)
    bob.vanishes()
    alice.says("MSG alice still here")
    alice.hears()
talk.picture("Half a message, rubbish, and one who vanishes")

# %% [markdown]
# Say `python lab.py grade` now. What it still finds are the things nobody thinks of the first
# time; it says of each what was sent and what should have come.
#
# Then the client: `04_client_walkthrough.ipynb`.
