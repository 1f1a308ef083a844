"""The chat in a real browser: Playwright drives the Chromium that is installed."""

from __future__ import annotations

import os
import re
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from page_fakes import Scanner, scanned

from index.build import build_index
from index.encoder import Encoder
from index.errors import QAError
from index.library import Library
from index.persist import StoryIndex
from index.stories import make_story
from qa.agent import SEEDS, StoryAgent
from qa.records import Alternative, Answer, Citation
from ui import app
from ui.app import build, launch, open_shelf, serve
from ui.limits import Turns
from ui.screenshot import CHROMIUM_ARGUMENTS, chromium
from ui.shelf import Shelf

WINTER = "".join(
    f"\n\nOn day {n} of that winter the snow lay on the roof of the barn, and nobody came up the "
    "road to sweep it from the door or to look after the hens."
    for n in range(1, 40)
)
STORY = (
    "<script>window.harmed=1</script> was painted on the barn 🐎🐎 by old Tobias Fenwick. He had "
    "a mare, <img src=x onerror='window.harmed=1'> Juniper, whom he loved. Clara Moss sold "
    f"Juniper in {{{{October}}}} for *ninety* crowns & **wept**.{WINTER}\n\n"
    "In spring the blacksmith Rufus 🐎 found a silver locket under the floor."
)
HOSTILE = "<b>Who</b><img src=x onerror='window.harmed=1'> **is** {{v}} ${v} `Rufus`?"
FOUND = "a silver locket"


class Scripted(StoryAgent):
    """An agent that cites what it is asked for, and declines all else: only the page is tested."""

    def __init__(self, index: StoryIndex) -> None:
        self.index = index

    def ask(self, text: str, history: Any = (), k: int = 5) -> Answer:
        base = Answer(text, None, "", None, False, 0.1, (), (), self.index.story.story_id)
        quotes = {"locket": FOUND, "paint": "🐎🐎 by old Tobias Fenwick", "Rufus": "Rufus 🐎"}
        for word, quote in quotes.items():
            start = self.index.story.text.find(quote)
            if word in text and start >= 0:
                citation = Citation(quote, start, start + len(quote))
                return replace(
                    base, answer=f"It was {quote}.", short_answer=quote, answerable=True,
                    confidence=0.9, citations=(citation,), interpreted_as=f"Who, {text}",
                )  # fmt: skip
        if text == "Was he old?":
            other = Alternative("Rufus <b>", "Was Rufus <b> old?")
            return replace(base, interpreted_as="Was Tobias old?", alternatives=(other,))
        return replace(base, answer="The story does not say.")


@dataclass
class Site:
    """A running chat and the browser that looks at it."""

    url: str
    browser: Any

    def open(self, **options: Any) -> Any:
        """Open the page in a browser context of its own; foreign requests are kept on it."""
        options.setdefault("viewport", {"width": 1280, "height": 800})
        context = self.browser.new_context(reduced_motion="reduce", **options)
        context.set_default_timeout(10_000)
        page = context.new_page()
        page.foreign = []
        page.on("request", lambda request: self._watch(page, request.url))
        page.goto(self.url)
        page.get_by_label("Your question").wait_for()
        return page

    def _watch(self, page: Any, url: str) -> None:
        if not url.startswith((self.url, "data:", "blob:")):
            page.foreign.append(url)


def missing(reason: str) -> None:
    """Skip where there is no browser; in CI that is a failure."""
    if os.environ.get("CI"):
        pytest.fail(f"{reason}, and CI is set: the chat must be tried in a browser")
    pytest.skip(f"{reason}: the chat is not tried in a browser")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        missing("playwright is not installed")
    try:
        path = chromium()
    except QAError as error:
        missing(str(error))
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGUMENTS)
        yield found
        found.close()


@pytest.fixture(scope="module")
def site(browser: Any, encoder: Encoder, tmp_path_factory: Any) -> Iterator[Site]:
    agent = Scripted(build_index(make_story("the-barn", STORY), encoder))
    home = tmp_path_factory.mktemp("library")
    seeds = home / "seeds"
    seeds.mkdir()
    (seeds / "second.txt").write_text(
        "Clara rowed to the isle. There Clara found a seal, and Clara fed it.", "utf-8"
    )
    page = build(Shelf(agent, Library(home, encoder, seeds)))
    url = serve(page)
    yield Site(url, browser)
    page.close(verbose=False)


