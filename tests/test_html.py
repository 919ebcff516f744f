"""The HTML report in a real browser: it opens without errors, unfolds, filters, and stays text."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from grader.conversation import (
    Account,
    Call,
    Expectation,
    Place,
    Ruler,
    Step,
    Thread,
)
from grader.declaration import Check
from grader.report import html
from grader.result import Grading, Outcome, Result

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
HOSTILE = (
    "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"
    "\x1b[31m\x00\u202eevil\u2066 {{ 7*7 }} ]]>--></style></svg></details><b id=planted>"
)
browser_needed = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here")


def hostile_account() -> Account:
    place = Place(HOSTILE, 3, HOSTILE, HOSTILE)
    call = Call(HOSTILE, HOSTILE, 4, HOSTILE, HOSTILE.encode(), place, 3, 9999, True)
    return Account(
        program="chat_server.py",
        steps=(
            Step("alice", "does", "(connects)"),
            Step("alice", "sends", HOSTILE),
            Step("alice", "sends bytes", data=HOSTILE.encode()),
            Step("alice", "gets", HOSTILE, printed=HOSTILE),
        ),
        total=4,
        expectation=Expectation("alice", f"`{HOSTILE}`", HOSTILE, 4, True),
        rulers=(Ruler(HOSTILE, HOSTILE.encode(), (3,), 5, HOSTILE, 9),),
        threads=(Thread((place,), call),),
        calls=(call,),
        printed=HOSTILE,
        screen=(HOSTILE,),
        is_stuck=True,
    )


def grading() -> Grading:
    """Return a grading with hostile text wherever a submission can put some."""
    results = [
        Result(Check("good", "A good one.", "names", 1, None, "hint"), Outcome.PASSED),
        Result(
            Check("bad", "A bad one.", "names", 1, None, "hint"),
            Outcome.FAILED,
            HOSTILE,
            account=hostile_account(),
        ),
        Result(Check("open", "An open one.", "messages", 1, None, "hint"), Outcome.TODO, HOSTILE),
        Result(
            Check("waiting", "One that waits.", "messages", 1, None, "hint"),
            Outcome.BLOCKED,
            "Waits for bad.",
            "bad",
        ),
    ]
    return Grading(HOSTILE, "plain", [HOSTILE], results, 1.0)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Open the page in the browser; anything that goes wrong there fails the test."""
    from playwright.sync_api import sync_playwright

    path = tmp_path_factory.mktemp("html") / "report.html"
    path.write_text(html.render(grading()), encoding="utf-8")
    wrong: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-quic"]
        )
        opened = browser.new_page()
        opened.on("console", lambda message: wrong.append(message.text))
        opened.on("pageerror", lambda error: wrong.append(str(error)))
        opened.on(
            "request",
            lambda sent: wrong.append(sent.url) if "report.html" not in sent.url else None,
        )
        opened.goto(path.as_uri())
        yield opened
        browser.close()
    assert wrong == []


# Without a browser


def test_page_needs_nothing_else() -> None:
    text = html.render(grading())
    for loader in ("http://", "https://", "src=", "@import", "url("):
        assert loader not in text.replace("http://www.w3.org/2000/svg", "").replace("src=x", ""), (
            loader
        )
    assert text.count("<script>") == 1


# In the browser


@browser_needed
def test_hostile_text_stays_text(page: Any) -> None:
    assert page.title().startswith("<script>document.title='owned'</script><img")
    assert page.locator("#planted").count() == 0
    assert page.locator("img").count() == 0
    shown = page.locator("body").inner_text()
    assert "<script>document.title='owned'</script>" in shown
    assert "\\x1b[31m\\x00\\u202eevil" in shown
    assert "{{ 7*7 }}" in shown
    for character in "\x1b\x00\u202e\u2066":
        assert character not in page.content()


@browser_needed
def test_first_failure_is_unfolded_and_others_unfold_with_the_keyboard(page: Any) -> None:
    assert page.locator("#bad").get_attribute("open") is not None
    other = page.locator("#open")
    assert other.get_attribute("open") is None
    other.locator("summary").first.focus()
    page.keyboard.press("Enter")
    assert other.get_attribute("open") is not None
    page.keyboard.press("Enter")
    assert other.get_attribute("open") is None
    page.get_by_role("button", name="Unfold all").click()
    assert page.locator("details.check[open]:visible").count() == 3
    page.get_by_role("button", name="Fold all", exact=True).click()
    assert page.locator("details.check[open]:visible").count() == 0


@browser_needed
def test_checks_are_filtered(page: Any) -> None:
    shown = page.locator("details.check:visible")
    assert shown.count() == 3  # what passed is hidden at first
    page.get_by_label("passed (1)").check()
    assert shown.count() == 4
    assert page.get_by_role("status").inner_text() == "4 of 4 checks shown"
    page.get_by_label("Stage").select_option("messages")
    assert shown.count() == 2
    page.get_by_label("not run (1)").uncheck()
    assert shown.count() == 1
    page.get_by_label("Stage").select_option("")
    page.get_by_label("not run (1)").check()


@browser_needed
def test_link_of_the_overview_leads_to_a_check_that_was_hidden(page: Any) -> None:
    page.get_by_label("passed (1)").uncheck()
    page.locator("a.mark.passed").first.click()
    page.locator("#good[open]").wait_for()
    assert page.locator("#good").is_visible()


@browser_needed
def test_page_is_readable_in_light_dark_and_print(page: Any) -> None:
    colours = "() => [getComputedStyle(document.body).color,\
        getComputedStyle(document.body).backgroundColor]"
    for scheme, paper in (("light", "rgb(255, 255, 255)"), ("dark", "rgb(13, 17, 23)")):
        page.emulate_media(color_scheme=scheme)
        ink, background = page.evaluate(colours)
        assert background == paper
        assert ink != background
    page.emulate_media(media="print", color_scheme="light")
    assert not page.locator(".filter").is_visible()
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details.check.failed[open]").count() == 1
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="screen")
    page.set_viewport_size({"width": 380, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@browser_needed
def test_screen_reader_hears_what_pictures_and_marks_show(page: Any) -> None:
    assert page.locator("a.mark .unseen").first.inner_text() == "A good one. passed."
    for picture in page.locator("#bad svg").all():
        named = [
            page.locator(f"#{n}").first for n in picture.get_attribute("aria-labelledby").split()
        ]
        assert all(part.text_content() for part in named)
    assert page.locator("h1").count() == 1
    assert page.locator("html").get_attribute("lang") == "en"
