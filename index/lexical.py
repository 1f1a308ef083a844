"""Where passages are searched by their words: BM25 (Lucene's variant) over stemmed terms."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Mapping, Sequence, Set
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from index.records import Hit
from index.stopwords import STOP_WORDS

if TYPE_CHECKING:
    from index.query import Query

__all__ = ["LexicalStore", "content_words", "stem", "terms", "word_parts"]

_WORD = re.compile(r"\w+")
_HYPHENATED = re.compile(r"\w+(?:[-‐‑]\w+)*")
_CONTRACTION = re.compile(r"(?<=\w)['’](?:s|d|m|t|ll|re|ve)\b", re.IGNORECASE)
_PARAMETERS, _VOCABULARY = "params.index.json", "vocab.index.json"
_ARRAYS = ("indptr.csc.index.npy", "indices.csc.index.npy", "data.csc.index.npy")
_lock = threading.Lock()


def terms(text: str) -> list[str]:
    """Return the search terms of `text`: its words, stemmed (see `word_parts`)."""
    words = word_parts(text)
    with _lock:  # PyStemmer's objects are not thread-safe
        return list(_stemmer().stemWords(words))


def word_parts(text: str) -> list[str]:
    """Return the words of `text` in lower case, without stop words.

    A hyphenated word gives its parts, so that "cover-up" is found by "cover up".
    """
    return [w for w in _WORD.findall(_plain(text)) if w not in STOP_WORDS]


def content_words(text: str) -> list[str]:
    """Return the words of `text` in lower case, hyphenated ones whole, without stop words."""
    return [w for w in _HYPHENATED.findall(_plain(text)) if w not in STOP_WORDS]


@lru_cache(maxsize=8_192)
def stem(word: str) -> str:
    """Return the Snowball stem of one word in lower case (Porter 2001)."""
    with _lock:
        return str(_stemmer().stemWord(word))


def _plain(text: str) -> str:
    return _CONTRACTION.sub("", text).lower()


@lru_cache(maxsize=1)
def _stemmer() -> Any:
    import Stemmer

    return Stemmer.Stemmer("english")


class LexicalStore:
    """The BM25 scores of each term in each passage (k1 1.5, b 0.75), which bm25s works out.

    They are kept as sparse columns, one a term, in the layout of bm25s. They are searched here:
    that library takes 0.4 s to import.

    Args:
        n_passages: number of passages.
        columns: the column of each term.
        bounds: int32, shape (n_terms + 1,); column c is `scores[bounds[c]:bounds[c + 1]]`.
        passages: int32, shape (n_scores,), the passage of each score, ascending in a column.
        scores: float32, shape (n_scores,).
    """

    def __init__(
        self,
        n_passages: int,
        columns: Mapping[str, int],
        bounds: NDArray[np.int32],
        passages: NDArray[np.int32],
        scores: NDArray[np.float32],
    ) -> None:
        self._n_passages = n_passages
        self._columns = columns
        self._bounds = bounds
        self._passages = passages
        self._scores = scores

    @classmethod
    def from_texts(cls, texts: Sequence[str]) -> Self:
        """Make a store of one document a text."""
        import bm25s

        bm25 = bm25s.BM25(method="lucene")
        # A story all of stop words has no vocabulary, which bm25s cannot index.
        corpus = [terms(text) for text in texts]
        corpus = corpus if any(corpus) else [["\x00"]] * len(corpus)
        bm25.index(corpus, show_progress=False)
        found = bm25.scores
        return cls(len(texts), bm25.vocab_dict, found["indptr"], found["indices"], found["data"])

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read a store that `save` wrote; ValueError, KeyError or OSError where it cannot."""
        n_passages = json.loads((folder / _PARAMETERS).read_text("utf-8"))["num_docs"]
        columns = json.loads((folder / _VOCABULARY).read_text("utf-8"))
        arrays = [np.load(folder / name, allow_pickle=False) for name in _ARRAYS]
        return cls(n_passages, columns, *arrays)

    def save(self, folder: Path) -> None:
        """Write NumPy arrays and JSON into `folder`; nothing is pickled."""
        folder.mkdir(exist_ok=True)
        arrays = (self._bounds, self._passages, self._scores)
        for name, array in zip(_ARRAYS, arrays, strict=True):
            np.save(folder / name, array, allow_pickle=False)
        (folder / _VOCABULARY).write_text(json.dumps(self._columns), "utf-8")
        (folder / _PARAMETERS).write_text(json.dumps({"num_docs": self._n_passages}), "utf-8")

    def __len__(self) -> int:
        return self._n_passages

    @property
    def vocabulary(self) -> Set[str]:
        """The terms of all passages."""
        return self._columns.keys()

    def frequencies(self) -> dict[str, int]:
        """Return in how many passages each term stands."""
        counts = np.diff(self._bounds)
        # The vocabulary of bm25s ends with the empty string, which no passage has.
        return {term: int(counts[c]) for term, c in self._columns.items() if c < len(counts)}

    def search(self, query: Query, k: int) -> list[Hit]:
        """Return the `k` passages with the best BM25 scores above zero for `query.text`."""
        columns = [self._columns[t] for t in terms(query.text) if t in self._columns]
        if not columns or k <= 0:
            return []
        scores = np.zeros(self._n_passages, dtype=np.float32)
        for column in columns:
            first, last = self._bounds[column : column + 2]
            scores[self._passages[first:last]] += self._scores[first:last]
        best = np.lexsort((np.arange(len(scores)), -scores))[:k]
        return [Hit(int(row), float(scores[row])) for row in best if scores[row] > 0]
