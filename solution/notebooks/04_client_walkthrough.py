"""Source of both editions of a notebook; `python lab.py release` makes them."""

# %% [markdown]
# # The client, function by function
#
# This notebook goes through `chat_client.py`, as `03_server_walkthrough.ipynb` does through the
# server. It runs the client **in your own folder**, `skeleton/`. A cell that needs a TODO you
# have not written ends with `NotImplementedError`; the picture below it was recorded with a
# finished client.
#
# The client runs without a terminal here. `Desk`, in `conversation.py` beside this notebook,
# gives it a keyboard, a screen and a server: you press the keys, look at the screen, and say
# what the server says.

# %%
PROGRAMS = ".."  # the reference programs

# %%
import sys

sys.path.insert(0, PROGRAMS)

import chat_client
from chat_client import ChatClient
from conversation import Desk, show
from grader.pictures import BAD, FROZEN, IDLE, READY, WORKS, Lane, lanes

ENTER, BACKSPACE = "\r", "\x08"

# %% [markdown]
# ## 1 Two things that may happen
#
# > Stage `client` begins here.
#
# A chat client waits for two things: a key, and a message from the server. Either may come at
# any time. With `input()` the client waits for the keyboard, until Enter; what the server sends
# meanwhile is not shown.

# %%
lanes(
    [
        Lane(
            "input()",
            [(FROZEN, "waits for Enter"), (FROZEN, "waits for Enter"), (BAD, "shows it too late")],
        ),
        Lane(
            "select", [(IDLE, "watches both"), (READY, "the server"), (WORKS, "shows it at once")]
        ),
        Lane("server", [(IDLE, ""), (WORKS, "FROM bob hi"), (IDLE, "")]),
    ],
    title="Waiting for a line, and waiting for both",
)

# %% [markdown]
# So the client has the same loop as the server: one `select`, and a short turn for what is
# ready. Keys are read one by one, with `kbhit()` and `getwch()`, and the line that is being
# typed is kept by the client itself. Here is a whole conversation; the line `NAME al` is half
# typed when a message comes.

# %%
desk = Desk(chat_client)
desk.types("NAME al")
desk.server_says("FROM bob are you there?")
print(desk.screen)
desk.types("ice" + ENTER, "types ice and Enter")
desk.server_hears()
desk.server_says("HELLO alice")
print()
print(desk.screen)
desk.picture("A message comes while a line is half typed")

# %% [markdown]
# The message stands above, and the line is still there, whole.

# %% [markdown]
# ## 2 To the server
#
# `connect` is the client's side of what the listener is for. `socket.create_connection((host,
# port))` creates a socket and connects it, or raises `OSError`. The exception goes on to
# `main`, which tells it to the person in one line.
#
# The socket must be non-blocking *after* it is connected. Why not before? Because connecting
# takes time, and a non-blocking socket does not wait for it.

# %%
show(chat_client.connect)

# %% [markdown]
# **Now you:** TODO {{connect}}, `connect`. The port is `chat_protocol.PORT`; take it from there
# when you need it. (The functions of `chat_protocol.py` should be done by now.)

# %%
desk = Desk(chat_client)
print("connected; the client's socket blocks:", desk.client.sock.getblocking())

# %% [markdown]
# ## 3 The loop of the client
#
# `run_turn` is to the client what `serve_turn` is to the server. Who is watched for reading?
# The socket, always, and the keyboard: `select` takes any object that has a `fileno()`, and the
# module `keyboard` has one. Who is watched for writing? The socket, while something waits in
# the outbox.
#
# On Windows `select` watches sockets and nothing else. There the keyboard is looked at now and
# then: `select` gets a limit, `KEY_INTERVAL`, and after it `kbhit()` tells. `os.name == "nt"`
# says that it is Windows.
#
# Where standard input is a pipe and not a terminal, `self.pipe` is a socket with what came
# through the pipe; the constructor has made it. It is watched instead of the keyboard.
#
# After `EXIT` nothing more is typed. The client waits for the server's goodbye, but not for
# ever.

# %%
show(ChatClient.run_turn)

# %% [markdown]
# **Now you:** TODO {{ChatClient.run_turn}}, `ChatClient.run_turn`. The functions it calls come
# next.

