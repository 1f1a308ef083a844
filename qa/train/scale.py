"""Fitting what turns the reader's logits into probabilities, on validation questions."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from qa.decode import Scale
from qa.neural_reader import NeuralReader, Run, load_tokenizer
from qa.train.validate import Asked, Validation

__all__ = ["Fitted", "fit_answerability", "fit_windows", "remembering"]

WINDOWS = (0.0, 0.5, 1.0)
"""Weights of a window's answerability in its spans' logits, to choose from."""

LENGTHS = (160, 208, 256, 384)
"""Longest inputs to choose from, in word pieces."""

Fitted = tuple[Scale, int]
"""A scale, and the longest input."""


def fit_windows(run: Run, asked: Sequence[Asked], report: Callable[[str], None]) -> Fitted:
    """Choose the window weight and the longest input: the best mean over the story benchmarks."""
    stories = [a for a in asked if a.kind in ("narrativeqa", "fairytaleqa whole")]
    found: list[tuple[float, Fitted]] = []
    known = remembering(run)
    for length in LENGTHS:
        for weight in WINDOWS:
            scale = Scale(window=weight)
            scores = Validation.of(
                NeuralReader(known, load_tokenizer(), scale, length), stories
            ).scores
            report(f"windows of {length}, weight {weight}: {scores}")
            found.append((float(np.mean(list(scores.values()))), (scale, length)))
    return max(found, key=lambda row: row[0])[1]


def fit_answerability(run: Run, asked: Sequence[Asked], fitted: Fitted) -> Scale:
    """Fit bias, evidence and head by logistic regression on questions with and without an answer.

    Both kinds weigh the same, so that the log-odds are nought where they are equally likely.
    """
    from sklearn.linear_model import LogisticRegression

    scale, length = fitted
    known = remembering(run)
    columns = []
    for part in (
        replace(scale, bias=0.0, evidence=1.0, head=0.0),
        replace(scale, bias=0.0, evidence=0.0, head=1.0),
    ):
        reader = NeuralReader(known, load_tokenizer(), part, length)
        columns.append([_odds(reader.read(a.question, a.passages).null_score) for a in asked])
    model = LogisticRegression(class_weight="balanced")
    model.fit(np.array(columns).T, [bool(a.answers) for a in asked])
    evidence, head = (round(float(value), 4) for value in model.coef_[0])
    return replace(scale, bias=round(float(model.intercept_[0]), 4), evidence=evidence, head=head)


def remembering(run: Run) -> Run:
    """Return the same network, which runs each input once and then remembers its output."""
    known: dict[bytes, tuple[NDArray[np.float32], ...]] = {}

    def remembered(
        ids: NDArray[np.int64], mask: NDArray[np.int64], types: NDArray[np.int64]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
        key = ids.tobytes()
        if key not in known:
            known[key] = run(ids, mask, types)
        start, end, answerable = known[key]
        return start, end, answerable

    return remembered


def _odds(null_score: float) -> float:
    """Return the log-odds of an answer, given the log-probability that there is none."""
    return math.log(max(math.expm1(-null_score), 1e-300))
