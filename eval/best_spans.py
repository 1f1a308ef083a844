"""The stretch of a story that comes nearest to the accepted answers.

It is what an extractive system could give at best, and it shows where a question is answered whose
evidence nobody marked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eval.caption_metrics import BETA, treebank_words

__all__ = [
    "CAPTION",
    "ROUGE",
    "ROUGE_STEMMED",
    "BestSpan",
    "Measure",
    "Word",
    "best_spans",
    "words_in",
]

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Word:
    """A word as the measure sees it, with its offsets in the text it came from."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class BestSpan:
    """A stretch of text, end-exclusive, with its score; a higher one is better."""

    start: int
    end: int
    score: float


@dataclass(frozen=True, slots=True)
class Measure:
    """How near a stretch of words comes to the references.

    Attributes:
        words: finds the words of a text.
        score: from the lengths of the longest common subsequences with each reference, shape
            (n_references, n), the length of the stretch, and those of the references, the scores,
            shape (n,).
        longest: most words of a stretch; None for any number.
        references: how many references count, from the first on; None for all.
    """

    words: Callable[[str], list[Word]]
    score: Callable[[Array, int, Array], Array]
    longest: int | None = None
    references: int | None = None


def words_in(text: str) -> list[Word]:
    """Return the Treebank words of a story where they stand; a word not found again is left out."""
    found: list[Word] = []
    lowered = text.lower() if len(text.lower()) == len(text) else text
    place = 0
    for word in treebank_words(text):
        form = _WRITTEN.get(word, word)
        start = lowered.find(form, place)
        if 0 <= start <= place + _GAP:
            found.append(Word(word, start, start + len(form)))
            place = start + len(form)
    return found


def best_spans(
    words: Sequence[Word], references: Sequence[Sequence[str]], measure: Measure
) -> list[BestSpan]:
    """Return all stretches with the best score, in the order of the text; none where it is 0.

    Only a stretch that starts and ends with a word of a reference can be best. Lengths are tried
    from 1 on, all starts at once, until even a stretch with all of a reference's words could not
    be better.

    Args:
        words: of the text, in order.
        references: the words of each reference.
        measure: what is best.
    """
    known = [reference for reference in references if reference]
    numbers = {w: n for n, w in enumerate(dict.fromkeys(w for r in known for w in r), 1)}
    ids = np.array([numbers.get(word.text, 0) for word in words], dtype=np.int64)
    starts = np.flatnonzero(ids)
    if not len(starts):
        return []
    wanted = [np.array([numbers[w] for w in reference]) for reference in known]
    tables = [np.zeros((len(starts), len(reference) + 1), dtype=np.int64) for reference in known]
    lengths = np.array([len(reference) for reference in known], dtype=np.float64)
    best, found = 1e-9, list[tuple[int, int]]()
    for length in range(1, min(measure.longest or len(words), len(words)) + 1):
        most = np.minimum(lengths, length)[:, None]
        if length > lengths.max() and measure.score(most, length, lengths)[0] < best:
            break
        inside = starts + length - 1 < len(words)
        last = np.where(inside, ids[np.minimum(starts + length - 1, len(words) - 1)], 0)
        for table, reference in zip(tables, wanted, strict=True):
            # One row of the usual table a start; a match prolongs what the words before gave.
            longer = np.maximum.accumulate(table[:, :-1] + (last[:, None] == reference), axis=1)
            np.maximum(table[:, 1:], longer, out=table[:, 1:])
        common = np.array([table[:, -1] for table in tables], dtype=np.float64)
        scores = np.where(inside & (last > 0), measure.score(common, length, lengths), 0.0)
        top = float(scores.max())
        if top > best + 1e-9:
            best, found = top, []
        if top >= best - 1e-9:
            ends = np.flatnonzero(scores >= best - 1e-9)
            found += [(int(starts[n]), int(starts[n]) + length - 1) for n in ends]
    return [BestSpan(words[a].start, words[b].end, best) for a, b in sorted(found)]


def _caption_scores(common: Array, length: int, lengths: Array) -> Array:
    """Score as `caption_rouge_l` does."""
    precision = common.max(axis=0) / length
    recall = (common / lengths[:, None]).max(axis=0)
    below = recall + BETA**2 * precision
    scores = (1 + BETA**2) * precision * recall
    scaled: Array = np.divide(scores, below, out=np.zeros_like(scores), where=below > 0)
    return scaled


def _f1_scores(common: Array, length: int, lengths: Array) -> Array:
    """Score as ROUGE-L's F1, over the best reference."""
    best: Array = (2 * common / (length + lengths[:, None])).max(axis=0)
    return best


def _rouge_words(text: str) -> list[Word]:
    """Return the words that `rouge_score` finds: runs of ASCII letters and digits."""
    return [Word(m.group().lower(), m.start(), m.end()) for m in _ASCII_WORD.finditer(text)]


def _stemmed_words(text: str) -> list[Word]:
    """Return the same, stemmed as `rouge_score` stems: from four letters on."""
    return [
        Word(_stem(w.text) if len(w.text) > 3 else w.text, w.start, w.end)
        for w in _rouge_words(text)
    ]


@lru_cache(maxsize=100_000)
def _stem(word: str) -> str:
    return str(_stemmer().stem(word))


@lru_cache(maxsize=1)
def _stemmer() -> Any:
    from nltk.stem.porter import PorterStemmer

    return PorterStemmer()


_GAP = 20  # a word further on is not the one that was meant
_WRITTEN = {"``": '"', "''": '"'}
_ASCII_WORD = re.compile(r"[A-Za-z0-9]+")

CAPTION = Measure(words_in, _caption_scores, longest=30)
"""NarrativeQA's: coco-caption's ROUGE-L over all references, at most 30 words."""

ROUGE = Measure(_rouge_words, _f1_scores, references=1)
"""ROUGE-L F1 of `rouge_score` without stemming, against the first reference, any length."""

ROUGE_STEMMED = Measure(_stemmed_words, _f1_scores, references=1)
"""The same with stemming, as FairytaleQA's papers measure."""
