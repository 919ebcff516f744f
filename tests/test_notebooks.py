"""The notebooks run, say the same each time, and keep their answers to themselves."""

from __future__ import annotations

import ast
import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import nbformat
import pytest

from grader import release
from grader.notebooks import editions, execution, opening, tables
from tests.running import ROOT, SOLUTION, run_lab

INSTRUCTORS, STUDENTS = SOLUTION / "notebooks", ROOT / "notebooks"
NAMES = [
    "01_length_field_framing",
    "02_select",
    "03_server_walkthrough",
    "04_client_walkthrough",
]
# The cells of the students' editions that need what the student has not written yet.
UNSOLVED = {
    "01_length_field_framing": {
        "5-four-characters-or-eight-bytes-7",
        "5-four-characters-or-eight-bytes-8",
        "7-all-2048-ways-to-cut-a-stream-9",
        "8-the-end-in-the-middle-7",
    },
    "02_select": {"12-fifty-clients-in-one-loop-4"},
}


def stored(folder: Path, name: str) -> Any:
    return nbformat.read(folder / f"{name}.ipynb", as_version=4)


def code_cells(notebook: Any) -> list[Any]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def texts(notebook: Any, kind: str) -> str:
    return "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == kind)


@pytest.mark.parametrize("name", NAMES)
def test_editions_are_what_a_run_of_the_source_gives(name: str) -> None:
    source = (INSTRUCTORS / f"{name}.py").read_text(encoding="utf-8")
    gaps = release.todos(SOLUTION)
    instructors = execution.executed(
        editions.edition(source, gaps, for_students=False), INSTRUCTORS, may_fail=False
    )
    assert_same(instructors, INSTRUCTORS, name)
    students = execution.executed(
        editions.edition(source, gaps, for_students=True), STUDENTS, may_fail=True
    )
    unsolved = execution.failures(students)
    assert set(unsolved.values()) == {"NotImplementedError"}
    if name in UNSOLVED:
        assert set(unsolved) == UNSOLVED[name]
    else:  # the walkthroughs: what runs the skeleton's programs
        running = {
            c.id for c in code_cells(students) if re.search(r"ChatServer\(|Desk\(", c.source)
        }
        assert running <= set(unsolved)
    assert_same(execution.with_recorded_outputs(students, instructors), STUDENTS, name)


def assert_same(notebook: Any, folder: Path, name: str) -> None:
    committed = (folder / f"{name}.ipynb").read_text(encoding="utf-8")
    for ran, kept in zip(notebook.cells, nbformat.reads(committed, 4).cells, strict=True):
        assert ran == kept, f"{folder.name}/{name}, {ran.id} is stale: python lab.py release"
    assert execution.text_of(notebook) == committed


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("folder", [STUDENTS, INSTRUCTORS], ids=["students", "instructors"])
def test_file_is_valid_small_and_says_nothing_of_the_machine(folder: Path, name: str) -> None:
    notebook = stored(folder, name)
    nbformat.validate(notebook)
    ids = [cell.id for cell in notebook.cells]
    assert len(set(ids)) == len(ids)
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    assert all(cell.metadata == {} for cell in notebook.cells)
    said = repr([output for cell in code_cells(notebook) for output in cell.outputs])
    for never in (
        str(ROOT),
        "/tmp/",
        "/home/",
        "/Users/",
        "C:\\\\",
        " at 0x",
        "widget",
        "Traceback",
    ):
        assert never not in said
    assert not re.search(r"127\.0\.0\.1['\"]?[:,] ?\d", said)
    assert (folder / f"{name}.ipynb").stat().st_size < 300_000


