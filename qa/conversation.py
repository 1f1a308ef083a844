"""Follow-ups: a question that leans on the turns before it is put so that it stands alone.

A pronoun is replaced by a name only where one character of the latest turn that names any can be
meant; the turn's question counts before its answer. Everything else is left as it was asked: a
wrong rewriting changes the question.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.cast import Cast, Character
from index.passages import parse_question
from qa.records import Turn

__all__ = ["standalone"]

_PRONOUN = re.compile(r"\b(he|him|his|she|her|hers)\b", re.IGNORECASE)
_GENDER = {"he": "m", "him": "m", "his": "m", "she": "f", "her": "f", "hers": "f"}


def standalone(text: str, history: Sequence[Turn], cast: Cast) -> str | None:
    """Return `text` as a question that stands alone, or None where it does already.

    Args:
        text: the question as asked.
        history: earlier turns, oldest first.
        cast: the story's characters.
    """
    pronouns = _PRONOUN.findall(text)
    if not pronouns or not history or _named(text, cast):
        return None
    genders = {_GENDER[p.lower()] for p in pronouns}
    owning = _owning(text)
    # "What did he do to him?" speaks of two people.
    forms = {p.group().lower() for p in _PRONOUN.finditer(text) if p.start() not in owning}
    if len(genders) > 1 or forms > {"he"} or forms > {"she"}:
        return None
    meant = _meant(history, genders.pop(), cast)
    if meant is None:
        return None
    return _PRONOUN.sub(
        lambda found: meant.name + ("'s" if found.start() in owning else ""),
        text,
    )


def _meant(history: Sequence[Turn], gender: str, cast: Cast) -> Character | None:
    """Return the only character of that gender in the latest turn that names one."""
    for turn in reversed(history):
        for said in (turn.question, turn.answer):
            fitting = [c for c in _named(said, cast) if c.gender in {gender, ""}]
            sure = [c for c in fitting if c.gender]
            if len(fitting) == 1 or len(sure) == 1:
                return (sure or fitting)[0]
            if fitting:
                return None
    return None


def _named(text: str, cast: Cast) -> list[Character]:
    """Return the characters that `text` names, by any of their names."""
    return [
        character
        for character in cast.characters
        if any(re.search(rf"(?<!\w){re.escape(a)}(?!\w)", text, re.I) for a in character.aliases)
    ]


def _owning(text: str) -> set[int]:
    """Return the offsets of the pronouns that own: "her house", but "told her" does not."""
    owning = {"his", "hers"}
    return {
        token.start
        for token in parse_question(text)
        if token.text.lower() in owning or (token.tag == "PRP$" and token.dep == "poss")
    }
