"""What a benchmark of speed leaves: figures of cold starts, stages, building and load."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np

__all__ = [
    "BuildRate",
    "ColdStart",
    "Level",
    "Load",
    "Scale",
    "ScaleAsking",
    "Speed",
    "Times",
    "Warm",
]


@dataclass(frozen=True, slots=True)
class ColdStart:
    """One question in a fresh process, index present: medians of `runs` runs.

    `seconds` is wall time, `cpu_seconds` the processor time of all threads, `peak_bytes` the most
    resident memory.
    """

    system: str
    runs: int
    seconds: float
    cpu_seconds: float
    peak_bytes: float


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds that something took: median and 95th percentile of n."""

    n: int
    median_ms: float
    p95_ms: float

    @classmethod
    def of(cls, seconds: Sequence[float]) -> Self:
        """Return the figures of some durations, of at least one."""
        median, p95 = 1000 * np.quantile(seconds, [0.5, 0.95])
        return cls(len(seconds), float(median), float(p95))


@dataclass(frozen=True, slots=True)
class Warm:
    """Answers of a warm system. `stages` is empty where only the whole was timed."""

    system: str
    total: Times
    stages: Mapping[str, Times]


@dataclass(frozen=True, slots=True)
class BuildRate:
    """Indexing a text with models loaded."""

    system: str
    text: str
    passages: int
    seconds: float

    @property
    def rate(self) -> float:
        """Passages a second."""
        return self.passages / self.seconds


@dataclass(frozen=True, slots=True)
class Level:
    """Clients that ask at once, each the next question as soon as it has its answer.

    Attributes:
        clients: how many.
        answered: questions that got an answer, right or wrong.
        seconds: from the first question to the last answer.
        times: of the answered questions, as the clients saw them; None where there is none.
        refused: questions turned away because the queue was full.
        errors: questions that failed in another way.
        wrong: answers that are not the one that the story's own session gets when it asks alone.
        cpu_seconds: processor time of the server; None where it is not known.
    """

    clients: int
    answered: int
    seconds: float
    times: Times | None
    refused: int
    errors: int
    wrong: int
    cpu_seconds: float | None

    @property
    def throughput(self) -> float:
        """Answers a second."""
        return self.answered / self.seconds if self.seconds else 0.0


@dataclass(frozen=True, slots=True)
class Load:
    """The chat served to many.

    Attributes:
        levels: one entry a number of clients.
        reader_rate: questions a second that the reader alone reads, in one process without a
            server: the limit.
        right: share of the questions that one client alone gets the right answer to, by the fact
            that its story was made from.
        foreign: answers that name somebody of another client's story.
        stories: how many stories were brought, one a client.
        story_seconds: median time that a story took from being sent to being shown.
        resident_bytes: memory of the server at the end; None where it is not known.
    """

    levels: tuple[Level, ...]
    reader_rate: float
    right: float
    foreign: int
    stories: int
    story_seconds: float
    resident_bytes: int | None


@dataclass(frozen=True, slots=True)
class ScaleAsking:
    """Asking a whole library, in a process of its own.

    Attributes:
        open_seconds: from nothing to a library that can be searched; modules are loaded.
        question: questions answered.
        search: the ten nearest passages alone.
        found: share of the questions that were answered from the right story.
        right: share whose answer has the fact that the story was made from.
        peak_bytes: most resident memory, mapped pages included; None where it is not known.
    """

    open_seconds: float
    question: Times
    search: Times
    found: float
    right: float
    peak_bytes: int | None


@dataclass(frozen=True, slots=True)
class Scale:
    """A library of one size.

    Attributes:
        passages: of all its stories.
        stories: how many.
        embedded: how many of its passages have vectors of the encoder; the others are made.
        layout: of its vectors, in FAISS's language.
        written_seconds: writing the stories that it has more than the size before.
        build_seconds: gathering vectors and terms of all stories in the library's index.
        add_seconds: taking in one more story.
        index_bytes: the library's index on disk.
        recall: share of the ten nearest passages that are found.
        asking: what asking it takes.
    """

    passages: int
    stories: int
    embedded: int
    layout: str
    written_seconds: float
    build_seconds: float
    add_seconds: float
    index_bytes: int
    recall: float
    asking: ScaleAsking


@dataclass(frozen=True, slots=True)
class Speed:
    """All figures of a run. `settings` tell machine and versions; `skipped` what was left out."""

    settings: Mapping[str, str]
    cold: tuple[ColdStart, ...]
    warm: tuple[Warm, ...]
    build: tuple[BuildRate, ...]
    load: Load | None
    skipped: tuple[str, ...]
    scale: tuple[Scale, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the figures as a JSON object, rates and ratios to the peers among them."""
        from eval.speed.ratios import ratios

        data = asdict(self)
        for row, build in zip(data["build"], self.build, strict=True):
            row["rate"] = build.rate
        if self.load:
            for row, level in zip(data["load"]["levels"], self.load.levels, strict=True):
                row["throughput"] = level.throughput
        data["ratios"] = [asdict(ratio) for ratio in ratios(self)]
        return data
