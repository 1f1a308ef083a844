"""An agent without models, for tests of the page and its server: it quotes the nearest sentence."""

from __future__ import annotations

import asyncio
import gc
import re
import threading
import warnings
from contextlib import suppress
from dataclasses import fields
from typing import Any

from index.persist import StoryIndex
from index.stories import make_story
from qa.agent import StoryAgent
from qa.records import Answer, Citation


class Scanner(StoryAgent):
    """Answers with the sentence that shares most words with the question."""

    def __init__(self, index: StoryIndex) -> None:
        self.index = index
        self.hold: threading.Semaphore | None = None
        self.held = threading.Semaphore(0)

    def ask(self, text: str, history: Any = (), k: int = 5) -> Answer:
        if self.hold:
            self.held.release()
            assert self.hold.acquire(timeout=100)
        words = set(re.findall(r"\w+", text.lower()))
        story = self.index.story.text
        found = max(
            re.finditer(r"[^.]+\.", story),
            key=lambda m: len(words & set(re.findall(r"\w+", m.group().lower()))),
        )
        start = found.start() + len(found.group()) - len(found.group().lstrip())
        quote = story[start : found.end()]
        cited = (Citation(quote, start, found.end()),)
        return Answer(text, None, quote, quote, True, 0.9, cited, (), self.index.story.story_id)


def scanned(text: str) -> Scanner:
    """Return a scanner of `text`; its index has neither parses nor stores."""
    rest = {field.name: None for field in fields(StoryIndex)}
    given: dict[str, Any] = {
        **rest,
        "story": make_story("made", text),
        "passages": [],
        "parses": [],
    }
    return Scanner(StoryIndex(**given))


def drop_loops() -> None:
    """Close the event loop that Gradio set for its locks, and collect those that it dropped."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with suppress(RuntimeError):
            asyncio.get_event_loop_policy().get_event_loop().close()
        asyncio.set_event_loop(None)
        gc.collect()
