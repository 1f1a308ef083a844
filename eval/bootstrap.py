"""How sure a figure is: percentile bootstrap intervals, paired tests (Efron and Tibshirani 1993).

Questions are what is resampled, 1,000 times with a fixed seed. Questions on one story resemble each
other, so that over few stories the intervals are somewhat too narrow.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

__all__ = ["RESAMPLES", "interval", "mean_interval", "paired_p"]

RESAMPLES = 1_000
_SEED = 20_190
_CHUNK = 50


def interval(
    statistic: Callable[[NDArray[np.intp]], float], n: int, level: float = 0.95
) -> tuple[float, float]:
    """Return the percentile interval of a statistic over n questions.

    Args:
        statistic: its value on resampled question numbers, shape (n,); NaN where it has none.
        n: number of questions.
        level: share of the resamples that the interval holds.

    Returns:
        The lower and the upper end; both NaN where no resample has a value.
    """
    random = np.random.default_rng(_SEED)
    values = np.array([statistic(random.integers(0, n, n)) for _ in range(RESAMPLES)])
    return _ends(values, level)


def mean_interval(values: NDArray[np.float64], level: float = 0.95) -> tuple[float, float]:
    """Return the percentile interval of the mean of `values`, shape (n,)."""
    return _ends(_means(values), level)


def paired_p(ours: NDArray[np.float64], theirs: NDArray[np.float64]) -> float:
    """Return the two-sided p-value of the difference of two means over the same questions.

    The share of resamples whose mean difference, shifted to have none, is at least as large as the
    one seen (Berg-Kirkpatrick, Burkett and Klein 2012); never below 1 / 1,001.

    Args:
        ours: a score a question, shape (n,).
        theirs: the other system's, in the same order.
    """
    differences = ours - theirs
    seen = differences.mean()
    beyond = (np.abs(_means(differences) - seen) >= abs(seen) - 1e-12).sum()
    return float((beyond + 1) / (RESAMPLES + 1))


def _means(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the means of the resamples, shape (RESAMPLES,), a few at a time to bound memory."""
    random = np.random.default_rng(_SEED)
    n = len(values)
    found = [
        values[random.integers(0, n, (_CHUNK, n))].mean(axis=1) for _ in range(RESAMPLES // _CHUNK)
    ]
    return np.concatenate(found)


def _ends(values: NDArray[np.float64], level: float) -> tuple[float, float]:
    known = values[~np.isnan(values)]
    if not len(known):
        return float("nan"), float("nan")
    low, high = np.quantile(known, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
