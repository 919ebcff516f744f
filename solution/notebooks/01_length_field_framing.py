"""Source of both editions of a notebook; `python lab.py release` makes them."""

# %% [markdown]
# # Length-field framing
#
# Two programs on two machines want to talk. The system gives each of them a **socket**: an
# object into which one puts bytes, and out of which the other's bytes come. This notebook finds
# out what happens to the bytes on the way, and what a program must do to get its messages back
# whole.
#
# You need Python and nothing else. Everything runs on your own machine, over real sockets.
#
# Each experiment has the same five parts:
#
# 1. **Predict.** Put your answer in place of `None`. A wrong guess is worth more than none.
# 2. **Run** the experiment. It does what the text says, and hides nothing.
# 3. **Look** at the picture.
# 4. **Remember** one sentence.
# 5. **Check** your guess: `check` says why it was right or wrong.
#
# Run a cell with Shift-Enter, from the top down.

# %%
import socket
import struct

from answers import check
from grader.pictures import Bar, Level, Ribbon, byte_ribbons, filling, frame_ruler, grid, log_bars
from loopback import close, send_apart, tcp_pair, udp_pair, wait_for, wait_until_readable

# %% [markdown]
# ## 0 Before the first experiment
#
# A socket carries **bytes**, numbers from 0 to 255. Text must be turned into bytes before it
# can be sent; the usual way is UTF-8, and in Python it is `"text".encode()`. The way back is
# `b"text".decode()`. The letters a to z take one byte each.
#
# `tcp_pair()` opens a **connection** and returns its two ends. In real life the ends are on two
# machines: one program listens at an address, the other connects to it. Here both ends are in
# your hands, so that you can look at either side. (The function is in `loopback.py`, beside
# this notebook; it is short, have a look.)
#
# Two calls are enough for now. `sendall(data)` puts bytes in at one end. `recv(limit)` takes
# bytes out at the other, **at most** `limit` of them; where none are there yet, it waits.

# %%
alice, bob = tcp_pair()
alice.sendall("HELLO".encode())
print(bob.recv(1024))
bob.sendall(b"HELLO yourself")
print(alice.recv(1024))
close(alice, bob)

# %% [markdown]
# The `b` before the quotes says: these are bytes, not text. Closing an end says goodbye to the
# other.

# %% [markdown]
# ## 1 Three sends one recv
#
# > **M1** One send arrives as one recv.
#
# Alice sends three times: `one`, `two`, `three`. When all of it has arrived, Bob calls
# `recv(1024)` once. What does he get?
#
# - `"a"`: `b"one"`; two more calls give the others
# - `"b"`: `b"onetwothree"`
# - `"c"`: an error, because nobody fetched the first message before the second came

# %%
guess = "b"  # "a", "b" or "c"

# %%
words = [b"one", b"two", b"three"]

alice, bob = tcp_pair()
for word in words:
    alice.send(word)
wait_for(bob, 11)  # until eleven bytes are there; they stay there
by_tcp = [bob.recv(1024)]
close(alice, bob)

alice, bob = udp_pair()  # the other protocol of the internet, to compare
for word in words:
    alice.send(word)
by_udp = [bob.recv(1024) for _ in words]
close(alice, bob)

print("TCP:", by_tcp)
print("UDP:", by_udp)

# %%
byte_ribbons(
    [Ribbon("sent", words), Ribbon("UDP received", by_udp), Ribbon("TCP received", by_tcp)],
    title="Three sends",
)

# %% [markdown]
# UDP carries messages: each arrives as it was sent, or not at all. TCP carries a **byte
# stream**: all bytes, in order, none twice, and *no borders between them*. For that, TCP brings
# everything, however bad the line. The chat uses TCP.
#
# **Remember:** TCP is a byte stream; it does not know where one send ended and the next began.

# %%
check("three sends", guess)

# %% [markdown]
# ## 2 Fewer than asked
#
# > **M2** recv(4) gives four bytes.
#
# The other way round. A message `0005HELLO` is on its way, and its first two bytes arrive
# before the others. (Routers and cables cut a stream where they like; each piece that travels
# is a **segment**.) Bob calls `recv(4)`. What does he get?
#
# - `"a"`: four bytes; `recv` waits for the rest
# - `"b"`: the two bytes that are there
# - `"c"`: nothing, because four are not there yet

# %%
guess = "b"  # "a", "b" or "c"

