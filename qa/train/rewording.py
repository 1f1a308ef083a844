"""Questions in other words: synonyms and wider words from WordNet (Fellbaum 1998).

Who asks seldom has the story's words at hand. Data made by people who had the text before them asks
with its own words, and a reader learns to look for those.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import DataError, shown
from qa.conversation.inflection import gerund, past_form, third_form
from qa.train.negatives import ROLES

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

__all__ = ["Thesaurus", "reworded"]

_KINDS = {"NOUN": "noun", "VERB": "verb", "ADJ": "adj"}
_SENSES = {"1": "noun", "2": "verb", "3": "adj", "5": "adj"}
_KEPT = frozenset(
    "be have do will can happen feel person people man woman boy girl thing story one other many "
    "much kind type name time way first last long old day year get go make take give say tell "
    "use".split()
)
"""Words that ask, or that have too many senses."""

_COMMONEST = 50  # uses in WordNet's texts from which a word is as common as any
_WIDER = 0.3  # how often a wider word may stand in
_SECOND = 0.4  # how often a word's second sense is meant


_WANTED = "name a folder with WordNet's index and data files, such as /usr/share/wordnet"


@dataclass(frozen=True, slots=True)
class Thesaurus:
    """WordNet's senses: lemmas of each (lemma, kind), commonest sense first, and wider senses.

    `senses` maps to the synsets' offsets, `synsets` to their words and the offset of the first
    wider one, `uses` to how often the lemma was tagged so in texts.
    """

    senses: dict[tuple[str, str], tuple[str, ...]]
    synsets: dict[tuple[str, str], tuple[tuple[str, ...], str]]
    uses: dict[tuple[str, str], int]

    @classmethod
    def load(cls, folder: Path) -> Thesaurus:
        """Read WordNet's files `index.*`, `data.*` and `cntlist.rev` (Debian: wordnet-base).

        Raises:
            DataError: a file is missing or not WordNet's.
        """
        senses: dict[tuple[str, str], tuple[str, ...]] = {}
        synsets: dict[tuple[str, str], tuple[tuple[str, ...], str]] = {}
        uses: defaultdict[tuple[str, str], int] = defaultdict(int)
        try:
            for kind in _KINDS.values():
                for row in _rows(folder / f"index.{kind}"):
                    senses[row[0], kind] = tuple(row[-int(row[2]) :])
                for row in _rows(folder / f"data.{kind}"):
                    count = int(row[3], 16)
                    words = tuple(row[4 + 2 * n].split("(")[0] for n in range(count))
                    rest = row[4 + 2 * count :]
                    wider = (rest[n + 1] for n in range(1, len(rest) - 1) if rest[n] == "@")
                    synsets[row[0], kind] = words, next(wider, "")
            for row in _rows(folder / "cntlist.rev"):
                lemma, sense = row[0].split("%")
                if kind := _SENSES.get(sense[0], ""):
                    uses[lemma, kind] += int(row[2])
        except OSError as error:
            raise DataError(
                f"cannot read {shown(error.filename)}: {error.strerror}; {_WANTED}"
            ) from error
        except (ValueError, IndexError) as error:
            raise DataError(f"{shown(folder)} does not hold WordNet: {error}; {_WANTED}") from error
        return cls(senses, synsets, dict(uses))

    def others(self, lemma: str, kind: str, rng: random.Random) -> list[tuple[str, int]]:
        """Return words that may stand for a lemma, weighted by how common they are."""
        found: list[tuple[str, int]] = []
        for rank, offset in enumerate(self.senses.get((lemma, kind), ())[:2]):
            if rank and rng.random() > _SECOND:
                break
            words, wider = self.synsets[offset, kind]
            found += [(word, 3) for word in words]
            if wider and rng.random() < _WIDER:
                found += [(word, 1) for word in self.synsets[wider, kind][0][:2]]
        return [
            (word, share * min(1 + uses, _COMMONEST))
            for word, share in found
            if word != lemma and word.islower() and (uses := self.uses.get((word, kind), 0))
        ]


def reworded(
    question: Doc, thesaurus: Thesaurus, rng: random.Random, share: float = 0.5
) -> str | None:
    """Return a parsed question with about `share` of its content words exchanged, None for none."""
    parts, changed = [], False
    for token in question:
        new = _other(token, thesaurus, rng) if _free(token) and rng.random() < share else None
        changed |= new is not None
        parts.append((new or token.text) + token.whitespace_)
    text = re.sub(r"\b([Aa]) (?=[aeiou])", r"\1n ", "".join(parts))
    text = re.sub(r"\b([Aa])n (?=[bcdfgjklmnpqrstvwxyz])", r"\1 ", text)
    return text if changed else None


def _free(token: Token) -> bool:
    """Tell whether a token is a plain content word: no name, no part of "set off", no role."""
    lemma = token.lemma_.lower()
    plain = token.text.islower() and len(token.text) > 2 and token.dep_ not in {"aux", "auxpass"}
    whole = not any(child.dep_ == "prt" for child in token.children)
    return token.pos_ in _KINDS and plain and whole and lemma not in _KEPT | ROLES


def _other(token: Token, thesaurus: Thesaurus, rng: random.Random) -> str | None:
    options = thesaurus.others(token.lemma_.lower(), _KINDS[token.pos_], rng)
    if not options:
        return None
    words, weights = zip(*options, strict=True)
    head, *rest = rng.choices(words, weights)[0].split("_")
    if token.pos_ == "NOUN" and rest:
        return " ".join([head, *rest[:-1], _inflected(rest[-1], token.tag_)])
    return " ".join([_inflected(head, token.tag_), *rest])


def _inflected(word: str, tag: str) -> str:
    forms: dict[str, Callable[[str], str]] = {
        "VBD": past_form,
        "VBN": past_form,
        "VBZ": third_form,
        "VBG": gerund,
        "NNS": third_form,
    }
    return forms[tag](word) if tag in forms else word


def _rows(file: Path) -> list[list[str]]:
    lines = file.read_text(encoding="utf-8").splitlines()
    return [line.split(" | ")[0].split() for line in lines if not line.startswith("  ")]