# %% [markdown]
# ## 4 From the server
#
# `receive` is the server's `receive` once more, with one peer instead of many. One `recv`;
# `feed`; then show every message that is complete. `b""` and `OSError` mean that the server is
# gone: `self.is_over`. The server may be wrong as well: `ProtocolError` is told to the person,
# and the client ends.

# %%
show(ChatClient.receive)

# %% [markdown]
# **Now you:** TODO {{ChatClient.receive}}, `ChatClient.receive`.

# %% [markdown]
# ## 5 Above the line
#
# `show` prints a message although a line is being typed. Three steps: erase the picture of the
# line, print the message on a row of its own, draw the line again below it. `InputLine` has
# what you need, given:

# %%
show(chat_client.InputLine.erase, chat_client.InputLine.draw)

# %% [markdown]
# `"\r"` moves the cursor to the left end of its row. What is written then replaces what stood
# there; so erasing is to write spaces over it. `self.line.drawn` remembers how many.

# %%
show(ChatClient.show)

# %% [markdown]
# **Now you:** TODO {{ChatClient.show}}, `ChatClient.show`. Show what others say only after
# `visible`, which is section 8.

# %%
desk = Desk(chat_client)
desk.types("MSG bob a thought that is not")
desk.server_sends(b"0011FROM bob")
desk.server_sends(b" hi0012FROM bob hey")
print(desk.screen)
desk.picture("A message in two pieces, and one behind it")

# %% [markdown]
# ## 6 To say something
#
# `say` gets a line that was typed. It makes a frame of it and puts it into the outbox;
# `send_waiting` sends it when the socket has room, and that is just as in the server.
#
# What if the line is too long for a message? `create_msg` raises `ValueError`; the person is
# told, and may type another. What if it is `EXIT`, that word and no other? It is sent as well,
# and then the client is leaving: `self.is_leaving`.

# %%
show(ChatClient.say, ChatClient.send_waiting)

# %% [markdown]
# **Now you:** TODO {{ChatClient.say}} and {{ChatClient.send_waiting}}, `ChatClient.say` and
# `ChatClient.send_waiting`. The line itself comes from the keyboard:

# %% [markdown]
# ## 7 Key by key
#
# `read_keys` is called in each turn. It takes *every* key that waits, and knows five kinds:
#
# | key | is | then |
# |---|---|---|
# | Enter | `"\r"` | `finish_line`, which is given |
# | Backspace | `"\x08"` | the last character goes, and the line is drawn again |
# | Ctrl-C | `"\x03"`, on Windows | `raise KeyboardInterrupt` |
# | arrows and the like | a character of `SPECIAL_KEY`, and one more | both are read, nothing is done |
# | a character | `isprintable()` | it is added to the line, and the line is drawn again |

# %%
show(ChatClient.read_keys, ChatClient.finish_line)

# %% [markdown]
# **Now you:** TODO {{ChatClient.read_keys}}, `ChatClient.read_keys`.

# %%
desk = Desk(chat_client)
desk.types("NAME bbo")
desk.types(BACKSPACE * 2, "Backspace, twice")
desk.types("ob" + ENTER, "types ob and Enter")
desk.server_hears()
desk.server_says("HELLO bob")
desk.types("EXIT" + ENTER, "types EXIT and Enter")
desk.server_hears()
desk.server_closes()
print(desk.screen)
print("the client has ended:", desk.client.is_over)
desk.picture("A slip of the finger, and EXIT")

# %% [markdown]
# ## 8 What a stranger may put on your screen
#
# A terminal obeys. Some characters are not shown, but *do* something: `"\x1b[2J"` clears the
# screen, others move the cursor or change the title of the window. If a message may bring such
# characters to your terminal as they are, whoever sends it holds your screen.
#
# `str.isprintable()` tells which characters only show. The others are written as escapes, as
# `repr` does: `\x1b`.

# %%
for character in ("a", "é", "ש", " ", "\x1b", "\n", "\x07", "\u202e"):
    print(f"{ascii(character):10} isprintable: {character.isprintable()}")

# %%
show(chat_client.visible)

# %% [markdown]
# **Now you:** TODO {{visible}}, `visible`.

# %%
desk = Desk(chat_client)
desk.server_says("FROM mallory \x1b[2J you see nothing")
print(desk.screen)
desk.picture("An escape sequence, made harmless")

# %% [markdown]
# That was the last TODO. `python lab.py grade` says what is still missing. Then say `python lab.py
# run server` in one terminal and `python lab.py run client` in two others, and talk.