# %%
alice, bob = tcp_pair()
alice.sendall(b"00")
first = bob.recv(4)
alice.sendall(b"05HELLO")
wait_for(bob, 7)
second = bob.recv(4)
third = bob.recv(1024)
close(alice, bob)
print(first, second, third)

# %%
frame_ruler(
    first + second + third,
    sends=[2, 7],
    recvs=[len(first), len(second), len(third)],
    title="recv(4) got two bytes",
)

# %% [markdown]
# The ruler shows one box for each byte: the character, and below it the byte's value in
# hexadecimal. Above are the pieces in which the bytes were sent, below those in which they were
# received.
#
# **Remember:** the number in `recv(4)` is a limit, not an order.

# %%
check("fewer than asked", guess)

# %% [markdown]
# ## 3 A bigger number
#
# > **M3** A bigger buffer, or recv(length), suffices.
#
# Perhaps the number was too small? Alice sends only `0005HEL` so far. Bob calls
# `recv(1048576)`, one mebibyte. What does he get?
#
# - `"a"`: he waits until the whole message is there
# - `"b"`: seven bytes
# - `"c"`: seven bytes and a lot of zeros

# %%
guess = "b"  # "a", "b" or "c"

# %%
alice, bob = tcp_pair()
alice.sendall(b"0005HEL")
wait_for(bob, 7)
received = bob.recv(1024 * 1024)
print(len(received), received)
close(alice, bob)

# %%
frame_ruler(received, sends=[7], recvs=[len(received)], title="Two bytes are still missing")

# %% [markdown]
# `recv` returns what is there. It can be half a message, or three messages and a half. Only
# your program can know whether that was all, so your program must look, and call again.
#
# **Remember:** no number in `recv` makes a message whole; a loop does.

# %%
check("a bigger number", guess)

# %% [markdown]
# ## 4 The switch that does not help
#
# > **M4** TCP_NODELAY makes packets of my sends.
#
# TCP may hold a small piece back for a moment, to send it together with the next one. The
# option `TCP_NODELAY` forbids that. Alice sets it and repeats the first experiment. How many
# `recv` does Bob need, once everything is there?
#
# - `"a"`: three
# - `"b"`: one

# %%
guess = "b"  # "a" or "b"

# %%
alice, bob = tcp_pair()
alice.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
for word in words:
    alice.send(word)
wait_for(bob, 11)
at_once = [bob.recv(1024)]
print(at_once)
close(alice, bob)

# %%
byte_ribbons([Ribbon("sent", words), Ribbon("received", at_once)], title="With TCP_NODELAY")

# %% [markdown]
# The option changes when the pieces travel. It changes nothing about how they are put together
# where they arrive: there they stand in one row, in the **receive buffer** of the system, until
# somebody reads.
#
# **Remember:** no option of TCP keeps messages apart.

# %%
check("nodelay", guess)

# %% [markdown]
# ## 5 Four characters or eight bytes
#
# > **M5** The length field counts characters.
#
# If TCP does not say where a message ends, the message must say so itself. In the chat, each
# message is a **frame**: first a **length field** of four digits, which says how many bytes
# follow; then those bytes, the **payload**.
#
#     0005HELLO0003BYE
#
# Read it with a finger: four digits, `0005`; five bytes, `HELLO`; four digits, `0003`; three
# bytes, `BYE`.
#
# Here is somebody's function that makes a frame. It works for `HELLO`. Now it sends `שלום`,
# four Hebrew letters, and then `BYE`. What does the receiver read?
#
# - `"a"`: `שלום`, then `BYE`
# - `"b"`: half of the word, then `BYE`
# - `"c"`: half of the word, and then nothing that makes sense, ever again

# %%
guess = "c"  # "a", "b" or "c"


# %%
def frame_by_characters(text: str) -> bytes:
    return f"{len(text):04}".encode() + text.encode()


print(len("שלום"), "characters,", len("שלום".encode()), "bytes")
alice, bob = tcp_pair()
alice.sendall(frame_by_characters("שלום") + frame_by_characters("BYE"))
wait_for(bob, 19)
stream = bob.recv(1024)
close(alice, bob)

# %%
frame_ruler(stream, sends=[12, 7], recvs=[19], title="The length field says 4, and 8 bytes follow")

# %% [markdown]
# In UTF-8 a Hebrew letter takes two bytes, `é` takes two, `€` three, an emoji four. The
# receiver believes the length field, takes four bytes, and looks for the next length field in
# the middle of a word. It has lost its place, and nothing in the stream tells it where to begin
# again.
#
# **Remember:** encode first, count the bytes then.
#
# Write the function as it should be. It takes a text and returns the frame.


