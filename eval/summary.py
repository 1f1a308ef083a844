"""A run in figures: metrics with intervals, for all questions and for each kind of question."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from eval.bootstrap import interval, mean_interval, paired_p
from eval.dataset import Dataset, Example
from eval.metrics import AGGREGATES, Aggregate, Scorer, Scores, gold_scores, outcomes
from eval.records import Cost, Row, Run

__all__ = [
    "ALL",
    "Comparison",
    "Estimate",
    "Group",
    "Latency",
    "Scored",
    "Summary",
    "SystemSummary",
    "score_run",
    "summarise",
]

ALL = "all"


@dataclass(frozen=True, slots=True)
class Scored:
    """A run with the scores of each of its rows; rows are in the order of the examples."""

    system: str
    examples: tuple[Example, ...]
    rows: tuple[Row, ...]
    scores: tuple[Scores, ...]
    cost: Cost


@dataclass(frozen=True, slots=True)
class Estimate:
    """A metric over n questions, and its 95% interval. None stands for a value there is not."""

    metric: str
    n: int
    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Group:
    """The metrics of some of the questions: all, those of a type, or the answerable ones."""

    name: str
    n: int
    estimates: tuple[Estimate, ...]


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds that a warm answer took."""

    median_ms: float
    p95_ms: float


@dataclass(frozen=True, slots=True)
class SystemSummary:
    """The figures of one system. The first group is all questions; `errors` counts failed ones."""

    system: str
    groups: tuple[Group, ...]
    latency: Latency | None
    cost: Cost
    errors: int

    def value(self, metric: str, group: str = ALL) -> float | None:
        """Return the value of a metric; None where it has none."""
        found = next((g for g in self.groups if g.name == group), None)
        estimates = found.estimates if found else ()
        return next((e.value for e in estimates if e.metric == metric), None)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two systems on the same questions: mean of `system` less that of `other`, and its p."""

    metric: str
    system: str
    other: str
    n: int
    difference: float
    p: float


@dataclass(frozen=True, slots=True)
class Summary:
    """All figures of a run. `settings` are what a reader must know to run it again."""

    name: str
    n: int
    settings: Mapping[str, str]
    systems: tuple[SystemSummary, ...]
    comparisons: tuple[Comparison, ...]
    skipped: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the summary as a JSON object."""
        return asdict(self)


def score_run(dataset: Dataset, run: Run, scorer: Scorer = gold_scores) -> Scored:
    """Score each row of a run."""
    scores = tuple(scorer(dataset.examples, run.rows))
    return Scored(run.system, dataset.examples, run.rows, scores, run.cost)


def summarise(
    dataset: Dataset,
    scored: Sequence[Scored],
    *,
    settings: Mapping[str, str] | None = None,
    aggregates: Mapping[str, Aggregate] = AGGREGATES,
    reference: str | None = None,
) -> Summary:
    """Put a run into figures.

    Args:
        dataset: the questions.
        scored: one entry a system, on the same questions in the same order.
        settings: shown with the figures.
        aggregates: figures over all questions at once.
        reference: the system that each other one is compared with; the first where None.
    """
    reference = reference or (scored[0].system if scored else None)
    compared = next((s for s in scored if s.system == reference), None)
    return Summary(
        name=dataset.name,
        n=len(dataset.examples),
        settings=dict(settings or {}),
        systems=tuple(_system(s, aggregates) for s in scored),
        comparisons=tuple(
            comparison
            for other in scored
            if compared is not None and other is not compared
            for comparison in _comparisons(compared, other)
        ),
        skipped=dataset.skipped,
    )


def _system(scored: Scored, aggregates: Mapping[str, Aggregate]) -> SystemSummary:
    times = [1000 * row.seconds for row in scored.rows if row.error is None]
    median, p95 = np.quantile(times, [0.5, 0.95]) if times else (0.0, 0.0)
    return SystemSummary(
        system=scored.system,
        groups=tuple(
            _group(scored, name, rows, aggregates)
            for name, rows in _groups(scored.examples).items()
        ),
        latency=Latency(float(median), float(p95)) if times else None,
        cost=scored.cost,
        errors=sum(row.error is not None for row in scored.rows),
    )


def _groups(examples: Sequence[Example]) -> dict[str, list[int]]:
    """Return the numbers of the questions of each group; groups as large as all are left out."""
    groups: dict[str, list[int]] = {}
    for number, example in enumerate(examples):
        names = ["answerable" if example.answerable else "unanswerable"]
        names += ["false premise"] if example.false_premise else []
        names += ["paraphrase"] if example.paraphrase_of else []
        names += [f"{name}: {value}" for name, value in example.attributes]
        names += [f"type: {example.type}"] if example.type else []
        for name in names:
            groups.setdefault(name, []).append(number)
    parts = {name: rows for name, rows in groups.items() if len(rows) < len(examples)}
    return {ALL: list(range(len(examples))), **dict(sorted(parts.items()))}


def _group(
    scored: Scored, name: str, rows: list[int], aggregates: Mapping[str, Aggregate]
) -> Group:
    scores = [scored.scores[row] for row in rows]
    metrics = list(dict.fromkeys(metric for s in scores for metric in s))
    estimates = [_mean(metric, scores) for metric in metrics]
    if name == ALL and rows:
        seen = outcomes(scored.examples, scored.rows, scored.scores)
        estimates += [_aggregate(metric, f, seen) for metric, f in aggregates.items()]
    return Group(name, len(rows), tuple(estimates))


def _mean(metric: str, scores: Sequence[Scores]) -> Estimate:
    values = np.array([s[metric] for s in scores if metric in s], dtype=float)
    low, high = mean_interval(values)
    return Estimate(metric, len(values), float(values.mean()), low, high)


def _aggregate(metric: str, function: Aggregate, seen: Any) -> Estimate:
    n = len(seen.right)
    value = function(seen)
    if math.isnan(value):
        return Estimate(metric, n, None, None, None)
    low, high = interval(lambda rows: function(seen.take(rows)), n)
    return Estimate(metric, n, value, low, high)


def _comparisons(system: Scored, other: Scored) -> list[Comparison]:
    """Compare two systems on each metric, over the questions to which it applies for both."""
    found = []
    for metric in dict.fromkeys(name for s in system.scores for name in s):
        pairs = [
            (a[metric], b[metric])
            for a, b in zip(system.scores, other.scores, strict=True)
            if metric in a and metric in b
        ]
        if not pairs:
            continue
        ours, theirs = np.array(pairs, dtype=float).T
        difference = float((ours - theirs).mean())
        p = paired_p(ours, theirs)
        found.append(Comparison(metric, system.system, other.system, len(pairs), difference, p))
    return found
