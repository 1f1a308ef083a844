"""Ways to retrieve, compared with each other: single searches, fusions, and the program's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from index.associative import AssociativeStore
from index.encoder import Encoder
from index.lexical import LexicalStore
from index.persist import StoryIndex
from index.query import Query, make_query
from index.records import Hit
from index.store import DenseStore
from qa.question import Question
from qa.reader import Reader
from qa.records import Reading, Retrieved
from qa.retriever import Retriever, convex_sum, reciprocal_rank_fusion

__all__ = ["RETRIEVAL_RUNS", "Search"]

Search = Callable[[str, int], Sequence[Retrieved]]
"""Finds the k passages for a question, best first."""


def _dense(index: StoryIndex, encoder: Encoder) -> Search:
    """Retrieve by meaning alone: the cosine of the question's and the passage's embedding."""
    retriever = Retriever(index, [index.dense], _cosine, neighbour=0.0)

    def search(question: str, k: int) -> Sequence[Retrieved]:
        vectors = encoder.encode([question])
        return retriever.retrieve(Query(question, vectors[0], (), vectors[1:]), k)

    return search


def _bm25(index: StoryIndex, encoder: Encoder) -> Search:  # noqa: ARG001 - words need no encoder
    """Retrieve by words alone: BM25."""
    retriever = Retriever(index, [index.lexical], _squashed, neighbour=0.0)
    nothing = np.zeros(0, dtype=np.float32)

    def search(question: str, k: int) -> Sequence[Retrieved]:
        return retriever.retrieve(Query(question, nothing, (), nothing.reshape(0, 0)), k)

    return search


def _rrf(index: StoryIndex, encoder: Encoder) -> Search:
    """Retrieve by both, fused by ranks."""
    return _both(index, encoder, reciprocal_rank_fusion)


def _convex(index: StoryIndex, encoder: Encoder) -> Search:
    """Retrieve by both, fused by half of each score."""
    return _both(index, encoder, partial(convex_sum, weights=(0.5, 0.5)))


def _fused(index: StoryIndex, encoder: Encoder) -> Search:
    """Retrieve as the program's own answers list it."""
    from qa.agent import StoryAgent
    from qa.calibration import Calibrator
    from qa.equipment import Equipment

    silent = Equipment(_Silent(), Calibrator(0.0, {}, threshold=1.0), depth=1)
    agent = StoryAgent(index, encoder, silent)
    return lambda question, k: agent.ask(question, k=k).passages


def _verbatim(index: StoryIndex, encoder: Encoder) -> Search:
    """Retrieve as the program does, from the passages as they stand: no names for pronouns."""
    texts = [passage.text for passage in index.passages]
    plain = replace(
        index,
        dense=DenseStore.from_vectors(encoder.encode(texts)),
        lexical=LexicalStore.from_texts(texts),
        associative=AssociativeStore.from_texts(texts, encoder),
    )
    return _fused(plain, encoder)


RETRIEVAL_RUNS: Mapping[str, Callable[[StoryIndex, Encoder], Search]] = {
    "dense": _dense,
    "bm25": _bm25,
    "rrf": _rrf,
    "convex": _convex,
    "verbatim": _verbatim,
    "fused": _fused,
}
"""Ways to retrieve by name; "fused" is the program's own. "verbatim" is the same without the
coreference-enriched passages that all others search."""


class _Silent(Reader):
    """A reader that finds nothing: what is measured comes before reading."""

    def read(self, question: Question, passages: Sequence[Retrieved]) -> Reading:  # noqa: ARG002
        return Reading(())


def _both(
    index: StoryIndex,
    encoder: Encoder,
    fusion: Callable[[Sequence[Sequence[Hit]]], Mapping[int, float]],
) -> Search:
    retriever = Retriever(index, [index.dense, index.lexical], fusion, neighbour=0.0)
    return lambda question, k: retriever.retrieve(make_query(question, encoder), k)


def _cosine(runs: Sequence[Sequence[Hit]]) -> dict[int, float]:
    return {hit.passage_id: max(0.0, hit.score) for hit in runs[0]}


def _squashed(runs: Sequence[Sequence[Hit]]) -> dict[int, float]:
    """Bring BM25's open scale into [0, 1), in the same order."""
    return {hit.passage_id: hit.score / (1.0 + hit.score) for hit in runs[0]}
