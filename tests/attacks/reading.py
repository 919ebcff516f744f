"""Attacks that read what is not theirs: by path, link, descriptor, environment, or /proc."""

from __future__ import annotations

from tests.attacks.attack import Attack, server

ALL = ("strong", "medium", "plain")

ATTACKS = [
    Attack(
        name="reads_by_path",
        gains="Files of the machine that anybody may read: solutions, other submissions.",
        files=server(
            "for path in ('@SECRET@', '/proc/self/root@SECRET@', '/proc/1/root@SECRET@'):\n"
            "    try: print(open(path).read())\n"
            "    except OSError as error: print(error.strerror)\n"
        ),
        check="server_answers",
        tiers=ALL,
        gets_through=("plain",),
        as_user=True,
        contained=True,
    ),
    Attack(
        name="reads_what_root_may_read",
        gains="The machine's passwords, and the sources of the grader.",
        files=server(
            "for path in ('/etc/shadow', '@GRADER@/cli.py'):\n"
            "    try: open(path).read(1)\n"
            "    except OSError: continue\n"
            "    print(@PROOF@)\n"
        ),
        check="server_answers",
        tiers=ALL,
        gets_through=("plain",),
        contained=True,
    ),
    Attack(
        name="reads_by_its_own_link",
        gains="A symbolic or hard link that the program makes leads out of its folder.",
        files=server(
            "for link in (os.symlink, os.link):\n"
            "    try:\n"
            "        link('@SECRET@', 'link-' + link.__name__)\n"
            "        print(open('link-' + link.__name__).read())\n"
            "    except OSError as error: print(error.strerror)\n"
        ),
        check="server_answers",
        tiers=ALL,
        gets_through=("plain",),
    ),
    Attack(
        name="hands_in_a_link",
        gains="The grader follows a symbolic link in the submission and copies what it leads to.",
        files=server("print(open('notes.txt').read(), open('folder/secret').read())\n"),
        links={"notes.txt": "@SECRET@", "folder": "@SECRET@/.."},
        check="server_answers",
        told=("No such file or directory",),
    ),
    Attack(
        name="reads_the_environment",
        gains="Tokens that the machine hands to the grader in its environment.",
        files=server("print(os.environ.get('SECRET_TOKEN', 'nothing'))\n"),
        check="server_answers",
        told=("nothing",),
    ),
    Attack(
        name="reads_environments_of_others",
        gains="Tokens in the environment of the grader and of other processes.",
        files=server(
            "for pid in filter(str.isdigit, os.listdir('/proc')):\n"
            "    try: text = open(f'/proc/{pid}/environ').read()\n"
            "    except OSError: continue\n"
            "    for part in text.split(chr(0)):\n"
            "        if part.startswith('SECRET_TOKEN'): print(part)\n"
        ),
        check="server_answers",
        tiers=ALL,
        gets_through=("plain",),
        as_user=True,
        contained=True,
    ),
    Attack(
        name="reads_inherited_descriptors",
        gains="Files that the grader, or whoever called it, has open.",
        files=server(
            "for number in range(3, 1000):\n"
            "    try: print(os.pread(number, 1000, 0))\n"
            "    except OSError: pass\n"
            "for number in os.listdir('/proc/self/fd'):\n"
            "    try: print(open(f'/proc/self/fd/{number}').read() if int(number) > 2 else '')\n"
            "    except OSError: pass\n"
        ),
        check="server_answers",
        tiers=ALL,
    ),
    Attack(
        name="reads_descriptors_of_others",
        gains="Files that other processes have open, by way of /proc/PID/fd and pidfd_getfd.",
        files=server(
            "for pid in filter(str.isdigit, os.listdir('/proc')):\n"
            "    try: numbers = os.listdir(f'/proc/{pid}/fd')\n"
            "    except OSError: continue\n"
            "    for number in numbers if int(pid) != os.getpid() else ():\n"
            "        place = f'/proc/{pid}/fd/{number}'\n"
            "        try:\n"
            "            if '/secret' in os.readlink(place): print(open(place).read())\n"
            "        except OSError: pass\n"
        ),
        check="server_answers",
        tiers=ALL,
        gets_through=("plain",),
    ),
    Attack(
        name="writes_outside",
        gains="Results, or other people's files, wherever anybody may write.",
        files=server(
            "try: open('@OUTSIDE@/results.json', 'w').write('100')\n"
            "except OSError as error: print(error.strerror)\n"
        ),
        check="server_answers",
        tiers=ALL,
        gets_through=("plain",),
        as_user=True,
        contained=True,
    ),
]