# %%
def make_frame(text: str) -> bytes:
    ### BEGIN SOLUTION four digits, then the bytes. What is counted?
    payload = text.encode()
    return b"%04d" % len(payload) + payload
    ### END SOLUTION


# %%
GOOD = {
    "HELLO": b"0005HELLO",
    "": b"0000",
    "שלום": b"0008\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d",
    "hi  there": b"0009hi  there",
    "€": b"0003\xe2\x82\xac",
}
for text, good in GOOD.items():
    made = make_frame(text)
    assert made == good, f"{text!r} should become {good!r}; it became {made!r}"
print("Five texts, five good frames.")

# %%
frame_ruler(make_frame("שלום") + make_frame("BYE"), title="As it should be")

# %%
check("four characters", guess)

# %% [markdown]
# > Stage `protocol` begins here.
#
# The grader goes through the exercise in stages, and the first of them is about functions like
# this one. This is what the first gap of the exercise asks for. Two things come on top. A
# payload may have 1,024 bytes at the most, and a longer one is refused: `raise
# ValueError("...")` with words that say why. The constants for 4 and 1,024 stand at the top of
# `skeleton/chat_protocol.py`.
#
# **Now you:** TODO {{create_msg}}, `create_msg`. Open `skeleton/chat_protocol.py`, write it,
# save, and say `python lab.py grade` in a terminal. Then come back.

# %% [markdown]
# ## 6 Half a character
#
# > **M6** Each chunk can be decoded as it comes.
#
# A frame arrives in two pieces, and the cut goes through the `é`. Somebody writes this in a
# loop, to collect the text:
#
#     text = text + sock.recv(1024).decode()
#
# What happens?
#
# - `"a"`: the text is put together again; that is what the `+` is for
# - `"b"`: `decode` raises an error at the first piece
# - `"c"`: there is no cut inside a character; TCP looks after that

# %%
guess = "b"  # "a", "b" or "c"

# %%
pieces = [b"0005caf\xc3", b"\xa9"]
alice, bob = tcp_pair()
received = send_apart(alice, bob, pieces)
close(alice, bob)
for piece in received:
    try:
        print(piece, "->", piece.decode())
    except UnicodeDecodeError:
        print(piece, "-> UnicodeDecodeError")
print("all together ->", b"".join(received).decode())

# %%
frame_ruler(b"".join(received), recvs=[8, 1], caret=7, note="half of é", title="A cut in a letter")

# %% [markdown]
# TCP cuts where it likes, and so does `recv`. Keep bytes as bytes until the payload is whole,
# and decode it then, once. A payload can still be no UTF-8 at all, if the sender made a mistake
# or means harm: then `decode` raises `UnicodeDecodeError`. The exercise has an error of its own
# for everything that breaks the rules of the wire, `ProtocolError`; whoever calls you wants to
# know just that one. So one error is caught, and the other raised in its place.
#
# **Remember:** first the whole payload, then decode.

# %%
check("half a character", guess)

# %% [markdown]
# **Now you:** TODO {{decode_payload}}, `decode_payload`. (The number before it belongs to
# experiment 9; the grader does not mind the order.)

# %% [markdown]
# ## 7 All 2048 ways to cut a stream
#
# > Belongs to M1, M2 and M3.
#
# `0001A0003BYE` are two frames and twelve bytes. Between the bytes there are eleven places
# where the stream may be cut, and each is cut or not: 2 to the power of 11, that is 2,048 ways
# in which these bytes can arrive.
#
# The simplest decoder takes each piece that `recv` gives for one frame. With how many of the
# 2,048 ways does it get `A` and `BYE`?
#
# - `"a"`: about half of them
# - `"b"`: one
# - `"c"`: none

# %%
guess = "b"  # "a", "b" or "c"

# %%
STREAM = b"0001A0003BYE"


def ways_to_cut(stream: bytes) -> list[list[bytes]]:
    """Return the stream cut into pieces in every possible way."""
    if len(stream) == 1:
        return [[stream]]
    ways = []
    for rest in ways_to_cut(stream[1:]):
        ways.append([stream[:1], *rest])  # a cut after the first byte
        ways.append([stream[:1] + rest[0], *rest[1:]])  # no cut there
    return ways


def one_piece_one_frame(pieces: list[bytes]) -> list[str]:
    return [piece[4:].decode() for piece in pieces]


