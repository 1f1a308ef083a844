"""Stories whose characters have other names: the same events are learnt, not who they befell.

A reader that meets a story again knows its answers by heart. With the names of another story it
must read (entity replacement: Longpre et al. 2021, Yan et al. 2022).
"""

from __future__ import annotations

import random
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from qa.train.data import Document, Example
from qa.train.negatives import names
from qa.train.targets import Target

__all__ = ["Pool", "Renaming", "pool", "renaming"]

_WORD = re.compile(r"[^\W\d_][\w\u2019'-]*")
_POSSESSIVE = re.compile(r"['\u2019]s?$")
_TITLES = frozenset("Mrs Sir Lady Lord King Queen Prince Princess Captain".split())
_PRONOUN = re.compile(r"\b(?:(he|him|his)|(she|her|hers))\b")
_REACH = 60  # characters behind a name in which a pronoun may take it up

Pool = Mapping[str, Sequence[str]]
"""Words that names are made of, by gender: `"m"`, `"f"`, and `""` where it is not told."""


@dataclass(frozen=True, slots=True)
class Renaming:
    """A document with other names.

    `words` tells the new word for each old one; `_places` and `_shifts` where in the old text
    offsets change, and by how much from there on.
    """

    document: Document
    words: Mapping[str, str]
    _places: Sequence[int]
    _shifts: Sequence[int]

    def example(self, example: Example) -> Example:
        """Return the question on the renamed document, names changed in it and its answers."""
        return replace(
            example,
            question=_replaced(example.question, self.words)[0],
            document=self.document,
            answers=tuple(_replaced(answer, self.words)[0] for answer in example.answers),
            region=(self._moved(example.region[0]), self._moved(example.region[1])),
            spans=tuple((self._moved(a), self._moved(b)) for a, b in example.spans),
        )

    def targets(self, targets: Sequence[Target]) -> tuple[Target, ...]:
        """Return the targets where they stand in the renamed document."""
        return tuple(Target(self._moved(t.start), self._moved(t.end), t.weight) for t in targets)

    def _moved(self, offset: int) -> int:
        return offset + self._shifts[bisect_right(self._places, offset)]


def pool(documents: Iterable[Document]) -> Pool:
    """Return the words of names in all the documents, each once.

    Those that are words besides, as "Green" is, are left out: a story keeps its own.
    """
    documents = list(documents)
    others = {word for d in documents for word in _WORD.findall(d.text) if word.islower()}
    found: dict[str, dict[str, None]] = {"m": {}, "f": {}, "": {}}
    for document in documents:
        for word in _name_words(document.text):
            if word.lower() not in others:
                found[_gender(document.text, word)][word] = None
    return {gender: list(words) for gender, words in found.items()}


def renaming(document: Document, words: Pool, rng: random.Random) -> Renaming:
    """Give each word of the document's names another of the same gender, everywhere the same.

    Args:
        document: whose names change.
        words: that names are made of; see `pool`.
        rng: what is drawn with.
    """
    known = {word for choices in words.values() for word in choices}
    old = [word for word in _name_words(document.text) if word in known]
    taken = set(old)
    new: dict[str, str] = {}
    for word in old:
        alike = words[_gender(document.text, word)]
        free = [w for w in alike if w not in taken] or sorted(known - taken)
        if free:
            new[word] = rng.choice(free)
            taken.add(new[word])
    text, places, shifts = _replaced(document.text, new)
    empty = Renaming(document, new, places, shifts)
    sentences = tuple((empty._moved(a), empty._moved(b)) for a, b in document.sentences)
    name = f"{document.name} with {' '.join(new.values())}"
    return Renaming(Document(name, text, sentences), new, places, shifts)


def _name_words(text: str) -> list[str]:
    """Return the words that the names of the text are made of, titles left out."""
    words = (word for name in names(text) for word in _WORD.findall(name))
    bare = dict.fromkeys(_POSSESSIVE.sub("", word) for word in words)
    return [w for w in bare if w.istitle() and w.isalpha() and len(w) > 2 and w not in _TITLES]


def _gender(text: str, word: str) -> str:
    """Tell the gender of a name by the pronouns that follow it; `""` if they do not tell."""
    votes = Counter[str]()
    for place in re.finditer(rf"\b{re.escape(word)}\b", text):
        found = _PRONOUN.search(text, place.end(), place.end() + _REACH)
        if found:
            votes["m" if found.group(1) else "f"] += 1
    most, other = votes["m"], votes["f"]
    return "" if max(most, other) < 2 * min(most, other) + 1 else "m" if most > other else "f"


def _replaced(text: str, words: Mapping[str, str]) -> tuple[str, list[int], list[int]]:
    """Return the text with its words changed; the ends of changed words in it, and what is added.

    The shifts are one more than the places: none before the first.
    """
    parts: list[str] = []
    places: list[int] = []
    shifts = [0]
    at = 0
    for found in _WORD.finditer(text):
        bare = _POSSESSIVE.sub("", found.group())
        if bare in words:
            end = found.start() + len(bare)
            parts += (text[at : found.start()], words[bare])
            places.append(end)
            shifts.append(shifts[-1] + len(words[bare]) - len(bare))
            at = end
    return "".join((*parts, text[at:])), places, shifts
