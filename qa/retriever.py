"""Finding the passages that a question is about: two searches, fused, with neighbours lifted."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from index.cast import Cast
from index.people import TITLES, folded
from index.persist import StoryIndex
from index.query import Query
from index.records import Hit
from index.store import PassageStore
from qa.records import Retrieved

__all__ = ["Fusion", "Retriever", "convex_sum", "reciprocal_rank_fusion"]

Run = Sequence[Hit]
Fusion = Callable[[Sequence[Run]], Mapping[int, float]]

_DEPTH = 200
DEFAULT_WEIGHTS = (0.2, 0.2, 0.6)
"""Shares of meaning, words, and associated words: chosen, as is the neighbour's share, on the
tuning stories and on training questions of FairytaleQA."""
DEFAULT_NEIGHBOUR = 0.3


def reciprocal_rank_fusion(runs: Sequence[Run], k: int = 60) -> dict[int, float]:
    """Fuse by ranks: the sum of 1 / (k + rank) (Cormack, Clarke and Büttcher 2009).

    Scaled so that a passage that is first in every run has 1.
    """
    fused: dict[int, float] = {}
    for run in runs:
        for rank, hit in enumerate(run, 1):
            share = (k + 1) / (k + rank) / len(runs)
            fused[hit.passage_id] = fused.get(hit.passage_id, 0.0) + share
    return fused


def convex_sum(runs: Sequence[Run], weights: Sequence[float] = DEFAULT_WEIGHTS) -> dict[int, float]:
    """Fuse by scores: each run scaled to [0, 1], then weighted (Bruch, Gai and Ingber 2023).

    The lowest score scales to 0 where it is below zero, else zero itself does: a passage without
    any of the question's words gets nothing from the lexical run.
    """
    fused: dict[int, float] = {}
    for run, weight in zip(runs, weights, strict=False):
        scores = [hit.score for hit in run]
        low, high = min([0.0, *scores]), max([0.0, *scores])
        for hit in run:
            scaled = (hit.score - low) / (high - low) if high > low else 0.0
            fused[hit.passage_id] = fused.get(hit.passage_id, 0.0) + weight * scaled
    return fused


class Retriever:
    """Searches the stores of one story and fuses what they find.

    Args:
        index: the story.
        stores: what to search; by default meaning and words.
        fusion: how the runs become one score a passage.
        neighbour: what share of a neighbour's score a passage gets as well: the answer often
            stands a sentence away from the words of the question.
    """

    def __init__(
        self,
        index: StoryIndex,
        stores: Sequence[PassageStore] | None = None,
        fusion: Fusion = convex_sum,
        neighbour: float = DEFAULT_NEIGHBOUR,
    ) -> None:
        self._index = index
        self._names = _name_words(index.cast)
        self._stores: list[PassageStore] = (
            [index.dense, index.lexical, index.associative] if stores is None else list(stores)
        )
        self._fusion = fusion
        self._neighbour = neighbour

    def retrieve(
        self,
        query: Query,
        k: int = 5,
        bonus: Mapping[int, float] | None = None,
        also: Query | None = None,
    ) -> list[Retrieved]:
        """Return the `k` best passages, best first; ties in story order.

        Args:
            query: what to look for.
            k: how many passages.
            bonus: what passages gain beyond what was searched for, by passage id (see `cues`).
            also: the same in other words; a passage has the mean of what both give it.
        """
        lifted = self._searched(query, k)
        if also is not None:
            other = self._searched(also, k)
            lifted = {
                row: (lifted.get(row, 0.0) + other.get(row, 0.0)) / 2
                for row in lifted.keys() | other.keys()
            }
        for row, gain in (bonus or {}).items():
            lifted[row] = min(1.0, lifted.get(row, 0.0) + gain)
        best = sorted(lifted, key=lambda row: (-lifted[row], row))[:k]
        passages, parses = self._index.passages, self._index.parses
        return [
            Retrieved(rank, passages[row], lifted[row], parses[row])
            for rank, row in enumerate(best, 1)
        ]

    def _searched(self, query: Query, k: int) -> dict[int, float]:
        """Return the fused scores of what one query finds, neighbours lifted, by passage id."""
        named = frozenset(word for word in query.words if folded(word) in self._names)
        query = replace(query, names=named) if named else query
        scores = self._fusion([store.search(query, max(_DEPTH, k)) for store in self._stores])
        return {row: self._lifted(scores, row) for row in scores}

    def _lifted(self, scores: Mapping[int, float], row: int) -> float:
        beside = max(scores.get(row - 1, 0.0), scores.get(row + 1, 0.0))
        return (scores[row] + self._neighbour * beside) / (1 + self._neighbour)


def _name_words(cast: Cast) -> frozenset[str]:
    """Return the words of all names of a story's characters, folded; titles are no names."""
    aliases = (alias for one in cast.characters for alias in (one.name, *one.aliases))
    words = {folded(word) for alias in aliases for word in re.findall(r"[\w-]+", alias)}
    return frozenset(words - TITLES.keys())