@pytest.mark.parametrize("name", NAMES)
def test_students_edition_holds_no_solution(name: str) -> None:
    text = "\n".join(cell.source for cell in stored(STUDENTS, name).cells)
    said = repr([output for cell in code_cells(stored(STUDENTS, name)) for output in cell.outputs])
    assert "SOLUTION" not in text + said
    sources = [*SOLUTION.glob("chat_*.py"), *editions.source_files(INSTRUCTORS)]
    for path in sources:
        for region in release.REGION.finditer(path.read_text(encoding="utf-8")):
            code = {line.strip() for line in region[0].splitlines() if "#" not in line}
            for line in code:
                assert len(line) < 35 or line not in text + said, f"{path}: {line}"
    answered = [cell for cell in code_cells(stored(STUDENTS, name)) if "guess = " in cell.source]
    assert all(re.fullmatch(r"guess = None  # .+", cell.source) for cell in answered)


def test_every_misconception_is_killed_in_one_experiment() -> None:
    found = [
        (number, section.notebook)
        for section in tables.sections(ROOT)
        for number, _ in tables.KILLED.findall(section.text)
    ]
    assert sorted(int(number[1:]) for number, _ in found) == list(range(1, 23))
    assert {notebook for _, notebook in found} == set(NAMES[:2])


def test_tables_are_those_of_the_sources() -> None:
    for document, made in tables.documents(ROOT).items():
        text = document.read_text(encoding="utf-8")
        assert release.with_tables(text, made) == text, f"{document}: python lab.py release"


def test_links_lead_to_sections_that_exist() -> None:
    links = [
        (document.parent / target, anchor)
        for document in (ROOT / "README.md", ROOT / "skeleton/README.md", STUDENTS / "README.md")
        for target, anchor in re.findall(
            r"\]\(([^)#]+\.ipynb)#([^)]+)\)", document.read_text(encoding="utf-8")
        )
    ]
    assert len(links) > 60
    for path, anchor in links:
        headings = re.findall(r"^#+ (.+)$", texts(nbformat.read(path, 4), "markdown"), re.MULTILINE)
        assert anchor in [heading.replace(" ", "-") for heading in headings], f"{path}#{anchor}"


def test_numbers_of_todos_are_those_of_the_skeleton() -> None:
    told: dict[int, str] = {}
    for name in NAMES:
        text = texts(stored(STUDENTS, name), "markdown")
        assert "{{" not in text
        for paragraph in re.findall(
            r"^\*\*Now you:\*\*.+?(?=\n\n|\Z)", text, re.DOTALL | re.MULTILINE
        ):
            head = " ".join(paragraph.split()).split(". ")[0]
            numbers = [int(number) for number in re.findall(r"\b(\d+)\b(?!`)", head)]
            told |= zip(numbers, re.findall(r"`([\w.]+)`", head), strict=True)
    assert told == todos_of_the_skeleton()


