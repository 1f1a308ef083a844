"""What went wrong, worst first: confident wrong answers before doubtful ones and silence."""

from __future__ import annotations

from dataclasses import dataclass

from eval.asking import overlaps
from eval.dataset import Dataset, Example
from eval.records import Row
from eval.summary import Scored

__all__ = ["Miss", "Seen", "misses"]


@dataclass(frozen=True, slots=True)
class Seen:
    """A retrieved passage: its rank from 1, its text, and whether it holds evidence."""

    rank: int
    text: str
    relevant: bool


@dataclass(frozen=True, slots=True)
class Miss:
    """One question that a system got wrong."""

    system: str
    kind: str
    example: Example
    row: Row
    passages: tuple[Seen, ...]


def misses(
    dataset: Dataset, scored: Scored, metric: str = "accuracy", limit: int = 200
) -> list[Miss]:
    """Return the questions that score 0 on `metric`, or were answered though the story does not.

    Args:
        dataset: what has the stories' texts.
        scored: the run.
        metric: what says that a question was got right.
        limit: how many are returned.
    """
    found = []
    for example, row, scores in zip(scored.examples, scored.rows, scored.scores, strict=True):
        kind = _kind(example, row, scores.get(metric), metric)
        if kind:
            found.append((kind, example, row))
    found.sort(key=lambda miss: -miss[2].confidence)
    found.sort(key=lambda miss: miss[2].declined)
    return [
        Miss(scored.system, kind, example, row, _seen(dataset, example, row))
        for kind, example, row in found[:limit]
    ]


def _kind(example: Example, row: Row, score: float | None, metric: str) -> str | None:
    if row.error is not None:
        return "failed"
    if score is None:
        told = example.answerable or metric != "accuracy"
        return None if told or row.declined else "answered, though not told"
    if score > 0:
        return None
    if metric != "accuracy":
        return "not found"
    return "declined, though told" if row.declined else "wrong answer"


def _seen(dataset: Dataset, example: Example, row: Row) -> tuple[Seen, ...]:
    text = dataset.stories[example.story_id].text
    return tuple(
        Seen(rank, text[start:end], overlaps((start, end), example))
        for rank, (start, end) in enumerate(row.passages[:5], 1)
    )
