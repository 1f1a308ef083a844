"""Fitting a calibration: the weights, and where an answer is given."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest

from eval.calibrate import Observed, fit


def asked(*rows: tuple[float, bool, bool]) -> Observed:
    """Return what `fit` takes, from rows of (score, right, answerable)."""
    return Observed(
        [{"score": s} for s, _, _ in rows], [r for _, r, _ in rows], [a for _, _, a in rows]
    )


def test_a_feature_that_tells_right_answers_gets_a_weight_and_a_threshold_between() -> None:
    rows = [(1.0 + n / 100, True, True) for n in range(40)]
    rows += [(-1.0 - n / 100, False, False) for n in range(40)]
    fitted = fit(asked(*rows))
    assert fitted["weights"]["score"] > 1.0
    # All are told apart from the lowest probability that a wrong one does not reach.
    low = 1 / (1 + 2.718 ** -(fitted["bias"] - fitted["weights"]["score"]))
    assert low - 0.05 < fitted["threshold"] < 0.5


def test_where_the_curve_is_flat_the_lowest_threshold_is_taken() -> None:
    # Nothing lies between the two groups, so that each threshold between them is as good.
    rows = [(2.0, True, True)] * 50 + [(-2.0, False, False)] * 50
    assert fit(asked(*rows))["threshold"] < 0.25


def test_the_threshold_rises_where_declining_can_be_had() -> None:
    rows = [(1.0, True, True)] * 30 + [(0.0, True, True)] * 2
    rows += [(0.0, False, False)] * 30
    fitted = fit(asked(*rows))
    share = 2 / 32  # of the middle ones that are right: below the threshold
    assert fitted["threshold"] > share
    assert fitted == fit(asked(*rows))


def test_a_missing_feature_counts_as_nought() -> None:
    heard = asked(
        *[(1.0, True, True)] * 20, *[(0.0, False, True)] * 10, *[(0.0, False, False)] * 10
    )
    without = replace(heard, heard=[row if row["score"] else {} for row in heard.heard])
    assert fit(without) == fit(heard)
    assert fit(heard)["weights"] == pytest.approx({"score": 4.0}, abs=2.5)


def test_other_questions_move_the_weights_and_the_threshold_stays_that_of_the_first() -> None:
    # On the first, all that is right lies above 1; of the others, everything is.
    first = asked(*[(1.5, True, True)] * 40, *[(0.5, False, False)] * 40)
    others = asked(*[(0.5, True, True)] * 30, *[(-0.5, False, True)] * 30)
    alone, together = fit(first), fit(first, others)
    assert alone["weights"] != together["weights"]

    def given(fitted: dict[str, Any], score: float) -> bool:
        logit = fitted["bias"] + fitted["weights"]["score"] * score
        return 1 / (1 + math.exp(-logit)) >= fitted["threshold"]

    assert given(together, 1.5)
    assert not given(together, 0.5)


def test_questions_without_an_answer_weigh_a_quarter_where_there_are_any() -> None:
    both = asked(*[(1.0, True, True)] * 6, *[(0.0, False, False)] * 2)
    assert both.weights.tolist() == pytest.approx([1.0] * 8)
    assert asked((1.0, True, True), (1.0, False, True)).weights.tolist() == [1.0, 1.0]
    few = asked(*[(1.0, True, True)] * 9, (0.0, False, False))
    assert few.weights[-1] == pytest.approx(2.5)
    assert few.weights.sum() == pytest.approx(10.0)