def ask(page: Any, question: str) -> Any:
    """Ask by the keyboard, wait for the answer, and return it."""
    count = page.locator(".qa-answer").count()
    box = page.get_by_label("Your question")
    box.fill(question)
    box.press("Enter")
    answer = page.locator(".qa-answer").nth(count)
    answer.wait_for()
    return answer


def in_view(page: Any, selector: str) -> bool:
    """Tell whether an element of the story lies within the visible part of the story panel."""
    return bool(
        page.evaluate(
            """selector => {
              const panel = document.querySelector('.story').getBoundingClientRect();
              const mark = document.querySelector(selector).getBoundingClientRect();
              return mark.top >= panel.top && mark.bottom <= panel.bottom && mark.height > 0;
            }""",
            selector,
        )
    )


def wait_in_view(page: Any, selector: str) -> None:
    for _ in range(40):
        if page.locator(selector).count() and in_view(page, selector):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"{selector} was not scrolled into view")


def test_an_answer_is_shown_with_its_citation_in_view_beside_it(site: Site) -> None:
    page = site.open()
    answer = ask(page, "What was the locket like?")
    assert f"It was {FOUND}." in answer.inner_text()
    assert "Sure · 90%" in answer.inner_text()
    assert "Understood as: Who, What was the locket like?" in answer.inner_text()
    mark = page.locator(".story mark.current")
    assert mark.inner_text() == FOUND
    assert mark.get_attribute("data-label") == "1"
    wait_in_view(page, ".story mark.current")
    assert page.evaluate("document.querySelector('.story').scrollTop") > 500
    assert page.evaluate("window.scrollY") == 0
    assert page.get_by_label("Your question").input_value() == ""
    assert page.foreign == []


def test_a_declined_answer_says_so_and_marks_nothing(site: Site) -> None:
    page = site.open()
    answer = ask(page, "What did the king eat?")
    assert "Not in the story" in answer.inner_text()
    assert "%" not in answer.inner_text()
    assert answer.locator("[data-cite]").count() == 0
    assert page.locator(".story mark").count() == 0
    border = "e => getComputedStyle(e).borderTopStyle"
    assert answer.evaluate(border) == "dashed"
    assert ask(page, "And the locket?").evaluate(border) != "dashed"


def test_story_question_and_answer_are_shown_as_the_text_they_are(site: Site) -> None:
    page = site.open()
    ask(page, HOSTILE)
    assert page.locator(".qa-question").inner_text() == HOSTILE
    assert f"Understood as: Who, {HOSTILE}" in page.locator(".qa-answer").inner_text()
    assert page.locator(".story").evaluate("e => e.textContent") == STORY
    assert page.locator(".story :is(script, img, em, strong, b)").count() == 0
    assert page.locator("#chat :is(script, img, em, strong)").count() == 0
    ask(page, "Who did paint it?")  # the offsets after a character beyond 16 bits
    assert page.locator(".story mark.current").inner_text() == "🐎🐎 by old Tobias Fenwick"
    assert page.evaluate("window.harmed") is None
    assert page.foreign == []


def test_a_click_on_a_number_shows_its_place_again(site: Site) -> None:
    page = site.open()
    ask(page, "What about the locket?")
    ask(page, "Who did paint it?")
    wait_in_view(page, ".story mark.current")
    assert page.locator(".story mark.current").get_attribute("data-label") == "2"
    assert not in_view(page, '.story mark[data-label="1"]')
    page.get_by_label("Citation 1: show it in the story").click()
    wait_in_view(page, '.story mark[data-label="1"].chosen')


def test_two_browsers_have_two_conversations(site: Site) -> None:
    first, second = site.open(), site.open()
    ask(first, "What about the locket?")
    assert second.locator(".qa-answer").count() == 0
    ask(second, "Who did paint it?")
    assert second.locator(".qa-question").all_inner_texts() == ["Who did paint it?"]
    assert first.locator(".qa-question").all_inner_texts() == ["What about the locket?"]
    assert ask(first, "Rufus?").locator(".qa-cite").inner_text() == "2"


def test_a_question_too_long_is_refused_and_kept_in_the_box(site: Site) -> None:
    page = site.open()
    question = "<img src=x onerror='window.harmed=1'> why" * 30
    box = page.get_by_label("Your question")
    box.fill(question)
    box.press("Enter")
    toast = page.get_by_test_id("toast-text")
    toast.wait_for()
    assert "more than 1,000" in toast.inner_text()
    assert "<img src=x" in toast.inner_text()
    assert box.input_value() == question
    assert page.locator(".qa-question").count() == 0
    assert page.evaluate("window.harmed") is None


