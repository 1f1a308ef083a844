"""Fitting a calibration: the weights, and where an answer is given."""

from __future__ import annotations

import pytest

from eval.calibrate import fit


def asked(*rows: tuple[float, bool, bool]) -> tuple[list[dict[str, float]], list[bool], list[bool]]:
    """Return what `fit` takes, from rows of (score, right, answerable)."""
    return [{"score": s} for s, _, _ in rows], [r for _, r, _ in rows], [a for _, _, a in rows]


def test_a_feature_that_tells_right_answers_gets_a_weight_and_a_threshold_between() -> None:
    rows = [(1.0 + n / 100, True, True) for n in range(40)]
    rows += [(-1.0 - n / 100, False, False) for n in range(40)]
    fitted = fit(*asked(*rows))
    assert fitted["weights"]["score"] > 1.0
    # All are told apart from the lowest probability that a wrong one does not reach.
    low = 1 / (1 + 2.718 ** -(fitted["bias"] - fitted["weights"]["score"]))
    assert low - 0.05 < fitted["threshold"] < 0.5


def test_where_the_curve_is_flat_the_lowest_threshold_is_taken() -> None:
    # Nothing lies between the two groups, so that each threshold between them is as good.
    rows = [(2.0, True, True)] * 50 + [(-2.0, False, False)] * 50
    assert fit(*asked(*rows))["threshold"] < 0.25


def test_the_threshold_rises_where_declining_can_be_had() -> None:
    rows = [(1.0, True, True)] * 30 + [(0.0, True, True)] * 2
    rows += [(0.0, False, False)] * 30
    fitted = fit(*asked(*rows))
    share = 2 / 32  # of the middle ones that are right: below the threshold
    assert fitted["threshold"] > share
    assert fitted == fit(*asked(*rows))


def test_a_missing_feature_counts_as_nought() -> None:
    heard, right, told = asked(*[(1.0, True, True)] * 20, *[(0.0, False, True)] * 20)
    told[-10:] = [False] * 10
    without = [row if row["score"] else {} for row in heard]
    assert fit(without, right, told) == fit(heard, right, told)
    assert fit(heard, right, told)["weights"] == pytest.approx({"score": 4.0}, abs=2.5)
