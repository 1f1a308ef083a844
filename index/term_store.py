"""Which stories of a library have a question's words: postings of terms, a story one document."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

__all__ = ["Posting", "TermStore", "bm25"]

_K1, _B = 1.5, 0.75
_ARRAYS = ("bounds.npy", "stories.npy", "counts.npy", "lengths.npy")

Posting = tuple[NDArray[np.int32], NDArray[np.int32]]
"""The stories that a term stands in, ascending, and in how many passages of each."""


class TermStore:
    """The postings of all terms of some stories, as sparse columns.

    Args:
        columns: the column of each term.
        bounds: int64, shape (n_terms + 1,); column c is `stories[bounds[c]:bounds[c + 1]]`.
        stories: int32, shape (n_postings,), ascending in a column.
        counts: int32, shape (n_postings,): in how many passages of the story the term stands.
        lengths: int32, shape (n_stories,): the sum of the counts of each story.
    """

    def __init__(
        self,
        columns: Mapping[str, int],
        bounds: NDArray[np.int64],
        stories: NDArray[np.int32],
        counts: NDArray[np.int32],
        lengths: NDArray[np.int32],
    ) -> None:
        self._columns = columns
        self._bounds = bounds
        self._stories = stories
        self._counts = counts
        self.lengths = lengths

    @classmethod
    def from_frequencies(cls, frequencies: Iterable[Mapping[str, int]]) -> Self:
        """Make a store of stories, each given by in how many passages its terms stand."""
        columns: dict[str, int] = {}
        terms, counts, sizes = [np.zeros(0, np.int32)], [np.zeros(0, np.int32)], []
        for story in frequencies:
            # By story in arrays: all stories' words as Python objects would fill the memory.
            numbers = [columns.setdefault(term, len(columns)) for term in story]
            terms.append(np.array(numbers, dtype=np.int32))
            counts.append(np.fromiter(story.values(), dtype=np.int32, count=len(story)))
            sizes.append(len(story))
        flat = np.concatenate(terms)
        # A stable sort keeps the stories of a term in order.
        order = np.argsort(flat, kind="stable")
        stories = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)
        found = np.bincount(flat, minlength=len(columns))
        bounds = np.concatenate([[0], np.cumsum(found)]).astype(np.int64)
        lengths = np.array([part.sum() for part in counts[1:]], dtype=np.int32)
        return cls(columns, bounds, stories[order], np.concatenate(counts)[order], lengths)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Map the arrays that `save` wrote; ValueError or OSError where they cannot be read."""
        columns = json.loads((folder / "terms.json").read_text("utf-8"))
        arrays = [np.load(folder / name, mmap_mode="r", allow_pickle=False) for name in _ARRAYS]
        return cls(columns, *arrays)

    def save(self, folder: Path) -> None:
        """Write NumPy arrays and JSON into `folder`; nothing is pickled."""
        folder.mkdir(exist_ok=True)
        arrays: tuple[Any, ...] = (self._bounds, self._stories, self._counts, self.lengths)
        for name, array in zip(_ARRAYS, arrays, strict=True):
            np.save(folder / name, array, allow_pickle=False)
        (folder / "terms.json").write_text(json.dumps(self._columns), "utf-8")

    def __len__(self) -> int:
        return len(self.lengths)

    def posting(self, term: str) -> Posting:
        """Return the stories that `term` stands in, and its counts; both empty if none."""
        column = self._columns.get(term)
        first, last = (0, 0) if column is None else self._bounds[column : column + 2]
        return self._stories[first:last], self._counts[first:last]


def bm25(
    counts: NDArray[np.int32], lengths: NDArray[np.int32], n_stories: int, average: float
) -> NDArray[np.float64]:
    """Return the BM25 scores of one term in the stories that have it (Lucene's variant).

    Args:
        counts: the term's counts in these stories, shape (n,).
        lengths: their lengths, shape (n,).
        n_stories: how many stories there are in all.
        average: the mean of all lengths.
    """
    rarity = np.log1p((n_stories - len(counts) + 0.5) / (len(counts) + 0.5))
    found: NDArray[np.float64] = (
        rarity * counts / (counts + _K1 * (1 - _B + _B * lengths / max(1.0, average)))
    )
    return found