WAYS = ways_to_cut(STREAM)
passed = [one_piece_one_frame(pieces) == ["A", "BYE"] for pieces in WAYS]
print(sum(passed), "of", len(passed))

# %%
grid(passed, title="One piece taken for one frame, in all ways to cut twelve bytes")

# %% [markdown]
# Look closely for the one that passed: it is the way that cuts once, just between the frames.
# On your own machine that way is so frequent that the mistake may stay hidden for weeks.
#
# What helps is a **buffer**: a place for the bytes that have arrived and are not yet used. Each
# piece goes in at the end. A frame comes out at the beginning as soon as it is complete; until
# then, the bytes wait.

# %%
filling(
    [
        Level("'00' comes", 2, "2 of 4 bytes of the length field: wait"),
        Level("'01' comes", 4, "the payload has 1 byte, and it is not here: wait"),
        Level("'A0' comes", 6, "A is complete: take 5 bytes out"),
        Level("what stays", 1, "1 byte: the beginning of the next frame"),
    ],
    12,
    full="12 bytes",
    title="A buffer between recv and the messages",
)

# %% [markdown]
# Write the part that takes a frame out. `take_frame` gets what is in the buffer. If a whole
# frame stands at the beginning, it returns its text, and the bytes behind it. If not, it
# returns `None`, and the bytes as they were.


# %%
def take_frame(waiting: bytes) -> tuple[str | None, bytes]:
    ### BEGIN SOLUTION is the length field whole? Is the payload? What stays?
    if len(waiting) < 4 or len(waiting) < 4 + int(waiting[:4]):
        return None, waiting
    end = 4 + int(waiting[:4])
    return waiting[4:end].decode(), waiting[end:]
    ### END SOLUTION


# %%
def with_a_buffer(pieces: list[bytes]) -> list[str]:
    messages, waiting = [], b""
    for piece in pieces:
        waiting += piece
        text, waiting = take_frame(waiting)
        while text is not None:  # one piece may complete several frames
            messages.append(text)
            text, waiting = take_frame(waiting)
    return messages


passed = [with_a_buffer(pieces) == ["A", "BYE"] for pieces in WAYS]
print(sum(passed), "of", len(passed))
grid(passed, title="Your own decoder, with a buffer, in all ways to cut twelve bytes")

# %%
check("all ways to cut", guess)

# %% [markdown]
# **Remember:** bytes in at the end, frames out at the beginning, the rest waits.
#
# > Stage `framing` begins here.
#
# In the exercise the buffer and the taking are a class, `MessageBuffer`. `feed` puts bytes in,
# and `next_message` takes one message out, or returns `None`. There is no socket inside; that
# is what makes it easy to test, and the server will want it so. For what stands in the length
# field, `next_message` asks `parse_length`, which is experiment 9, and for the text
# `decode_payload`.
#
# **Now you:** TODO {{MessageBuffer.feed}} and {{MessageBuffer.next_message}},
# `MessageBuffer.feed` and `MessageBuffer.next_message`.

# %% [markdown]
# ## 8 The end in the middle
#
# > **M7** b"" means that there is no data yet.
#
# Alice sends `0005HEL` and closes her end. Bob calls `recv(4)`, `recv(5)`, `recv(2)`. What does
# the third one do?
#
# - `"a"`: it waits for the two missing bytes
# - `"b"`: it raises an error
# - `"c"`: it returns `b""`, at once, and would do so each time

# %%
guess = "c"  # "a", "b" or "c"

# %%
alice, bob = tcp_pair()
alice.sendall(b"0005HEL")
alice.close()
wait_for(bob, 7)
print(bob.recv(4), bob.recv(5), bob.recv(2), bob.recv(2), bob.recv(2))
bob.close()

# %%
frame_ruler(b"0005HEL", sends=[7], recvs=[4, 3], caret=6, note="then the end", title="Cut off")

# %% [markdown]
# Where no bytes are there *yet*, `recv` waits. It returns `b""` in one case only: the other
# side has closed its end, and everything it ever sent has been read. Nothing more will come. A
# loop that does not look for `b""` runs for ever.
#
# So there are two ends. Between two frames the end is a goodbye. In the middle of a frame
# something is missing, and it will always be.
#
# **Remember:** `b""` is the end of the stream, and nothing else.
#
# Write a loop that reads exactly `count` bytes, and fewer only if the stream ends before.


# %%
def read_exactly(sock: socket.socket, count: int) -> bytes:
    ### BEGIN SOLUTION how many are missing? And what if recv returns b""?
    data = b""
    while len(data) < count:
        piece = sock.recv(count - len(data))
        if piece == b"":
            break
        data += piece
    return data
    ### END SOLUTION