def todos_of_the_skeleton() -> dict[int, str]:
    found = {}
    for path in sorted((ROOT / "skeleton").glob("chat_*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        owners = {
            id(m): f"{c.name}." for c in tree.body if isinstance(c, ast.ClassDef) for m in c.body
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                (number,) = re.findall(r"'TODO (\d+)'", ast.unparse(node)) or [0]
                if number:
                    found[int(number)] = owners.get(id(node), "") + node.name
    return found


def given_module(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, STUDENTS / f"{name}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_given_modules_are_the_same_in_both_editions() -> None:
    assert {path.name for path in STUDENTS.glob("*.py")} == set(editions.GIVEN)
    for name in editions.GIVEN:
        assert (STUDENTS / name).read_bytes() == (INSTRUCTORS / name).read_bytes()


def test_given_modules_need_only_the_standard_library_and_the_pictures() -> None:
    own = {Path(name).stem for name in editions.GIVEN}
    for name in editions.GIVEN:
        for node in ast.walk(ast.parse((STUDENTS / name).read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                module = node.module or ""
                known = module.split(".")[0] in sys.stdlib_module_names | own
                assert known or module in ("grader.exercise", "grader.pictures"), module


def test_self_checks_explain_every_guess(capsys: pytest.CaptureFixture[str]) -> None:
    answers = given_module("answers")
    asked = []
    for name in NAMES[:2]:
        for section in [s for s in tables.sections(ROOT) if s.notebook == name]:
            cells = sections_cells(stored(INSTRUCTORS, name), section.heading)
            questions = re.findall(r'^check\("(.+)", guess\)$', texts_of(cells), re.MULTILINE)
            asked += questions
            for question in questions:
                offered = re.findall(r'^- `"(\w)"`:', section.text, re.MULTILINE)
                (guessed,) = re.findall(r'^guess = "(\w)"', texts_of(cells), re.MULTILINE)
                right, told = answers.QUESTIONS[question]
                assert list(told) == offered
                assert guessed == right
                assert "**Remember:**" in section.text
                for choice in [*offered, None, 3]:
                    answers.check(question, choice)
                    said = capsys.readouterr().out
                    if choice == right:
                        assert said == f"Right. {told[right]}\n"
                    elif choice in told:
                        assert said == f"Not so. {told[choice]}\n"
                    else:
                        assert '"a"' in said
    assert sorted(asked) == sorted(answers.QUESTIONS)
    assert len(asked) == 24


def sections_cells(notebook: Any, heading: str) -> list[Any]:
    """Return the cells from a heading to the next."""
    found: list[Any] = []
    inside = False
    for cell in notebook.cells:
        if title := re.search(r"^## (.+)$", cell.source, re.MULTILINE):
            inside = title[1] == heading
        if inside:
            found.append(cell)
    return found


def texts_of(cells: list[Any]) -> str:
    return "\n".join(cell.source for cell in cells if cell.cell_type == "code")


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("", NAMES[0]),
        ("01", NAMES[0]),
        ("select", NAMES[1]),
        ("02_select.ipynb", NAMES[1]),
        ("notebooks/03_server_walkthrough.ipynb", NAMES[2]),
        ("client", NAMES[3]),
    ],
)
def test_notebook_is_found_by_a_part_of_its_name(name: str, found: str) -> None:
    assert opening.find(name, STUDENTS).stem == found


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("selct", "There is no notebook selct. Did you mean 02_select?"),
        ("walkthrough", "may be 03_server_walkthrough or 04_client_walkthrough"),
        ("05", "There are: 01_length_field_framing, 02_select"),
    ],
)
def test_unknown_notebook_is_told_in_one_line(name: str, told: str) -> None:
    run = run_lab("notebook", name)
    assert run.returncode == 2
    assert run.stdout == ""
    assert told in run.stderr
    assert len(run.stderr.splitlines()) == 1


def test_source_becomes_two_editions() -> None:
    source = (
        '"""About the source."""\n\n# %% [markdown]\n# # A title\n#\n# TODO {{create_msg}}\n\n'
        '# %%\nguess = "b"  # "a" or "b"\n\n'
        "# %%\ndef half(n):\n    ### BEGIN SOLUTION divide it\n    return n / 2\n"
        "    ### END SOLUTION\n"
    )
    gaps = [release.Todo(7, "chat_protocol.py", "create_msg", "words")]
    students = editions.edition(source, gaps, for_students=True)
    assert [cell.id for cell in students.cells] == ["a-title-1", "a-title-2", "a-title-3"]
    assert [cell.source for cell in students.cells] == [
        "# A title\n\nTODO 7",
        'guess = None  # "a" or "b"',
        'def half(n):\n    # Your turn: divide it\n    raise NotImplementedError("your turn")',
    ]
    instructors = editions.edition(source, gaps, for_students=False)
    assert 'guess = "b"' in instructors.cells[1].source
    assert "return n / 2" in instructors.cells[2].source


@pytest.mark.parametrize(
    "source",
    ["# %%\n### BEGIN SOLUTION words\nx = 1\n", "# %% [markdown]\nno comment sign\n"],
)
def test_broken_source_is_refused(source: str) -> None:
    with pytest.raises(release.BadRegion):
        editions.edition(source, [], for_students=True)


def test_nobody_waits_for_a_clock() -> None:
    for path in INSTRUCTORS.glob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\bsleep\(|os\.fork|AF_UNIX", text), path
