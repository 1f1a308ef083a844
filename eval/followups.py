"""Follow-ups beside the same questions in their standalone form: how much is lost on the way.

A question that the story answers is right where its `accuracy` is 1, any other where it was
declined.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eval.bootstrap import interval
from eval.dataset import Dataset
from eval.harness import run_system
from eval.metrics import answer_scores
from eval.summary import ALL, Estimate, Summary
from eval.systems import System

__all__ = ["pairs", "with_follow_ups"]


def pairs(dataset: Dataset) -> tuple[Dataset, Dataset]:
    """Return the follow-ups that have a standalone form, and these forms without a history."""
    asked = tuple(e for e in dataset.examples if e.history and e.standalone)
    alone = tuple(
        replace(e, example_id=f"{e.example_id}-alone", question=e.standalone or "", history=())
        for e in asked
    )
    return replace(dataset, examples=asked), replace(dataset, examples=alone)


def with_follow_ups(
    summary: Summary,
    dataset: Dataset,
    systems: Sequence[System],
    *,
    workers: int = 0,
    progress: bool = False,
) -> Summary:
    """Add the rates of right follow-ups and of their standalone forms, and their ratio.

    Args:
        summary: the figures of these systems on `dataset`.
        dataset: the turns of conversations.
        systems: in the order of the summary.
        workers: as in `run_system`.
        progress: whether to show progress bars on stderr.

    Raises:
        QAError: a system cannot be used.
    """
    asked, alone = pairs(dataset)
    if not asked.examples:
        return summary
    extended = []
    for figures, system in zip(summary.systems, systems, strict=True):
        in_context, by_itself = (_right(system, part, workers, progress) for part in (asked, alone))
        groups = tuple(
            replace(g, estimates=g.estimates + _estimates(in_context, by_itself))
            if g.name == ALL
            else g
            for g in figures.groups
        )
        extended.append(replace(figures, groups=groups))
    return replace(summary, systems=tuple(extended))


def _right(system: System, dataset: Dataset, workers: int, progress: bool) -> NDArray[np.float64]:
    """Return for each question whether it was answered, or declined, rightly: shape (n,)."""
    run = run_system(system, dataset, workers=workers, progress=progress)
    scores = [
        answer_scores(example, row) for example, row in zip(dataset.examples, run.rows, strict=True)
    ]
    return np.array([s.get("accuracy", s["declined"]) for s in scores], dtype=np.float64)


def _estimates(asked: NDArray[np.float64], alone: NDArray[np.float64]) -> tuple[Estimate, ...]:
    def ratio(rows: Any) -> float:
        whole = alone[rows].sum()
        return float(asked[rows].sum() / whole) if whole else float("nan")

    measures = {
        "follow-up-right": lambda rows: float(asked[rows].mean()),
        "standalone-right": lambda rows: float(alone[rows].mean()),
        "follow-up-ratio": ratio,
    }
    found = []
    for name, measure in measures.items():
        value = measure(slice(None))
        low, high = interval(measure, len(asked))
        known = not np.isnan(value)
        found.append(
            Estimate(name, len(asked), value, low, high)
            if known
            else Estimate(name, len(asked), None, None, None)
        )
    return tuple(found)
