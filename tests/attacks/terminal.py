"""Hostile clients at the grader's terminal."""

from __future__ import annotations

from tests.attacks.attack import Attack, client

CHECK = "message_is_shown_at_once"

ATTACKS = [
    Attack(
        name="floods_the_screen",
        gains="The emulator draws more than anybody reads, for ever.",
        files=client("starts()\nwhile True: os.write(1, b'x' * 65536)\n"),
        check=CHECK,
        outcome="any but passed",  # the flood may come before or after the greeting is seen
    ),
    Attack(
        name="clears_the_screen_for_ever",
        gains="Four bytes make the emulator clear two thousand cells.",
        files=client("starts()\nwhile True: os.write(1, b'\\x1b[2J' * 16000)\n"),
        check=CHECK,
        outcome="any but passed",  # the flood may come before or after the greeting is seen
    ),
    Attack(
        name="piles_marks_on_a_letter",
        gains="A cell that grows with every mark takes the emulator ever longer.",
        files=client(
            "starts()\nprint('a' + '\\u0301' * 3_000_000, flush=True)\nsys.stdin.read()\n"
        ),
        check=CHECK,
        outcome="any but passed",  # the flood may come before or after the greeting is seen
    ),
    Attack(
        name="sends_a_title_without_an_end",
        gains="A control sequence that does not end is kept until it does.",
        files=client("starts()\nos.write(1, b'\\x1b]0;')\nwhile True: os.write(1, b'x' * 65536)\n"),
        check=CHECK,
        outcome="any but passed",  # the flood may come before or after the greeting is seen
    ),
    Attack(
        name="sends_wild_sequences",
        gains="Sequences that no terminal knows make the emulator stumble, and the grader with it.",
        files=client(
            "starts()\nos.write(1, b'\\x1b[' + b'9' * 10000 + b'd\\x1b[?3h\\x1b%@\\x1b(0\\x1b#8'\n"
            "    + b'\\x1b[999999999999L\\x1b[-5;x\\x1b[4h\\x1b[;;;;H' + bytes(range(256)))\n"
            "sys.stdin.read()\n"
        ),
        check=CHECK,
        outcome="any but passed",
    ),
    Attack(
        name="changes_the_screen_for_ever",
        gains="While the screen changes, the grader waits for what may still come.",
        files=client("starts()\nwhile True: os.write(1, b'.'); time.sleep(0.1)\n"),
        check=CHECK,
        told=("The screen should show",),
        patience=2,
    ),
    Attack(
        name="plays_with_the_terminal",
        gains="Who takes the terminal for itself, or types into it, keeps the grader out.",
        files=client(
            "import fcntl, termios\nstarts()\n"
            "for what, value in ((termios.TIOCEXCL, 0), (termios.TIOCSTI, b'x'),\n"
            "                    (termios.TIOCNOTTY, 0), (termios.TIOCSWINSZ, bytes(8))):\n"
            "    try: fcntl.ioctl(0, what, value)\n"
            "    except OSError: pass\n"
            "termios.tcflow(1, termios.TCOOFF)\n"
        ),
        check=CHECK,
        outcome="any but passed",
        patience=3,
    ),
    Attack(
        name="fills_its_own_pipe",
        gains="Where standard input is full, who types into it waits for ever.",
        files=client(
            "import fcntl\nstarts()\nfcntl.fcntl(0, 1031, 4096)  # F_SETPIPE_SZ\n"
            "try:\n"
            "    pipe = os.open('/proc/self/fd/0', os.O_WRONLY | os.O_NONBLOCK)\n"
            "    while True: os.write(pipe, b'x')\n"
            "except OSError: print('full', flush=True); time.sleep(300)\n"
        ),
        check="piped_lines_are_sent",
        outcome="any but passed",
        as_user=True,
        patience=3,
    ),
]
