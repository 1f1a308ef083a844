"""A tiny system for the tests of the harness: it knows answers by heart, and fails on demand."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from eval.dataset import Dataset, Evidence, Example
from index.errors import EncoderError, QuestionError, StoryError
from index.records import Passage, Story
from index.stories import make_story
from qa.records import Answer, Citation, Retrieved, Turn

TEXTS = {
    "mill": "The mill stood empty. Bram bought it in June. He paid with a grey horse.",
    "ferry": "Ila steered the ferry. The rope broke at noon.",
}


def sentences(story: Story) -> list[Passage]:
    found, start = [], 0
    for number, text in enumerate(story.text.split(". ")):
        body = text if text.endswith(".") else text + "."
        found.append(Passage(number, story.story_id, body, start, start + len(body)))
        start += len(body) + 1
    return found


@dataclass
class FakeAnswerer:
    story: Story
    system: FakeSystem
    passages: Sequence[Passage]

    def answer(self, question: str, history: Sequence[Turn]) -> Answer:
        system = self.system
        if system.asked is not None:
            with system.asked.open("a") as file:
                file.write(f"{os.getpid()} {question}\n")
        time.sleep(system.seconds)
        if question == system.fails:
            raise QuestionError("cannot be asked")
        if question == system.breaks:
            raise KeyboardInterrupt
        if question == system.dies:
            os._exit(3)
        short = dict(system.knows).get(question)
        best = self.passages[: 2 if short else 1]
        cited = next((p for p in best if short and short in p.text), best[0])
        shift = 1 if system.careless else 0
        return Answer(
            question=question,
            interpreted_as=f"after {len(history)}" if history else None,
            answer=short or "The story does not say.",
            short_answer=short,
            answerable=short is not None,
            confidence=0.9 if short else 0.1,
            citations=(Citation(cited.text, cited.start + shift, cited.end),) if short else (),
            passages=tuple(Retrieved(n, p, 1 / n) for n, p in enumerate(best, 1)),
            story=self.story.story_id,
        )


@dataclass
class FakeSystem:
    knows: tuple[tuple[str, str], ...] = ()
    name: str = "fake"
    fingerprint: str = "1"
    seconds: float = 0.0
    asked: Path | None = None
    fails: str | None = None
    breaks: str | None = None
    dies: str | None = None
    careless: bool = False
    refuses: str | None = None
    broken: bool = False
    prepared: list[str] = field(default_factory=list)

    def prepare(self, story: Story) -> FakeAnswerer:
        self.prepared.append(story.story_id)
        if self.broken:
            raise EncoderError("no weights; reinstall")
        if story.story_id == self.refuses:
            raise StoryError("too short")
        return FakeAnswerer(story, self, sentences(story))


def example(number: int, story: str, question: str, answer: str | None, kind: str) -> Example:
    """A question whose evidence is the sentence that has the answer."""
    evidence = [
        Evidence(p.start, p.end, p.text)
        for p in sentences(make_story(story, TEXTS[story]))
        if answer and answer in p.text
    ]
    references = (answer,) if answer else ()
    return Example(f"q{number}", story, question, kind, bool(answer), references, tuple(evidence))


def dataset() -> Dataset:
    examples = (
        example(1, "mill", "Who bought the mill?", "Bram", "who"),
        example(2, "ferry", "When did the rope break?", "noon", "when"),
        example(3, "mill", "What did he pay with?", "a grey horse", "what"),
        example(4, "mill", "Who built the mill?", None, "who"),
        example(5, "ferry", "Who steered the ferry?", "Ila", "who"),
    )
    stories = {name: make_story(name, text) for name, text in TEXTS.items()}
    return Dataset("tiny", stories, examples)
