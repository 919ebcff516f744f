"""Hostile objects from the functions of chat_protocol.py: returned, raised, or stood in for."""

from __future__ import annotations

from tests.attacks.attack import Attack, protocol

SPINS = "from tricks import spin\nspin()\n"

ATTACKS = [
    Attack(
        name="returns_what_equals_everything",
        gains="An object that is equal to everything is equal to what is expected.",
        files=protocol(
            "class Liar(bytes):\n"
            "    def __eq__(self, other): return True\n"
            "    def __hash__(self): return 0\n"
            "def create_msg(text): return Liar(b'')\n"
        ),
        check="message_is_framed",
        told=("an object of type Liar",),
    ),
    Attack(
        name="returns_what_poses_as_another_class",
        gains="An object that says it is of class bytes is taken for bytes.",
        files=protocol(
            "class Poser:\n"
            "    __class__ = property(lambda self: bytes)\n"
            "    def __eq__(self, other): return True\n"
            "    def decode(self, *_): return '0005HELLO'\n"
            "    def __reduce__(self): return (print, (1,))\n"
            "    def __repr__(self): raise SystemExit\n"
            "def create_msg(text): return Poser()\n"
        ),
        check="message_is_framed",
        told=("an object of type Poser",),
    ),
    Attack(
        name="returns_a_huge_integer",
        gains="An integer of a hundred thousand digits keeps whoever reads it busy.",
        files=protocol("def create_msg(text): return 1 << 400_000\n"),
        check="message_is_framed",
        outcome="any but passed",
    ),
    Attack(
        name="returns_itself_within_itself",
        gains="A list that holds itself has no last level to write down.",
        files=protocol("def create_msg(text):\n    a = []\n    a += [a, a]\n    return a\n"),
        check="message_is_framed",
        told=("returned [",),
    ),
    Attack(
        name="returns_true_where_it_is_asked",
        gains="A bool that is a string, a string that is a bool: only `==` is looked at.",
        files=protocol(
            "class Yes(str):\n    __eq__ = lambda *_: True\n    __hash__ = str.__hash__\n"
            "def is_valid_name(name): return Yes('x')\n"
        ),
        check="valid_names_are_told",
        told=("an object of type Yes",),
    ),
    Attack(
        name="raises_what_hangs_when_shown",
        gains="An exception whose text takes for ever keeps the grader waiting.",
        files=protocol(
            SPINS + "class Endless(Exception):\n"
            "    def __str__(self):\n        while True: pass\n"
            "def create_msg(text): raise Endless\n"
        ),
        check="message_is_framed",
        told=("create_msg does not return",),
    ),
    Attack(
        name="raises_what_is_huge_when_shown",
        gains="An exception whose text is 200 megabytes fills the grader's memory.",
        files=protocol("def create_msg(text): raise ProtocolError('<' * 200_000_000)\n"),
        check="message_is_framed",
        told=("it raised ProtocolError",),
    ),
    Attack(
        name="raises_what_has_no_name",
        gains="An exception whose class has a hostile name breaks whoever describes it.",
        files=protocol(
            "class Meta(type):\n    __name__ = property(lambda self: 1 / 0)\n"
            "class Nameless(Exception, metaclass=Meta): pass\n"
            "def create_msg(text): raise Nameless\n"
        ),
        check="message_is_framed",
        outcome="any but passed",
    ),
    Attack(
        name="has_constants_that_equal_everything",
        gains="A constant that is equal to everything is always the right one.",
        files=protocol(
            "class Any(int):\n    __eq__ = lambda *_: True\n    __hash__ = int.__hash__\n"
            "PORT = Any(1)\n"
        ),
        check="protocol_can_be_imported",
        told=("PORT should be 5555",),
    ),
]
