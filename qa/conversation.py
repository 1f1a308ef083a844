"""Follow-ups: a question that leans on the turns before it is put so that it stands alone.

A pronoun is replaced by a name only where one character of the latest turn that names any can be
meant. Everything else is left as it was asked: a wrong rewriting changes the question.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.cast import Cast, Character
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
    if len(genders) > 1:
        return None
    meant = _meant(history, genders.pop(), cast)
    if meant is None:
        return None
    return _PRONOUN.sub(lambda found: _in_place(found, text, meant), text)


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


def _in_place(found: re.Match[str], text: str, character: Character) -> str:
    pronoun = found.group().lower()
    follows = re.match(r"\s+\w", text[found.end() :])
    owns = pronoun in {"his", "hers"} or (
        pronoun == "her" and follows and not _is_object(found, text)
    )
    return character.name + ("'s" if owns else "")


def _is_object(found: re.Match[str], text: str) -> bool:
    """Tell whether "her" before a word is an object: "told her to", "saw her in"."""
    rest = text[found.end() :].split()
    return bool(rest) and rest[0].lower().strip("?.,!") in _AFTER_OBJECT


_AFTER_OBJECT = frozenset(
    "to in on at by for from with and or that when while after before about into if as the a an "
    "so because again away back up down out off".split()
)
