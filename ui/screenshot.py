"""The picture of the chat in the README: take it anew with `python -m ui.screenshot`.

It asks the shipped story a question that it answers and one that it does not, both named on the
command line if need be, and needs Playwright (`pip install .[test]`) and a Chromium.
"""

from __future__ import annotations

import argparse
import os
import shutil
from pathlib import Path

from index.errors import QAError

__all__ = ["CHROMIUM_ARGUMENTS", "chromium", "take"]

SIZE = (1280, 800)
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_NAMES = ("chromium", "chromium-browser", "google-chrome")


def chromium() -> str:
    """Return the path of the browser: $CHROMIUM, or the first one on the PATH.

    Raises:
        QAError: there is none.
    """
    for name in (os.environ.get("CHROMIUM", ""), *_NAMES):
        if name and (path := shutil.which(name)):
            return path
    raise QAError(f"no browser found under {', '.join(_NAMES)}; install one or set CHROMIUM")


def take(path: Path, story: str, questions: list[str], dark: bool = False) -> None:
    """Ask the questions in a browser, one after the other, and write a PNG of the page.

    Args:
        path: the file to write.
        story: name or path of the story.
        questions: what to ask; by default, the story's own example questions are a good choice.
        dark: whether the browser asks for dark colours.

    Raises:
        QAError: the story cannot be opened, or there is no browser.
    """
    from playwright.sync_api import sync_playwright

    from ui.app import build, open_shelf, serve

    executable = chromium()
    page = build(open_shelf(story))
    url = serve(page)
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=executable, args=CHROMIUM_ARGUMENTS
            )
            view = browser.new_page(
                viewport={"width": SIZE[0], "height": SIZE[1]},
                color_scheme="dark" if dark else "light",
                reduced_motion="reduce",
            )
            view.goto(url)
            for number, question in enumerate(questions):
                view.get_by_label("Your question").fill(question)
                view.get_by_label("Your question").press("Enter")
                view.locator(".qa-answer").nth(number).wait_for()
            view.wait_for_timeout(1000)  # the story scrolls to the citation
            view.screenshot(path=path)
            browser.close()
    finally:
        page.close(verbose=False)


def main() -> None:
    """Take the picture that the command line asks for."""
    from qa.agent import DEFAULT_STORY

    parser = argparse.ArgumentParser(description="Take a picture of the chat.")
    parser.add_argument("question", nargs="*", help="what to ask, by default two examples")
    parser.add_argument("--story", default=DEFAULT_STORY, help="name or path of the story")
    parser.add_argument("--out", type=Path, default=Path(__file__).with_name("chat.png"))
    parser.add_argument("--dark", action="store_true", help="in dark colours")
    given = parser.parse_args()
    take(given.out, given.story, given.question or _examples(given.story), given.dark)
    print(f"{given.out}: {given.out.stat().st_size:,} bytes")


def _examples(story: str) -> list[str]:
    """Return two of the story's examples, the second of which it seldom answers."""
    from qa.agent import open_agent
    from ui.examples import example_questions

    questions = example_questions(open_agent(story).index)
    return [questions[min(1, len(questions) - 1)], questions[-1]]


if __name__ == "__main__":
    main()