def test_an_example_asks_itself_and_undo_and_clear_take_back(site: Site) -> None:
    page = site.open()
    example = page.locator("#chat .example").first
    text = example.inner_text()
    example.click()
    page.locator(".qa-answer").wait_for()
    assert page.locator(".qa-question").inner_text() == text
    ask(page, "What about the locket?")
    page.get_by_role("button", name="Undo").click()
    page.locator(".story mark").wait_for(state="detached")
    assert page.locator(".qa-answer").count() == 1
    assert page.get_by_label("Your question").input_value() == "What about the locket?"
    page.get_by_role("button", name="New conversation").click()
    page.locator(".qa-answer").wait_for(state="detached")
    page.locator("#chat .example").first.wait_for()


def test_another_reading_is_a_button_that_asks_it(site: Site) -> None:
    page, other = site.open(), site.open()
    assert "Understood as: Was Tobias old?" in ask(page, "Was he old?").inner_text()
    page.get_by_role("button", name="Did you mean Rufus <b>?").click()
    page.locator(".qa-question").nth(1).wait_for()
    page.locator(".qa-answer").nth(1).wait_for()
    assert page.locator(".qa-question").nth(1).inner_text() == "Was Rufus <b> old?"
    assert page.get_by_role("button", name="Did you mean").count() == 0
    assert other.locator(".qa-question").count() == 0


def test_an_answer_is_copied_with_its_quotation(site: Site) -> None:
    page = site.open(permissions=["clipboard-read", "clipboard-write"])
    answer = ask(page, "What about the locket?")
    answer.get_by_label("Copy this answer").click()
    answer.get_by_text("Copied").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.endswith(f"It was {FOUND}. [1]\n[1] “{FOUND}”")


def test_another_story_begins_another_conversation(site: Site) -> None:
    page = site.open()
    ask(page, "What about the locket?")
    page.locator("#chooser input").click()
    page.get_by_role("option", name="second").click()
    page.get_by_label("The story").get_by_text("Clara rowed").wait_for()
    assert page.locator(".qa-answer").count() == 0
    assert "Clara" in page.locator("#chat .example").first.inner_text()


def test_an_uploaded_story_is_asked_and_stays_in_its_session(site: Site, tmp_path: Path) -> None:
    page = site.open()
    file = tmp_path / "island.txt"
    file.write_text("Bo kept bees 🐝 on the island. <i>Bo</i> sold honey to Mr. Gray.", "utf-8")
    page.locator("#own .label-wrap").click()
    page.locator("#own input[type=file]").set_input_files(file)
    page.get_by_label("The story").get_by_text("<i>Bo</i> sold honey").wait_for()
    assert page.locator("#chooser input").input_value() == "island (yours)"
    answer = ask(page, "Who sold honey to Mr. Gray?")
    if answer.locator(".qa-cite").count():
        assert page.locator(".story mark.current").count() == 1
    other = site.open()
    other.locator("#chooser input").click()
    other.get_by_role("option", name="second").wait_for()
    assert "island" not in " ".join(other.get_by_role("option").all_inner_texts())


def test_an_unusable_upload_is_refused_in_one_line(site: Site, tmp_path: Path) -> None:
    page = site.open()
    file = tmp_path / "latin.txt"
    file.write_bytes(b"The caf\xe9 was shut.")
    page.locator("#own .label-wrap").click()
    page.locator("#own input[type=file]").set_input_files(file)
    toast = page.get_by_test_id("toast-text")
    toast.wait_for()
    assert "'latin.txt' is not UTF-8" in toast.inner_text()
    assert page.locator("#chooser input").input_value() == "the-barn"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground(site: Site, scheme: str) -> None:
    page = site.open(color_scheme=scheme)
    ask(page, "What about the locket?")
    for selector in (".story p", ".story mark.current", ".qa-question", ".qa-text", ".qa-badge"):
        assert contrast(page, selector) >= 4.5, selector


def contrast(page: Any, selector: str) -> float:
    """Return the contrast ratio of WCAG 2 between an element's text and what is behind it."""
    ink, ground = page.evaluate(
        """selector => {
          let e = document.querySelector(selector);
          const ink = getComputedStyle(e).color;
          while (e && /^rgba\\(.*, 0\\)$|transparent/.test(getComputedStyle(e).backgroundColor))
            e = e.parentElement;
          return [ink, e ? getComputedStyle(e).backgroundColor : 'rgb(255, 255, 255)'];
        }""",
        selector,
    )
    low, high = sorted((luminance(ink), luminance(ground)))
    return (high + 0.05) / (low + 0.05)


