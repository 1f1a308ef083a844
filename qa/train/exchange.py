"""Lessons in other words: words exchanged for ones like them, for a teacher to answer.

A small network that hears a bigger one on the same few questions learns those by heart. With words
exchanged for their nearest neighbours, as TinyBERT's data was augmented (Jiao et al. 2020), every
lesson is a new one; what its answer is now, only the teacher can tell.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from index.stopwords import STOP_WORDS
from qa.train.features import Group, Window

if TYPE_CHECKING:
    from tokenizers import Tokenizer

__all__ = ["exchanged", "neighbours"]

_AS_IT_IS = 0.35  # share of lessons in their own words
_ASKED, _ASKED_SHARE = 0.7, 0.25  # questions that change, and how many of their words
_TOLD, _TOLD_SHARE = 0.6, 0.12  # the same of texts
_FOLLOWED = 0.7  # how often the question goes along with what the text changed
_NEAR = 12
_AT_ONCE = 2_048
_SHORTEST = 3  # letters


def neighbours(tokenizer: Tokenizer, embeddings: NDArray[np.float32]) -> NDArray[np.int64]:
    """Return the nearest words of each word, by the cosine of their embeddings less the mean.

    Shape (vocabulary, 12); -1 for what is no whole word, or one of grammar.

    Args:
        tokenizer: splits words into the pieces that have embeddings.
        embeddings: float32, shape (vocabulary, width).
    """
    vocabulary = tokenizer.get_vocab()
    words = np.array(
        sorted(
            number
            for word, number in vocabulary.items()
            if word.isascii() and word.isalpha() and len(word) >= _SHORTEST
            if word not in STOP_WORDS
        )
    )
    found = np.full((len(embeddings), _NEAR), -1, np.int64)
    vectors = _unit(embeddings[words])
    vectors = _unit(vectors - vectors.mean(0))
    for begin in range(0, len(words), _AT_ONCE):
        rows = np.arange(begin, min(begin + _AT_ONCE, len(words)))
        near = vectors[rows] @ vectors.T
        near[np.arange(len(rows)), rows] = -np.inf
        best = np.argpartition(-near, _NEAR, axis=1)[:, :_NEAR]
        found[words[rows]] = words[best]
    return found


def exchanged(
    groups: Sequence[Group], tokenizer: Tokenizer, near: NDArray[np.int64], seed: int
) -> list[Group]:
    """Return the groups, over half of those that a teacher may answer in other words.

    Windows keep their length. A word of the text is exchanged for the same one all through it,
    and mostly in the question. The same for the same seed.
    """
    rng = random.Random(seed)  # noqa: S311
    goes_on = np.zeros(len(near), np.bool_)
    for word, number in tokenizer.get_vocab().items():
        goes_on[number] = word.startswith("##")
    return [_in_other_words(group, near, goes_on, rng) for group in groups]


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    lengths: NDArray[np.float32] = np.linalg.norm(vectors, axis=1, keepdims=True)
    found: NDArray[np.float32] = vectors / lengths
    return found


def _in_other_words(
    group: Group, near: NDArray[np.int64], goes_on: NDArray[np.bool_], rng: random.Random
) -> Group:
    asked = _ASKED_SHARE if rng.random() < _ASKED else 0.0
    told = _TOLD_SHARE if rng.random() < _TOLD else 0.0
    if not group.taught or rng.random() < _AS_IT_IS or not (asked or told):
        return group
    chosen: dict[int, int] = {}
    for piece in sorted({int(p) for w in group.windows for p in w.ids[w.offset :]}):
        if near[piece, 0] >= 0 and rng.random() < told:
            chosen[piece] = int(rng.choice(near[piece]))
    windows = tuple(_changed(w, near, goes_on, chosen, asked, rng) for w in group.windows)
    return replace(group, windows=windows, alone=True)


def _changed(
    window: Window,
    near: NDArray[np.int64],
    goes_on: NDArray[np.bool_],
    chosen: dict[int, int],
    asked: float,
    rng: random.Random,
) -> Window:
    ids = window.ids.copy()
    for place, piece in enumerate(window.ids[:-1].tolist()):
        if near[piece, 0] < 0 or goes_on[window.ids[place + 1]]:
            continue  # the first piece of a longer word is no word
        if piece in chosen and (place >= window.offset or rng.random() < _FOLLOWED):
            ids[place] = chosen[piece]
        elif place < window.offset and rng.random() < asked:
            ids[place] = rng.choice(near[piece])
    return replace(window, ids=ids)
