"""Where in a story a question points: to an introduction, the beginning, or the end."""

from __future__ import annotations

import re

from index.persist import StoryIndex
from qa.question import STORY, Question, QuestionType

__all__ = ["place_bonus"]

_END = re.compile(
    r"\b(?:in|at) the (?:very )?end\b|\bfinally\b|\bending\b|\bend(?:s|ed)? up\b"
    r"|\b(?:last|final|closing) (?:scene|moments?|chapter|words?|image)\b"
    rf"|\b{STORY} (?:end|close|finish|conclude)",
    re.IGNORECASE,
)
_BEGINNING = re.compile(
    r"\b(?:in|at) the (?:very )?(?:beginning|start|opening)\b|\bat first\b|\binitially\b"
    r"|\b(?:first|opening) (?:scene|chapter|image)\b"
    rf"|\b{STORY} (?:begin|start|open)",
    re.IGNORECASE,
)
_REACH = 0.12  # share of the story that counts as its beginning or its end
_BONUS = 0.35


def place_bonus(question: Question, index: StoryIndex) -> dict[int, float]:
    """Return what passages gain by their place, by passage id: between 0 and 0.35."""
    count = len(index.passages)
    reach = max(1.0, _REACH * count)
    bonus: dict[int, float] = {}
    if _END.search(question.text):
        bonus |= {r: _BONUS for r in range(count) if count - 1 - r < reach}
    if _BEGINNING.search(question.text):
        bonus |= {r: _BONUS for r in range(count) if r < reach}
    if question.type is QuestionType.WHO_IS:
        row = _introduction(question, index)
        bonus |= {} if row is None else {row: _BONUS}
    return bonus


def _introduction(question: Question, index: StoryIndex) -> int | None:
    """Return the first passage that names whom the question asks about."""
    words = set(re.findall(r"\w+(?:-\w+)*", question.text.lower()))
    for row, tokens in enumerate(index.parses):
        if any(t.pos == "PROPN" and t.text.lower() in words for t in tokens):
            return row
    return None