def luminance(colour: str) -> float:
    parts = [int(n) / 255 for n in re.findall(r"\d+", colour)[:3]]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_on_a_narrow_screen_the_story_lies_below_the_chat(site: Site) -> None:
    page = site.open(viewport={"width": 390, "height": 844})
    ask(page, "What about the locket?")
    wait_in_view(page, ".story mark.current")
    question, story = (
        page.locator("#question").bounding_box(),
        page.locator("#story").bounding_box(),
    )
    assert story["y"] >= question["y"] + question["height"]
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.evaluate("window.scrollY") == 0


@pytest.fixture
def slow_site(browser: Any, tmp_path: Path, monkeypatch: Any) -> Iterator[tuple[Site, Scanner]]:
    """A chat whose answers wait until they are let go; one question is answered, one waits."""
    monkeypatch.setattr(app, "Turns", lambda *_: Turns(1, 1))
    agent = scanned("The heron stood in the reeds. A pike bit the boatman.")
    agent.hold = threading.Semaphore(0)
    page = build(Shelf(agent, Library(tmp_path, None)))  # type: ignore[arg-type]
    yield Site(serve(page), browser), agent
    agent.hold.release(9)
    page.close(verbose=False)


def test_a_question_is_shown_before_it_is_answered_and_asked_once(slow_site: Any) -> None:
    site, agent = slow_site
    page = site.open()
    box = page.get_by_label("Your question")
    box.fill(HOSTILE)
    box.press("Enter")
    page.locator(".qa-question").wait_for()
    assert page.locator(".qa-question").inner_text() == HOSTILE
    assert page.locator("#chat :is(img, b)").count() == 0
    assert box.input_value() == ""
    assert page.locator(".qa-answer").count() == 0
    box.fill("And where?")
    box.press("Enter")  # the answer is still to come
    page.wait_for_timeout(300)
    assert box.input_value() == "And where?"
    agent.hold.release()
    page.locator(".qa-answer").wait_for()
    assert page.locator(".qa-question").all_inner_texts() == [HOSTILE]
    assert box.input_value() == "And where?"
    agent.hold.release()
    box.press("Enter")
    page.locator(".qa-answer").nth(1).wait_for()
    assert page.locator(".qa-question").all_inner_texts() == [HOSTILE, "And where?"]
    assert page.evaluate("window.harmed") is None


def test_who_comes_when_the_line_is_full_is_told_so_and_keeps_the_question(slow_site: Any) -> None:
    site, agent = slow_site
    pages = [site.open() for _ in range(3)]
    for page in pages:
        page.get_by_label("Your question").fill("Who bit the boatman?")
        page.get_by_label("Your question").press("Enter")
        if page is not pages[-1]:
            page.locator(".qa-question").wait_for()
    toast = pages[-1].get_by_test_id("toast-text")
    toast.wait_for()
    assert "try again in a moment" in toast.inner_text()
    pages[-1].locator(".qa-question").wait_for(state="detached")
    assert pages[-1].get_by_label("Your question").input_value() == "Who bit the boatman?"
    agent.hold.release(3)
    for page in pages[:2]:
        page.locator(".qa-answer").wait_for()
    pages[-1].get_by_label("Your question").press("Enter")
    pages[-1].locator(".qa-answer").wait_for()
    assert pages[-1].locator(".qa-question").count() == 1


def test_the_shipped_story_is_asked_end_to_end(browser: Any) -> None:
    shelf = open_shelf(str(next(SEEDS.glob("*.txt"))))
    chat = build(shelf)
    site = Site(serve(chat), browser)
    try:
        page = site.open()
        assert page.locator(".story").evaluate("e => e.textContent") == shelf.first.story.text
        page.locator("#chat .example").first.click()
        page.locator(".qa-answer").wait_for()
        if page.locator(".qa-cite").count():
            wait_in_view(page, ".story mark.current")
        assert page.foreign == []
    finally:
        chat.close(verbose=False)


def test_a_busy_port_is_one_line(encoder: Encoder) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(QAError, match=rf"127\.0\.0\.1:{port}.*in use.*--port") as caught:
            launch("no-such-story", port=port, open_browser=False)
    assert "\n" not in str(caught.value)


def test_an_impossible_address_is_one_line() -> None:
    with pytest.raises(QAError, match=r"cannot listen on '127\.0\.0\.1:70000'"):
        launch("no-such-story", port=70_000, open_browser=False)
