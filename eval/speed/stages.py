"""How long the stages of an answer take, seen from the seams that the agent is handed.

Encoder, stores and reader are wrapped, and what lies between their calls is told by its place:
nothing in the agent knows that it is timed, and the stages add up to the whole.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from index.encoder import Encoder, Vectors
from index.persist import StoryIndex
from index.query import Query
from index.records import Hit
from index.store import PassageStore
from qa.question import Question
from qa.reader import Reader
from qa.records import Reading, Retrieved

__all__ = ["STAGES", "Call", "Stopwatch", "divided"]

STAGES = ("understand", "embed", "retrieve", "read", "compose", "other")
"""Understanding the question, all that is done up to the first search save embedding; embedding;
searching and fusing, up to the reader; reading; deciding and composing after it; and what lies
between two readings."""


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a seam: `embed`, `search` or `read`, and when it began and ended, in seconds."""

    stage: str
    start: float
    end: float


class Stopwatch:
    """Times answers by the calls of encoder, stores and reader. For one thread at a time."""

    def __init__(self) -> None:
        self._calls: list[Call] = []
        self._inside = False

    def encoder(self, encoder: Encoder) -> Encoder:
        """Return `encoder`, timed."""
        return _TimedEncoder(encoder, self)

    def index(self, index: StoryIndex) -> StoryIndex:
        """Return `index` with its stores timed."""
        stores: dict[str, Any] = {
            name: _TimedStore(getattr(index, name), self)
            for name in ("dense", "lexical", "associative")
        }
        return replace(index, **stores)

    def reader(self, reader: Reader) -> Reader:
        """Return `reader`, timed; what it embeds counts as reading."""
        return _TimedReader(reader, self)

    def time(self, ask: Callable[[], object]) -> dict[str, float]:
        """Run `ask` and return the seconds of each of `STAGES`; their sum is the whole."""
        self._calls.clear()
        start = time.perf_counter()
        ask()
        return divided(self._calls, start, time.perf_counter())

    def call(self, stage: str, function: Callable[[], Any]) -> Any:
        """Run `function` as a call of `stage`, unless it is part of another call."""
        if self._inside:
            return function()
        self._inside = True
        start = time.perf_counter()
        try:
            return function()
        finally:
            self._calls.append(Call(stage, start, time.perf_counter()))
            self._inside = False


def divided(calls: Sequence[Call], start: float, end: float) -> dict[str, float]:
    """Return how many seconds from `start` to `end` belong to each of `STAGES`.

    Args:
        calls: those of the seams, in order; none overlaps another.
        start: when the question was handed over.
        end: when its answer was there.
    """
    reads = [call for call in calls if call.stage == "read"]
    first_read = reads[0].start if reads else end
    last_read = reads[-1].end if reads else end
    searches = [call.start for call in calls if call.stage == "search"]
    searching = min([first_read, *searches])

    def rest(since: float, until: float) -> float:
        """Return the seconds of a stretch that are neither embedding nor reading."""
        inside = [
            call.end - call.start
            for call in calls
            if call.stage != "search" and since <= call.start and call.end <= until
        ]
        return until - since - sum(inside)

    return {
        "understand": rest(start, searching),
        "embed": sum(call.end - call.start for call in calls if call.stage == "embed"),
        "retrieve": rest(searching, first_read),
        "read": sum(call.end - call.start for call in reads),
        "compose": rest(last_read, end),
        "other": rest(first_read, last_read),
    }


class _TimedEncoder:
    def __init__(self, encoder: Encoder, watch: Stopwatch) -> None:
        self._encoder = encoder
        self._watch = watch

    def __getattr__(self, name: str) -> Any:
        return getattr(self._encoder, name)

    @property
    def name(self) -> str:
        return self._encoder.name

    @property
    def digest(self) -> str:
        return self._encoder.digest

    def encode(self, texts: Sequence[str]) -> Vectors:
        vectors: Vectors = self._watch.call("embed", lambda: self._encoder.encode(texts))
        return vectors


class _TimedStore:
    def __init__(self, store: PassageStore, watch: Stopwatch) -> None:
        self._store = store
        self._watch = watch

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def __len__(self) -> int:
        return len(self._store)  # type: ignore[arg-type]

    def search(self, query: Query, k: int) -> list[Hit]:
        hits: list[Hit] = self._watch.call("search", lambda: self._store.search(query, k))
        return hits


class _TimedReader:
    def __init__(self, reader: Reader, watch: Stopwatch) -> None:
        self._reader = reader
        self._watch = watch

    def read(self, question: Question, passages: Sequence[Retrieved]) -> Reading:
        reading: Reading = self._watch.call("read", lambda: self._reader.read(question, passages))
        return reading