# %%
alice, bob = tcp_pair()
alice.sendall(b"0005HELLO0003B")
alice.close()
found = [read_exactly(bob, size) for size in (4, 5, 4, 3)]
print(found)
assert found == [b"0005", b"HELLO", b"0003", b"B"]
bob.close()

# %%
check("the end in the middle", guess)

# %% [markdown]
# Why not `recv(1024)` and look for the frame in what comes? Because what is behind the frame
# would be read as well, and then be lost for whoever reads next. Ask for what is missing and
# for nothing more.
#
# **Now you:** TODO {{receive_exactly}} and {{get_msg}}, `receive_exactly` and `get_msg`. The
# second one is four steps: the length field, what it says, the payload, its text. And two ends
# of the stream to tell apart.

# %% [markdown]
# ## 9 Length fields from strangers
#
# > **M8** The length field can be trusted.
#
# Anybody can connect to your server and send anything. Which of these are accepted by
# `int(field)`, although none of them is four of the digits 0 to 9?
#
# `b"+012"`, `b" 12 "`, `b"1_00"`, `b"-001"`
#
# - `"a"`: none of them
# - `"b"`: only `b"-001"`
# - `"c"`: all of them

# %%
guess = "c"  # "a", "b" or "c"


# %%
def what_int_says(field: bytes | str) -> str:
    try:
        return f"a number: {int(field)}"
    except ValueError:
        return "an error"


for field in (b"0005", b"+012", b" 12 ", b"1_00", b"-001", b"abcd", b"9999", b"00"):
    print(f"{field!r:10} int(): {what_int_says(field):18} bytes.isdigit(): {field.isdigit()}")
print(f"{'²²²²'!r:10} int(): {what_int_says('²²²²'):18} str.isdigit():   {'²²²²'.isdigit()}")

# %%
frame_ruler(
    b"0005HELLO+012xxxxxxxxxxxx", sends=[9, 16], recvs=[25], title="A length field with a sign"
)

# %% [markdown]
# `int` is made for people who type numbers, and it is generous. A wire format must not be: if
# one side takes `+012` for twelve and the other for nonsense, they no longer read the same
# messages.
#
# `9999` is four digits and still wrong, because no payload is over 1,024 bytes. Without that
# limit a stranger could make your server wait for, and keep, as much as it likes. And `00` is
# no length field yet: half of one.
#
# **Remember:** trust nothing in a length field: four bytes, all of them digits, not over the
# maximum.

# %%
check("length fields", guess)

# %% [markdown]
# Which check do you use: `isdigit` of text, or of bytes? The last two lines above tell them
# apart.
#
# **Now you:** TODO {{parse_length}}, `parse_length`. With it, everything of `chat_protocol.py`
# that has to do with bytes is done: say `python lab.py grade --stage protocol`.

# %% [markdown]
# ## 10 A send that takes a part
#
# > **M9** send sends all of it.
#
# So far `sendall` was used, or messages of a few bytes. Now Alice has 20 million bytes to send,
# and Bob does not read. She has made her socket **non-blocking** with `setblocking(False)`: no
# call on it waits any more. She calls `send(data)` once. What does it do?
#
# - `"a"`: it takes all; the system has memory enough
# - `"b"`: it takes a part, and says how many bytes that was
# - `"c"`: it takes nothing, and raises an error

# %%
guess = "b"  # "a", "b" or "c"

# %%
data = bytes(20_000_000)
alice, bob = tcp_pair()
alice.setblocking(False)
took = alice.send(data)
print("something was taken:", took > 0)
print("all was taken:      ", took == len(data))

refused = False
while not refused:  # fill what room is left
    try:
        took += alice.send(data[took:])
    except BlockingIOError:
        refused = True
print("then BlockingIOError:", refused)

received = 0
while received < took:
    received += len(bob.recv(65536))
print("Bob has read what was taken:", received == took)
more = alice.send(data[took:])
print("then there is room again:", more > 0)
close(alice, bob)

# %%
filling(
    [
        Level("send(20 million bytes)", 100, "takes a part and says how many bytes"),
        Level("send(the rest)", 100, "BlockingIOError: no room now"),
        Level("Bob reads", 0, "room again"),
        Level("send(the rest)", 100, "takes the next part"),
    ],
    100,
    full="full",
    title="The buffers between Alice and Bob",
)

