"""Where passages are searched by words like the question's: "hired" finds "assigned".

Each word of the question is matched to the nearest words of the story by their embeddings, and a
passage scores, for each word of the question, its best match weighted by how rare that match is:
the late interaction of ColBERT (Khattab and Zaharia 2020), with one vector a vocabulary word in
place of one a token, and the rarity of Robertson and Spärck Jones (1976).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from index.encoder import Encoder, Vectors
from index.lexical import content_words
from index.query import Query
from index.records import Hit
from index.store import DenseStore

__all__ = ["AssociativeStore"]

_NEAREST = 64
_LEAST_SIMILARITY = 0.3
_NAME = 0.6
_KEPT = 64  # words whose matches are kept for the next time


class AssociativeStore:
    """A vocabulary with its embeddings in FAISS, and the passages that each word stands in.

    Args:
        n_passages: number of passages.
        vocabulary: the words of all passages, without stop words.
        words: the vocabulary's embeddings, one row a word.
        bounds: int64, shape (n_words + 1,); the passages of word w are
            `passages[bounds[w]:bounds[w + 1]]`.
        passages: int32, shape (n_postings,), ascending for each word.
    """

    def __init__(
        self,
        n_passages: int,
        vocabulary: Sequence[str],
        words: DenseStore,
        bounds: NDArray[np.int64],
        passages: NDArray[np.int32],
    ) -> None:
        self._n_passages = n_passages
        self._vocabulary = vocabulary
        self._words = words
        self._bounds = bounds
        self._passages = passages
        self._matched: dict[bytes, tuple[Vectors, float]] = {}

    @classmethod
    def from_texts(cls, texts: Sequence[str], encoder: Encoder) -> Self:
        """Make a store of one passage a text; embeds the vocabulary."""
        postings = _postings(texts)
        vocabulary = sorted(postings) or ["\x00"]
        vectors = DenseStore.from_vectors(encoder.encode(vocabulary))
        return cls(len(texts), vocabulary, vectors, *_arrays(vocabulary, postings))

    def restricted(self, texts: Sequence[str]) -> Self:
        """Return a store of `texts` alone, with the embeddings of this one: nothing is embedded.

        Words of `texts` that this store does not know are left out.
        """
        postings = _postings(texts)
        rows = [row for row, word in enumerate(self._vocabulary) if word in postings] or [0]
        vocabulary = [self._vocabulary[row] for row in rows]
        vectors = DenseStore.from_vectors(self._words.vectors(rows))
        return type(self)(len(texts), vocabulary, vectors, *_arrays(vocabulary, postings))

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read a store that `save` wrote; OSError, ValueError or RuntimeError where it cannot."""
        words = json.loads((folder / "words.json").read_text("utf-8"))
        bounds = np.load(folder / "bounds.npy", allow_pickle=False)
        passages = np.load(folder / "passages.npy", allow_pickle=False)
        vectors = DenseStore.load(folder / "words.faiss")
        return cls(words["passages"], words["vocabulary"], vectors, bounds, passages)

    def save(self, folder: Path) -> None:
        """Write FAISS, NumPy and JSON files into `folder`; nothing is pickled."""
        folder.mkdir(exist_ok=True)
        self._words.save(folder / "words.faiss")
        np.save(folder / "bounds.npy", self._bounds, allow_pickle=False)
        np.save(folder / "passages.npy", self._passages, allow_pickle=False)
        words = {"passages": self._n_passages, "vocabulary": list(self._vocabulary)}
        (folder / "words.json").write_text(json.dumps(words), "utf-8")

    def __len__(self) -> int:
        return self._n_passages

    def embedded(self, words: Iterable[str]) -> dict[str, Vectors]:
        """Return the vectors of those of `words` that some passage has: float32, shape (d,)."""
        known = [word for word in dict.fromkeys(words) if word in self._rows]
        rows = self._words.vectors([self._rows[word] for word in known])
        return dict(zip(known, rows, strict=True))

    @cached_property
    def _rows(self) -> Mapping[str, int]:
        return {word: row for row, word in enumerate(self._vocabulary)}

    def alignment(self, query: Query, passage_id: int) -> float:
        """Return the mean, over the question's words, of the passage's best match: 0 to 1."""
        if not len(query.word_vectors):
            return 0.0
        best = [self._matches(vector)[0][passage_id] for vector in query.word_vectors]
        return float(np.mean(best))

    def search(self, query: Query, k: int) -> list[Hit]:
        """Return the `k` passages whose words come nearest to the question's.

        Names of characters have .6 of the weight of other words: a story speaks of its people
        throughout, and so whom a question names tells less of where it is answered.
        """
        scores = np.zeros(self._n_passages, dtype=np.float32)
        for word, vector in zip(query.words, query.word_vectors, strict=True):
            matches, expected = self._matches(vector)
            rarity = np.log1p((self._n_passages + 0.5) / (expected + 0.5))
            scores += matches * np.float32(rarity * (_NAME if word in query.names else 1.0))
        best = np.lexsort((np.arange(len(scores)), -scores))[: max(k, 0)]
        return [Hit(int(row), float(scores[row])) for row in best if scores[row] > 0]

    def _matches(self, vector: Vectors) -> tuple[Vectors, float]:
        """Return each passage's best match with one word, and how many match, by weight.

        A question's words are matched when passages are searched and when they are compared.
        """
        key = vector.tobytes()
        found = self._matched.get(key)
        if found is None:
            if len(self._matched) >= _KEPT:
                self._matched.clear()
            found = self._matched[key] = self._match(vector)
        return found

    def _match(self, vector: Vectors) -> tuple[Vectors, float]:
        matches = np.zeros(self._n_passages, dtype=np.float32)
        expected = 0.0
        # The best word comes last, and so what it writes stays.
        for hit in reversed(self._words.nearest(vector, _NEAREST)):
            weight = (hit.score - _LEAST_SIMILARITY) / (1 - _LEAST_SIMILARITY)
            if weight > 0:
                first, last = self._bounds[hit.passage_id : hit.passage_id + 2]
                matches[self._passages[first:last]] = weight
                expected += weight * int(last - first)
        return matches, expected


def _postings(texts: Sequence[str]) -> dict[str, list[int]]:
    """Return the rows of the texts that each word stands in, ascending."""
    postings: dict[str, list[int]] = {}
    for row, text in enumerate(texts):
        for word in set(content_words(text)):
            postings.setdefault(word, []).append(row)
    return postings


def _arrays(
    vocabulary: Sequence[str], postings: Mapping[str, Sequence[int]]
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Return the postings of `vocabulary` as bounds and passages (see `AssociativeStore`)."""
    lists = [postings.get(word, []) for word in vocabulary]
    bounds = np.cumsum([0, *map(len, lists)], dtype=np.int64)
    return bounds, np.array([row for rows in lists for row in rows], dtype=np.int32)
