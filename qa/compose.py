"""Putting a span of the story into a sentence, by the type of the question."""

from __future__ import annotations

from collections.abc import Sequence

from index.persist import StoryIndex
from qa.question import Question
from qa.records import Retrieved, Span

__all__ = ["compose", "decline"]


def compose(
    question: Question, span: Span, polarity: str | None, index: StoryIndex
) -> tuple[str, str]:
    """Return the short answer and the sentence that says it."""
    short = index.story.text[span.start : span.end]
    return short, short


def decline(retrieved: Sequence[Retrieved]) -> str:
    """Return the sentence that says that the story does not tell, and what comes nearest."""
    if not retrieved:
        return "The story does not say."
    return f"The story does not say. The nearest it comes: “{retrieved[0].passage.text}”"
