"""Where passages are searched by their words: BM25 (Lucene's variant) over stemmed terms."""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence, Set
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, cast

import numpy as np

from index.records import Hit

if TYPE_CHECKING:
    from index.query import Query

__all__ = ["LexicalStore", "content_words", "terms"]

_WORD = re.compile(r"\w+")
_HYPHENATED = re.compile(r"\w+(?:[-‐‑]\w+)*")
_CONTRACTION = re.compile(r"(?<=\w)['’](?:s|d|m|t|ll|re|ve)\b", re.IGNORECASE)
_lock = threading.Lock()


def terms(text: str) -> list[str]:
    """Return the search terms of `text`: words in lower case, stemmed, without stop words.

    A hyphenated word gives its parts, so that "cover-up" is found by "cover up".
    """
    stopwords, stemmer = _tools()
    words = [w for w in _WORD.findall(_plain(text)) if w not in stopwords]
    with _lock:  # PyStemmer's objects are not thread-safe
        return list(stemmer.stemWords(words))


def content_words(text: str) -> list[str]:
    """Return the words of `text` in lower case, hyphenated ones whole, without stop words."""
    stopwords, _ = _tools()
    return [w for w in _HYPHENATED.findall(_plain(text)) if w not in stopwords]


def _plain(text: str) -> str:
    return _CONTRACTION.sub("", text).lower()


@lru_cache(maxsize=1)
def _tools() -> tuple[frozenset[str], Any]:
    import Stemmer
    from bm25s.stopwords import STOPWORDS_EN_PLUS

    return frozenset(STOPWORDS_EN_PLUS), Stemmer.Stemmer("english")


class LexicalStore:
    """Passage terms in a bm25s index (k1 1.5, b 0.75)."""

    def __init__(self, bm25: Any) -> None:
        self._bm25 = bm25

    @classmethod
    def from_texts(cls, texts: Sequence[str]) -> Self:
        """Make a store of one document a text."""
        import bm25s

        bm25 = bm25s.BM25(method="lucene")
        # A story all of stop words has no vocabulary, which bm25s cannot index.
        corpus = [terms(text) for text in texts]
        corpus = corpus if any(corpus) else [["\x00"]] * len(corpus)
        bm25.index(corpus, show_progress=False)
        return cls(bm25)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read a store that `save` wrote; ValueError, KeyError or OSError where bm25s cannot."""
        import bm25s

        return cls(bm25s.BM25.load(folder, allow_pickle=False, show_progress=False))

    def save(self, folder: Path) -> None:
        """Write NumPy arrays and JSON into `folder`; nothing is pickled."""
        self._bm25.save(folder, allow_pickle=False, show_progress=False)

    def __len__(self) -> int:
        return int(self._bm25.scores["num_docs"])

    @property
    def vocabulary(self) -> Set[str]:
        """The terms of all passages."""
        return cast("Set[str]", self._bm25.vocab_dict.keys())

    def search(self, query: Query, k: int) -> list[Hit]:
        """Return the `k` passages with the best BM25 scores above zero for `query.text`."""
        known = [t for t in terms(query.text) if t in self._bm25.vocab_dict]
        if not known or k <= 0:
            return []
        scores = self._bm25.get_scores(known)
        best = np.lexsort((np.arange(len(scores)), -scores))[:k]
        return [Hit(int(row), float(scores[row])) for row in best if scores[row] > 0]
