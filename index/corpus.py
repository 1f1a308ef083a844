"""All stories of a library, searched at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import accumulate

import numpy as np

from index.encoder import Vectors
from index.records import Hit
from index.segment import Segment
from index.term_store import bm25

__all__ = ["Corpus", "CorpusHit"]


@dataclass(frozen=True, slots=True)
class CorpusHit:
    """A passage found among all: the number of its story, its own in the story, its raw score."""

    story: int
    passage_id: int
    score: float


class Corpus:
    """Stories of one or several segments, less those that are gone. See `gathering.open_corpus`.

    Args:
        segments: each with the numbers of its stories that are gone.
    """

    def __init__(self, segments: Sequence[tuple[Segment, AbstractSet[int]]]) -> None:
        self._segments = [segment for segment, _ in segments]
        self.names = tuple(member.name for s in self._segments for member in s.members)
        """The name of each story by its number, those that are gone included."""
        self._firsts = list(accumulate((len(s.members) for s in self._segments), initial=0))
        alive = [np.ones(len(s.members), dtype=bool) for s in self._segments]
        for mask, (_, gone) in zip(alive, segments, strict=True):
            mask[sorted(gone)] = False
        self._alive = alive
        self._rows = [
            None if mask.all() else segment.rows(mask)
            for segment, mask in zip(self._segments, alive, strict=True)
        ]
        lengths = [s.terms.lengths[mask] for s, mask in zip(self._segments, alive, strict=True)]
        self._n_stories = sum(map(len, lengths))
        self._average = float(sum(part.sum() for part in lengths)) / max(1, self._n_stories)

    def __len__(self) -> int:
        """Return the number of passages that can be found."""
        pairs = zip(self._segments, self._rows, strict=True)
        return sum(len(s) if rows is None else int(rows.sum()) for s, rows in pairs)

    @property
    def n_stories(self) -> int:
        """The number of stories that can be found."""
        return self._n_stories

    def alive_stories(self) -> list[int]:
        """Return the numbers of the stories that can be found."""
        return [int(number) for number in np.flatnonzero(np.concatenate(self._alive))]

    def nearest(self, vector: Vectors, k: int) -> list[CorpusHit]:
        """Return the `k` passages of greatest inner product with `vector`, best first.

        Args:
            vector: float32, L2-normalised, shape (dimension,).
            k: how many passages.
        """
        found = []
        for segment, first, rows in zip(self._segments, self._firsts, self._rows, strict=False):
            for hit in segment.vectors.nearest(vector, k, rows):
                story, passage = segment.place(hit.passage_id)
                found.append(CorpusHit(first + story, passage, hit.score))
        return sorted(found, key=lambda hit: (-hit.score, hit.story, hit.passage_id))[:k]

    def matching(self, terms: Iterable[str], k: int) -> list[Hit]:
        """Return the `k` stories with the best BM25 scores for `terms`, by number; best first."""
        scores = np.zeros(len(self.names))
        for term in dict.fromkeys(terms):
            parts = []
            for segment, first, mask in zip(
                self._segments, self._firsts, self._alive, strict=False
            ):
                stories, counts = segment.terms.posting(term)
                stays = mask[stories]
                stories = stories[stays]
                parts.append((stories + first, counts[stays], segment.terms.lengths[stories]))
            stories, counts, lengths = (
                np.concatenate(column) for column in zip(*parts, strict=True)
            )
            scores[stories] += bm25(counts, lengths, self._n_stories, self._average)
        # Only the best are sorted: with many stories that is most of the time.
        near = np.flatnonzero(scores > 0)
        if len(near) > k > 0:
            near = near[scores[near] >= np.partition(scores[near], -k)[-k]]
        best = near[np.lexsort((near, -scores[near]))][: max(k, 0)]
        return [Hit(int(story), float(scores[story])) for story in best]
