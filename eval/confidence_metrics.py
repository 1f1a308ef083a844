"""Whether a system knows what it knows: declining, ranking by confidence, calibration.

All take one array entry a question. Selective answering follows El-Yaniv and Wiener (2010) and
Geifman and El-Yaniv (2017): questions are taken in order of confidence, a declined one last, since
the system would never answer it; questions of equal confidence are taken together. `right` is 1
only for a question that the story answers and the system answered rightly.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "Bin",
    "Outcomes",
    "abstention_f1",
    "abstention_precision",
    "abstention_recall",
    "aurc",
    "auroc",
    "auroc_answerable",
    "auroc_right",
    "coverage_at",
    "ece",
    "reliability",
    "risk_coverage",
]

Array = NDArray[np.float64]
_NAN = float("nan")


@dataclass(frozen=True, slots=True, eq=False)
class Outcomes:
    """What came of n questions: arrays of shape (n,); all but `confidence` hold 0 and 1."""

    confidence: Array
    right: Array
    answerable: Array
    declined: Array

    def take(self, rows: NDArray[np.intp]) -> Self:
        """Return the outcomes of some questions, with repetitions."""
        return type(self)(
            self.confidence[rows], self.right[rows], self.answerable[rows], self.declined[rows]
        )


def abstention_precision(outcomes: Outcomes) -> float:
    """Return the share of declined questions that the story does not answer; 0 if none declined."""
    declined = outcomes.declined.sum()
    return (
        float(((1 - outcomes.answerable) * outcomes.declined).sum() / declined) if declined else 0.0
    )


def abstention_recall(outcomes: Outcomes) -> float:
    """Return the share of questions without an answer in the story that were declined."""
    without = (1 - outcomes.answerable).sum()
    if not without:
        return _NAN
    return float(((1 - outcomes.answerable) * outcomes.declined).sum() / without)


def abstention_f1(outcomes: Outcomes) -> float:
    """Return the harmonic mean of precision and recall of declining."""
    precision, recall = abstention_precision(outcomes), abstention_recall(outcomes)
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def auroc(scores: Array, labels: Array) -> float:
    """Return the area under the ROC curve: P(score of a 1 > score of a 0), ties counting half.

    NaN where the labels are all the same. By ranks, as Mann and Whitney (1947).
    """
    positives = labels.sum()
    negatives = len(labels) - positives
    if not positives or not negatives:
        return _NAN
    _, inverse, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    above = (ranks * labels).sum() - positives * (positives + 1) / 2
    return float(above / (positives * negatives))


def auroc_answerable(outcomes: Outcomes) -> float:
    """Return how well confidence tells questions that the story answers from others."""
    return auroc(outcomes.confidence, outcomes.answerable)


def auroc_right(outcomes: Outcomes) -> float:
    """Return how well confidence tells right answers from wrong ones, declined questions aside."""
    answered = outcomes.declined == 0
    return auroc(outcomes.confidence[answered], outcomes.right[answered])


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers of about the same confidence: their number, mean confidence, and share right."""

    n: int
    confidence: float
    accuracy: float


def reliability(outcomes: Outcomes, bins: int = 10) -> list[Bin]:
    """Sort the answers given into bins of equal width over [0, 1]; empty ones are left out.

    A reliability diagram draws these (Niculescu-Mizil and Caruana 2005). Declined questions are
    left out: there is no answer that could be right.
    """
    answered = outcomes.declined == 0
    confidence, right = outcomes.confidence[answered], outcomes.right[answered]
    place = np.minimum((confidence * bins).astype(int), bins - 1)
    found = []
    for number in range(bins):
        inside = place == number
        if inside.any():
            shares = float(confidence[inside].mean()), float(right[inside].mean())
            found.append(Bin(int(inside.sum()), *shares))
    return found


def ece(outcomes: Outcomes) -> float:
    """Return the expected calibration error over 10 bins of equal width (Guo et al. 2017).

    The mean gap between confidence and share right, each bin weighted by its answers; NaN where
    nothing was answered.
    """
    found = reliability(outcomes)
    total = sum(b.n for b in found)
    return sum(b.n * abs(b.confidence - b.accuracy) for b in found) / total if total else _NAN


def risk_coverage(outcomes: Outcomes) -> tuple[Array, Array, NDArray[np.bool_]]:
    """Return the risk-coverage curve (Geifman and El-Yaniv 2017).

    Returns:
        coverage: share of the questions answered, 1/n to 1, shape (n,).
        risk: share of these that are not right, shape (n,); within a run of equal confidence, its
            expected value.
        reachable: whether a threshold on the confidence gives that coverage, shape (n,).
    """
    n = len(outcomes.right)
    order = np.where(outcomes.declined == 1, -1.0, outcomes.confidence)
    _, inverse, counts = np.unique(-order, return_inverse=True, return_counts=True)
    wrong = np.bincount(inverse, weights=1 - outcomes.right) / counts
    errors = np.repeat(wrong, counts)
    reachable = np.zeros(n, dtype=bool)
    reachable[np.cumsum(counts) - 1] = True
    taken = np.arange(1, n + 1)
    return taken / n, np.cumsum(errors) / taken, reachable


def aurc(outcomes: Outcomes) -> float:
    """Return the area under the risk-coverage curve, lower being better: its mean risk."""
    return float(risk_coverage(outcomes)[1].mean())


def coverage_at(outcomes: Outcomes, accuracy: float = 0.8) -> float:
    """Return the largest share of questions that can be answered with at least that accuracy.

    By a threshold on the confidence, as in Kamath, Jia and Liang (2020); 0 where none reaches it.
    """
    coverage, risk, reachable = risk_coverage(outcomes)
    good = reachable & (1 - risk >= accuracy - 1e-9)
    return float(coverage[good].max()) if good.any() else 0.0
