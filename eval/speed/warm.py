"""Warm answers of the program, stage by stage, and of its peers as a whole."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from eval.speed.records import Times, Warm
from eval.speed.stages import STAGES, Stopwatch
from index.persist import StoryIndex

__all__ = ["Asker", "our_asker", "timed", "warm_runs"]

TOTAL = "total"

_UNMEASURED = 5  # questions that warm a system
_TURN = 20  # questions after which it is another system's turn

Asker = Callable[[str], Mapping[str, float]]
"""Asks a question; returns the seconds of each stage, or of `total`."""


def our_asker(index: StoryIndex) -> Asker:
    """Return what asks the program about a story, each stage timed."""
    from qa.agent import StoryAgent, default_encoder
    from qa.equipment import default

    watch = Stopwatch()
    encoder = watch.encoder(default_encoder())
    equipment = default(encoder)
    reader = watch.reader(equipment.reader)
    whole = equipment.whole and watch.reader(equipment.whole)
    watched = replace(equipment, reader=reader, whole=whole)
    agent = StoryAgent(watch.index(index), encoder, watched)
    return lambda question: watch.time(lambda: agent.ask(question))


def timed(ask: Callable[[str], object]) -> Asker:
    """Return `ask` such that the whole of it is timed."""

    def asker(question: str) -> Mapping[str, float]:
        start = time.perf_counter()
        ask(question)
        return {TOTAL: time.perf_counter() - start}

    return asker


def warm_runs(askers: Mapping[str, Asker], questions: Sequence[str]) -> Iterator[Warm]:
    """Ask every system the first few questions unmeasured, and then all once; yield the figures.

    Once, since a system may keep what it needs for a question. The systems take turns, so that
    whatever else the machine does falls on all of them.
    """
    rows: dict[str, list[Mapping[str, float]]] = {name: [] for name in askers}
    for ask in askers.values():
        for question in questions[:_UNMEASURED]:
            ask(question)
    for first in range(0, len(questions), _TURN):
        for name, ask in askers.items():
            rows[name] += [ask(question) for question in questions[first : first + _TURN]]
    for name, found in rows.items():
        stages = [stage for stage in STAGES if stage in found[0]]
        yield Warm(
            name,
            Times.of([sum(row.values()) for row in found]),
            {stage: Times.of([row[stage] for row in found]) for stage in stages},
        )
