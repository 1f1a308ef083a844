"""Windows as the program lays them out: the passages that retrieval ranks best, in story order.

In a stretch of text what stands beside an answer is what comes next in the story. The program reads
what is most like the question from all over it, and a reader learns to choose among that from
windows of the same kind.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import lru_cache, partial
from typing import TYPE_CHECKING

import numpy as np

from qa.decode import PassagePieces, windows
from qa.decode import Window as ReadWindow
from qa.train.data import Document
from qa.train.features import Window, framed
from qa.train.targets import Target

if TYPE_CHECKING:
    from tokenizers import Tokenizer

    from index.encoder import Encoder
    from qa.retriever import Retriever

__all__ = ["Place", "Shelf", "as_read"]

_DEPTH = 20
_MARKS = 3  # [CLS], [SEP], [SEP]

Place = tuple[int, int]
"""Offsets of a passage in its document, end-exclusive."""


class Shelf:
    """Ranks the passages of documents for questions, as the program does.

    Args:
        encoder: what embeds them.
        tokenizer: what the reader splits them with.
    """

    def __init__(self, encoder: Encoder, tokenizer: Tokenizer) -> None:
        from qa.neural_reader import word_pieces

        self._encoder = encoder
        self._ranked: dict[tuple[str, str], tuple[Place, ...]] = {}
        self._indexed = lru_cache(maxsize=4)(self._index)  # questions come document by document
        self.pieces = lru_cache(maxsize=50_000)(partial(word_pieces, tokenizer))

    def ranked(self, document: Document, question: str) -> tuple[Place, ...]:
        """Return the best 20 passages for a question, best first."""
        from index.query import make_query

        key = document.name, question
        if key not in self._ranked:
            found = self._indexed(document).retrieve(make_query(question, self._encoder), _DEPTH)
            self._ranked[key] = tuple((f.passage.start, f.passage.end) for f in found)
        return self._ranked[key]

    def _index(self, document: Document) -> Retriever:
        from index.build import build_index
        from index.records import Story
        from qa.retriever import Retriever

        return Retriever(build_index(Story(document.name, document.text), self._encoder))


def as_read(
    question: Sequence[int],
    document: Document,
    ranked: Sequence[Place],
    found: Sequence[Target],
    shelf: Shelf,
    most: int,
    longest: int,
) -> tuple[Window, ...]:
    """Return the windows in which a question's best passages are read.

    Args:
        question: its word pieces.
        document: what is asked.
        ranked: places of its passages, best first.
        found: what answers; the passage with the first of these is read whatever its rank.
        shelf: what splits passages.
        most: word pieces of all passages together.
        longest: word pieces of a window, with the question.
    """
    order = list(ranked)
    if found:
        holding = [p for p in order if p[0] <= found[0].start and found[0].end <= p[1]]
        if not holding:
            return ()
        order = [holding[0], *(p for p in order if p != holding[0])]
    chosen: dict[Place, PassagePieces] = {}
    left = most
    for place in order:
        pieces = shelf.pieces(document.text[slice(*place)]).at(place[0])
        if place not in chosen and (len(pieces.ids) <= left or not chosen):
            chosen[place] = pieces
            left -= len(pieces.ids)
    laid_out = windows([chosen[p] for p in sorted(chosen)], longest - len(question) - _MARKS)
    return tuple(_marked(question, window, found) for window in laid_out)


def _marked(question: Sequence[int], window: ReadWindow, found: Sequence[Target]) -> Window:
    """Return a window with those targets that lie inside one of its passages."""
    starts, ends = window.starts.tolist(), window.ends.tolist()
    text = np.asarray(window.ids, dtype=np.int32)
    bare = framed(question, text)
    spans = []
    for target in found:
        first, last = bisect_right(starts, target.start) - 1, bisect_left(ends, target.end)
        inside = 0 <= first <= last < len(starts) and target.start < ends[first]
        if inside and window.passage[first] == window.passage[last]:
            spans.append((bare.offset + first, bare.offset + last, target.weight))
    return Window(bare.ids, bare.offset, tuple(spans))
