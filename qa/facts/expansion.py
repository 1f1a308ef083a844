"""Query expansion: beside a role that a question speaks of, the name of the one who has it."""

from __future__ import annotations

import re

from qa.facts.participants import Known

__all__ = ["expanded"]

_PHRASE = re.compile(r"\b[Tt]he (?:[a-z-]+ ){0,2}[a-z-]+")


def expanded(text: str, known: Known) -> str:
    """Return `text` with a character's name behind each role that only this one has.

    A story calls "the captain" so once, where she is introduced, and by her name from then on: the
    passages that tell what a question asks about have the name. To search for beside the question
    itself: alone, a name that stands in many passages outweighs the other words.
    """
    return _PHRASE.sub(lambda found: _named(found.group(), text, known), text)


def _named(phrase: str, text: str, known: Known) -> str:
    """Return a noun phrase of `text` with the name behind its role, or as it is."""
    words = phrase.split(" ")
    for n, word in enumerate(words[1:], 2):
        bearer = known.bearer(word)
        if bearer is None:
            continue
        name = known.cast.characters[bearer].name
        # Named already: the role tells which one is meant, or another who has it as well.
        if any(re.search(rf"\b{re.escape(part)}\b", text) for part in name.split()):
            return phrase
        return " ".join([*words[:n], name, *words[n:]])
    return phrase
