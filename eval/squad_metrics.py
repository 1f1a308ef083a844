"""SQuAD's official metrics, 1.1 and 2.0 (Rajpurkar et al. 2016, 2018), with unanswerable questions.

Declining is the empty prediction of the official script: right where the question has no answer in
the paragraph, wrong elsewhere. HasAns and NoAns of the script are the groups "answerable" and
"unanswerable".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from eval.answer_metrics import exact_match, normalise, token_f1

__all__ = ["best_threshold", "squad_em", "squad_f1"]


def squad_em(prediction: str, references: Sequence[str]) -> float:
    """Return the official exact match: 1 or 0, over the best reference.

    Args:
        prediction: the answer; "" where the question was declined.
        references: the accepted answers; none where the question has no answer.
    """
    return _best(exact_match, prediction, references)


def squad_f1(prediction: str, references: Sequence[str]) -> float:
    """Return the official token F1, over the best reference; arguments as in `squad_em`."""
    return _best(token_f1, prediction, references)


def best_threshold(
    scores: NDArray[np.float64],
    confidence: NDArray[np.float64],
    answerable: NDArray[np.bool_],
    given: NDArray[np.bool_],
) -> tuple[float, float]:
    """Return the best mean score that a threshold on the confidence can give, and the threshold.

    The official `find_best_thresh`, with 1 - confidence as the probability of there being no
    answer: what is not as confident as the threshold counts as declined. Since a system's declined
    questions have no prediction to fall back on, only more declining is tried, never less.

    Args:
        scores: EM or F1 of each question's answer, 0 to 1, shape (n,).
        confidence: of each answer, shape (n,).
        answerable: whether the question has an answer, shape (n,).
        given: whether an answer was given, shape (n,).

    Returns:
        The best mean, 0 to 1, and the lowest confidence that is answered; the mean of declining
        everything, and infinity, where that is best.
    """
    n = len(scores)
    order = np.argsort(-confidence, kind="stable")
    # What answering a question brings over declining it.
    gain = np.where(answerable[order], scores[order], np.where(given[order], -1.0, 0.0))
    total = float((~answerable).sum()) + np.cumsum(gain)
    ranked = confidence[order]
    last = np.append(ranked[1:] != ranked[:-1], True)  # equal confidence: all or none
    reachable = np.where(last, total, -np.inf)
    start = float((~answerable).sum())
    place = int(np.argmax(reachable)) if n else 0
    if not n or start >= reachable[place]:
        return (start / n if n else float("nan")), float("inf")
    return float(reachable[place]) / n, float(ranked[place])


def _best(metric: Callable[[str, str], float], prediction: str, references: Sequence[str]) -> float:
    """Take the best reference, leaving out those that normalise to nothing, as the script does."""
    known = [reference for reference in references if normalise(reference)] or [""]
    return max(metric(prediction, reference) for reference in known)
