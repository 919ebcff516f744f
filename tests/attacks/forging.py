"""Attacks that forge: results, reports of the launcher, answers of the worker, modules."""

from __future__ import annotations

from tests.attacks.attack import Attack, protocol, server

PROVES = "print(@PROOF@, flush=True)\n"
RESULT = '{"score": 100.0, "tests": [], "output": "Score: 100 of 100"}'

ATTACKS = [
    Attack(
        name="prints_a_result",
        gains="What the program prints is taken for the grader's own words, or for its file.",
        files=server(
            f"for place in ('.', '..', '/autograder/results', os.path.dirname(sys.argv[0])):\n"
            f"    try: open(place + '/results.json', 'w').write('{RESULT}')\n"
            f"    except OSError: pass\n"
            f"print('{RESULT}\\nScore: 100 of 100')\n"
        ),
        check="server_answers",
        told=("chat_server.py ended by itself",),
        as_user=True,
    ),
    Attack(
        name="forges_that_it_listens",
        gains="A report on the launcher's channel is taken for a server.",
        files=server("says({'event': 'listening', 'host': '127.0.0.1', 'port': 5555})\n"),
        check="server_answers",
        told=("the attempt was refused",),
    ),
    Attack(
        name="forges_odd_reports",
        gains="A report of odd shape makes the grader itself fail, and there is no score of 0.",
        files=server(
            "says({'event': 'died', 'kinds': [], 'message': 1, 'places': []},\n"
            "     {'event': 'listening', 'host': [], 'port': '5' * 5000}, [], {}, 5, 'x', None,\n"
            '     b\'{"event": "listening", "host": "x", "port": 1e999}\\n\',\n'
            "     {'event': 'died', 'kinds': ['E'], 'message': 'm', 'places': [{'file': 1}]},\n"
            "     {'event': 'died', 'kinds': {'a': 1}, 'message': {}, 'places': 'abc'},\n"
            "     b'\\xff\\xfe\\n', b'[' * 60000 + b'\\n', b'\\0' * 1000 + b'\\n')\n"
        ),
        check="server_answers",
        told=("the attempt was refused",),
    ),
    Attack(
        name="forges_odd_names",
        gains="An answer of odd shape makes the grader itself fail, and there is no score of 0.",
        files=protocol("from tricks import *\nsays({'names': 5})\n"),
        check="protocol_can_be_imported",
        told=("cannot be read",),
    ),
    Attack(
        name="forges_an_empty_exception",
        gains="An exception without a kind makes the grader itself fail.",
        files=protocol(
            "from tricks import *\n"
            "def create_msg(text):\n"
            "    says({'raised': {'kinds': [], 'message': '', 'places': []}})\n"
        ),
        check="message_is_framed",
        told=("cannot be read",),
    ),
    Attack(
        name="answers_in_advance",
        gains="Forged answers that are there before the questions are taken for the function's.",
        files=protocol(
            "from tricks import *\n"
            "def create_msg(text):\n"
            "    says(*[{'returned': {'bytes': '0005HELLO'}}] * 200)\n"
        ),
        check="message_is_framed",
        told=("should return b'0000'",),
    ),
    Attack(
        name="patches_the_worker",
        gains="Who finds the worker's objects by way of gc can make it answer anything.",
        files=protocol(
            "import gc\n"
            "def create_msg(text): return None\n"
            "for found in gc.get_objects():\n"
            "    if type(found).__name__ == 'Worker':\n"
            "        type(found).call = lambda *_, **__: {'returned': {'bytes': '0005HELLO'}}\n"
        ),
        check="message_is_framed",
        told=("should return b'0000'",),
    ),
    Attack(
        name="patches_json_and_socket",
        gains="Patched modules make every report say that all is well.",
        files=protocol(
            "import builtins, json, socket\n"
            'json.dumps = lambda *_, **__: \'{"passed": true, "returned": true}\'\n'
            "socket.socket.sendall = lambda *_: None\n"
            "builtins.len = lambda _: 0\n"
        ),
        check="message_is_framed",
        outcome="any but passed",
        patience=2,
    ),
    Attack(
        name="brings_modules_that_hide_others",
        gains="A json.py or socket.py beside the program is what the launcher or grader imports.",
        files={
            "json.py": PROVES,
            "socket.py": PROVES,
            "struct.py": PROVES,
            "grader/__init__.py": PROVES,
            "pytest.py": PROVES,
            "inside/launcher.py": PROVES,
            "chat_server.py": "raise SystemExit\n",
        },
        check="server_answers",
        as_user=True,
    ),
    Attack(
        name="brings_start_up_files",
        gains="Python or pytest runs a file of the submission before the grader decides.",
        files={
            "conftest.py": PROVES,
            "sitecustomize.py": PROVES,
            "usercustomize.py": PROVES,
            "evil.pth": "import sys; print(@PROOF@, file=sys.stderr)\n",
            "pytest.ini": "[pytest]\naddopts = -p evil\n",
            "setup.cfg": "[tool:pytest]\naddopts = -p evil\n",
            "pyproject.toml": "[tool.pytest.ini_options]\naddopts = '-p evil'\n",
            "chat_server.py": "raise SystemExit\n",
        },
        check="server_answers",
        as_user=True,
    ),
]
