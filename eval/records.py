"""What a run leaves: a row for each question, and what the system cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

__all__ = ["Cost", "Event", "Row", "Run"]

Offsets = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Row:
    """What one system gave for one question. A question that got no answer has its row too.

    `passages` are offsets in the story, best first, `citations` likewise; `relevant` is the number
    of the story's passages that overlap evidence, so that a miss counts in nDCG. `exact` tells
    whether all offsets gave the texts that came with them. `error` is why there is no answer.
    """

    system: str
    example_id: str
    answer: str = ""
    short_answer: str | None = None
    declined: bool = True
    confidence: float = 0.0
    passages: Offsets = ()
    citations: Offsets = ()
    relevant: int = 0
    exact: bool = True
    interpreted_as: str | None = None
    seconds: float = 0.0
    error: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the row as a JSON object."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Read what `to_json` returned; TypeError or KeyError where it is something else."""
        pairs = {name: tuple((a, b) for a, b in data[name]) for name in ("passages", "citations")}
        return cls(**{**data, **pairs})


@dataclass(frozen=True, slots=True)
class Cost:
    """What a run of a system took.

    Attributes:
        startup_seconds: from nothing loaded to the first answer, the first story's index included.
        story_seconds: median time to prepare a further story; None where there was one story.
        peak_bytes: most memory that the process held (resident); None where it is not known.
        overhead: the harness's own time as a share of the system's; None where nothing was run.
        workers: processes that shared the questions; above 1 they slow each other's answers.
    """

    startup_seconds: float | None = None
    story_seconds: float | None = None
    peak_bytes: int | None = None
    overhead: float | None = None
    workers: int = 0


@dataclass(frozen=True, slots=True)
class Run:
    """The rows of one system, in the order of the dataset's examples, and what they took."""

    system: str
    rows: tuple[Row, ...]
    cost: Cost


Event = Row | Cost
"""What comes out of `ask_all`: rows as they are ready, then the cost."""
