"""Small texts made into what the question-to-answer modules take; no embedding model."""

from __future__ import annotations

from conftest import LetterEncoder

from index.build import build_index
from index.passages import split
from index.persist import StoryIndex
from index.records import Token
from index.stories import make_story
from qa.records import Retrieved, Span


def indexed(text: str) -> StoryIndex:
    return build_index(make_story("small", text), LetterEncoder())


def parsed(text: str) -> list[list[Token]]:
    return split(make_story("small", text))[1]


def retrieved(text: str) -> list[Retrieved]:
    """All sentences of `text`, as if found in story order."""
    passages, parses = split(make_story("small", text))
    rows = zip(passages, parses, strict=True)
    return [Retrieved(n, p, 1 / n, tokens) for n, (p, tokens) in enumerate(rows, 1)]


def span(text: str, part: str) -> Span:
    start = text.index(part)
    return Span(start, start + len(part), 1.0)
