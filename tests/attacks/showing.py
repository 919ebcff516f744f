"""Control characters, HTML and marks of direction in every string that a report may show."""

from __future__ import annotations

from tests.attacks.attack import Attack, client, honest_server_after, protocol, server

ODD = (
    r"\x1b[2J\x1b]0;title\x07\x9b31m\0\r\x08\x7f\u202e\u2066\ud800<script>alert(1)</script>&amp;]]>"
)
# In a file's name there can be no zero byte and no slash.
NAME = "odd\x1b[2J\u202e<b>.py"

ATTACKS = [
    Attack(
        name="prints_controls",
        gains="What is printed acts on the terminal, or on the page, of whoever reads the report.",
        files=server(f"print('{ODD} printed')\n"),
        check="server_answers",
        told=("printed", "\\x1b[2J"),
    ),
    Attack(
        name="prints_bytes",
        gains="Bytes that are no text break whoever decodes them.",
        files=server("os.write(1, bytes(range(256)) * 8)\n"),
        check="server_answers",
        told=("\\x80",),
    ),
    Attack(
        name="raises_controls",
        gains="The text and the class of an exception are shown to whoever reads the report.",
        files=server(
            f"raise type('{ODD.replace(chr(92) + '0', '')}', (Exception,), {{}})('{ODD}')\n"
        ),
        check="server_answers",
        told=("The program stopped with", "\\x1b[2J"),
    ),
    Attack(
        name="raises_controls_in_a_function",
        gains="The same by way of the process that calls functions.",
        files=protocol(f"def create_msg(text): raise ValueError('{ODD}')\n"),
        check="message_is_framed",
        told=("it raised ValueError", "\\x1b[2J"),
    ),
    Attack(
        name="returns_controls",
        gains="What a function returned is shown to whoever reads the report.",
        files=protocol(f"def create_msg(text): return '{ODD}'\n"),
        check="message_is_framed",
        told=("it returned",),
    ),
    Attack(
        name="names_a_file_with_controls",
        gains="The name of a file is shown to whoever reads the report.",
        files=server(
            "import importlib.util\n"
            "(path,) = [name for name in os.listdir() if name.startswith('odd')]\n"
            "spec = importlib.util.spec_from_file_location('odd', os.path.abspath(path))\n"
            "spec.loader.exec_module(importlib.util.module_from_spec(spec))\n"
        )
        | {NAME: "raise ValueError('in it')\n"},
        links={"link\x1b[2J\u202e": "/"},
        check="server_answers",
        told=("ValueError: in it", "odd\\x1b[2J\\u202e<b>.py, line 1"),
    ),
    Attack(
        name="answers_with_controls",
        gains="What a server sends is shown to whoever reads the report.",
        files=server(f"greets('{ODD}'.encode('utf-8', 'replace'))\n"),
        check="name_is_accepted",
        told=("\\x1b[2J",),
    ),
    Attack(
        name="listens_on_an_odd_address",
        gains="A forged address is shown to whoever reads the report.",
        files=server(f"says({{'event': 'listening', 'host': '{ODD}' * 50, 'port': 5555}})\n"),
        check="server_answers",
        told=("listens on the address", "\\x1b[2J"),
    ),
    Attack(
        name="draws_controls_on_the_screen",
        gains="The screen of the client is shown to whoever reads the report.",
        files=client(f"starts(); print('{ODD} drawn')\nsys.stdin.read()\n"),
        check="message_is_shown_at_once",
        told=("drawn",),
    ),
    Attack(
        name="has_a_source_line_of_controls",
        gains="The line of the source that failed is shown to whoever reads the report.",
        files=server("1 / 0  # \x1b[2J \u202e <script>\n"),
        check="server_answers",
        told=("ZeroDivisionError", "\\x1b[2J"),
    ),
    Attack(
        name="is_right_and_prints_controls",
        gains="Nothing: a program that prints what it likes and is right has all its points.",
        files=honest_server_after(f"print('{ODD}' * 1000)"),
        check="name_is_accepted",
        outcome="passed",
    ),
]