# %% [markdown]
# Between the two programs are buffers, one at each system. `send` puts in as much as there is
# room for, and returns the number. What did not fit is still yours: keep it, and send it when
# there is room. `sendall` does that loop for you, but it *waits* for Bob. A server that waits
# for Bob lets all others wait too; so in the server it will be `send`.
#
# **Remember:** `send` returns how many bytes it took; keep the others.

# %%
check("a part", guess)

# %% [markdown]
# ## 11 A field of two digits
#
# > **M10** The length always fits into the field.
#
# A bug hunt. This sender uses a length field of **two** digits. Its author tried it with a
# greeting and a joke, and all went well. Then came a list of names, 105 bytes long, and after
# it `BYE`. What does the receiver see?
#
# - `"a"`: the list, cut off after 99 bytes; then `BYE`
# - `"b"`: ten bytes that begin with `5`; after that nothing makes sense
# - `"c"`: an error at the sender

# %%
guess = "b"  # "a", "b" or "c"


# %%
def two_digits(text: str) -> bytes:
    payload = text.encode()
    return str(len(payload)).zfill(2).encode() + payload


names = "NAMES" + " alice bob cy" * 7 + " dora eve"
stream = two_digits(names)[:28]  # the beginning of it
print(len(names), "bytes; the field that was made for them:", two_digits(names)[:3])
print("the receiver reads: length", int(stream[:2]), "payload", stream[2:12])

# %%
frame_ruler(stream, field_size=2, title="105 written into two digits")

# %% [markdown]
# `zfill(2)` makes a number *at least* two digits wide. A third digit just comes along, and
# slides everything after it by one. The error is made where nothing is noticed, and it hurts
# far away, on the other side.
#
# **Remember:** whoever makes a frame must refuse what its length field cannot say.

# %%
check("two digits", guess)

# %% [markdown]
# ## 12 Numbers as the machine keeps them
#
# > **M22** A number from struct is the same on every machine.
#
# Many protocols write the length not in digits but as the machine keeps a number: four bytes
# that each count up to 255. Python makes them with `struct.pack("I", 5)`. Alice's machine puts
# the low byte first (`<`), Bob's puts the high byte first (`>`). Alice sends the number 5. Bob
# reads:
#
# - `"a"`: 5, the system turns the bytes round where need be
# - `"b"`: 83,886,080
# - `"c"`: an error, the bytes do not fit

# %%
guess = "b"  # "a", "b" or "c"

# %%
sent = struct.pack("<I", 5)
(read,) = struct.unpack(">I", sent)
print(sent, "is read as", f"{read:,}")
print("with gaps as the machine likes them: ", struct.calcsize("@BI"), "bytes")
print("without gaps, as an agreed format is:", struct.calcsize("!BI"), "bytes")

# %%
log_bars(
    [Bar("length sent", 5, "5 bytes"), Bar("length read", read, "80 MiB", stands_out=True)],
    unit="bytes",
    title="One length, two byte orders",
)

# %% [markdown]
# Where numbers travel as bytes, both sides must agree on order and size. The internet's own
# protocols put the high byte first; in `struct` that is `"!"`. The digits of the chat need no
# such agreement, and a person can read them.
#
# **Remember:** a wire format says every byte; it never says "as my machine does it".

# %%
check("byte order", guess)

# %% [markdown]
# ## 13 The words inside a message
#
# The bytes are done; what is left of `chat_protocol.py` are two small functions about text.
#
# A message is a command, then one space, then the rest. Only the *first* space divides: in `MSG
# bob hi  there` the text has two spaces in the middle, and they belong to whoever typed them.
# Compare what Python offers, with another text:

# %%
line = "SAY  well  then"
print("split()       ", line.split())
print("split(' ', 1) ", line.split(" ", 1))
print("partition(' ')", line.partition(" "))
print("one word:     ", "STOP".split(" ", 1), "STOP".partition(" "))

# %% [markdown]
# And what is a letter? Python knows those of every language:

# %%
for name in ("bob7", "élan", "שלום", "７", "²", ""):
    letters, digits, ascii_only = name.isalnum(), name.isdigit(), name.isascii()
    print(f"{name!r:8} isalnum: {letters!s:6} isdigit: {digits!s:6} isascii: {ascii_only}")

# %% [markdown]
# **Now you:** TODO {{parse_message}} and {{is_valid_name}}, `parse_message` and
# `is_valid_name`. The handout says what a valid name is.
#
# Then the stage `protocol` is complete, and the server comes next: `02_select.ipynb` shows the
# one idea it is built on.
