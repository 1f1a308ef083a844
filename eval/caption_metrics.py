"""ROUGE-L and BLEU as coco-caption computes them, by which NarrativeQA's papers report.

Source: Chen et al. 2015, "Microsoft COCO Captions: Data Collection and Evaluation Server", and its
code; ROUGE-L is Lin 2004, BLEU Papineni et al. 2002. METEOR is left out: every implementation of it
needs WordNet or a Java program that would have to be fetched.
"""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "BETA",
    "BleuCounts",
    "bleu",
    "bleu_counts",
    "caption_rouge_l",
    "lcs_length",
    "treebank_words",
]

BETA = 1.2
"""Weight of recall in ROUGE-L: coco-caption's."""

Words = Sequence[str]

BleuCounts = NDArray[np.int64]
"""What BLEU needs of one answer, shape (10,): matched 1- to 4-grams, all 1- to 4-grams, the
answer's length, and that of the reference nearest in length. These add up over answers."""

_ORDERS = 4
_SMALL, _TINY = 1e-9, 1e-15  # coco-caption's, so that nothing is divided by zero
_ENDS = string.punctuation + " "
# The Treebank tokenizer parts only the last full stop from its word; others end sentences too.
_STOP = re.compile(r"(?<=[^\W_]{2})\.(?=[\"')\]]*\s)")
_ABBREVIATED = re.compile(
    r"(?<!\w)(?:Mr|Mrs|Ms|Dr|St|Sr|Jr|Prof|Rev|Hon|Gen|Col|Capt|Lt|Maj|Sgt|Fr|vs|Co)\Z",
    re.IGNORECASE,
)


def treebank_words(text: str) -> list[str]:
    """Return the Penn Treebank tokens of `text` in lower case, without punctuation at its ends.

    NarrativeQA's own tokenised columns are Treebank tokens with "s" for "'s". It is the same here,
    so that an answer gives the same words from its raw text as from these.
    """

    def parted(found: re.Match[str]) -> str:
        return "." if _ABBREVIATED.search(text[: found.start()]) else " ."

    words = " ".join(_tokenizer().tokenize(_STOP.sub(parted, text))).lower()
    return ["s" if word == "'s" else word for word in words.strip(_ENDS).split()]


@lru_cache(maxsize=1)
def _tokenizer() -> Any:
    from nltk.tokenize.treebank import TreebankWordTokenizer

    return TreebankWordTokenizer()


def lcs_length(one: Words, other: Words) -> int:
    """Return the length of the longest common subsequence of two lists of words."""
    row = [0] * (len(other) + 1)
    for word in one:
        diagonal = 0
        for place, candidate in enumerate(other, 1):
            above = row[place]
            row[place] = diagonal + 1 if word == candidate else max(above, row[place - 1])
            diagonal = above
    return row[-1]


def caption_rouge_l(answer: Words, references: Sequence[Words]) -> float:
    """Return coco-caption's ROUGE-L: F of the best precision and the best recall, beta 1.2.

    Both are taken separately: they may come from different references. 0 where the answer or all
    references are without words.
    """
    known = [reference for reference in references if reference]
    if not answer or not known:
        return 0.0
    lengths = [lcs_length(answer, reference) for reference in known]
    precision = max(lengths) / len(answer)
    recall = max(n / len(reference) for n, reference in zip(lengths, known, strict=True))
    if not precision or not recall:
        return 0.0
    return (1 + BETA**2) * precision * recall / (recall + BETA**2 * precision)


def bleu_counts(answer: Words, references: Sequence[Words]) -> BleuCounts:
    """Return what BLEU needs of one answer.

    A match counts as often as the n-gram is in the reference that has it most; of two references
    equally near in length the shorter one counts.
    """
    counts = np.zeros(2 * _ORDERS + 2, dtype=np.int64)
    for order in range(1, _ORDERS + 1):
        given = _ngrams(answer, order)
        most: Counter[tuple[str, ...]] = Counter()
        for reference in references:
            most |= _ngrams(reference, order)
        counts[order - 1] = (given & most).total()
        counts[_ORDERS + order - 1] = max(0, len(answer) - order + 1)
    counts[-2] = len(answer)
    lengths = [len(reference) for reference in references]
    counts[-1] = min(lengths, key=lambda n: (abs(n - len(answer)), n), default=0)
    return counts


def bleu(counts: BleuCounts, order: int) -> float:
    """Return corpus BLEU of an order from counts that are added up over all answers.

    The geometric mean of the n-gram precisions up to `order`, with the brevity penalty (Papineni
    et al. 2002), smoothed by coco-caption's two small numbers.
    """
    matched, total = counts[:order].astype(float), counts[_ORDERS : _ORDERS + order].astype(float)
    value = float(np.prod((matched + _TINY) / (total + _SMALL)) ** (1 / order))
    ratio = (counts[-2] + _TINY) / (counts[-1] + _SMALL)
    return value * float(np.exp(1 - 1 / ratio)) if ratio < 1 else value


def _ngrams(words: Words, order: int) -> Counter[tuple[str, ...]]:
    return Counter(tuple(words[n : n + order]) for n in range(len(words) - order + 1))
