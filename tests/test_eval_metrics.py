"""Metrics against values worked out by hand, and against independent implementations."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.answer_metrics import best, exact_match, normalise, rouge_l, token_f1
from eval.bootstrap import RESAMPLES, interval, mean_interval, paired_p
from eval.confidence_metrics import (
    Outcomes,
    abstention_f1,
    abstention_precision,
    abstention_recall,
    aurc,
    auroc,
    auroc_answerable,
    auroc_right,
    coverage_at,
    ece,
    reliability,
    risk_coverage,
)
from eval.dataset import Evidence, Example
from eval.metrics import answer_scores, gold_scores
from eval.records import Row
from eval.retrieval_metrics import retrieval_scores


def outcomes(*rows: tuple[float, int, int, int]) -> Outcomes:
    """Confidence, right, answerable, declined."""
    return Outcomes(*np.array(rows, dtype=float).T)


def test_normalise_as_squad_does() -> None:
    assert normalise("  The  Sea-Wolf's, an  OAR! ") == "seawolfs oar"
    assert normalise("a the an") == ""
    assert normalise("theatre") == "theatre"


def test_exact_match() -> None:
    assert exact_match("The old mill.", "old mill") == 1
    assert exact_match("mill", "old mill") == 0


def test_token_f1() -> None:
    # given: found, letter, under, floor; wanted: letter, under, stairs; 2 shared: 2*2/(4+3)
    assert token_f1("found a letter under the floor", "the letter under stairs") == 4 / 7
    assert token_f1("red red", "red") == pytest.approx(2 / 3)  # bags, not sets
    assert token_f1("mill", "sea") == 0
    assert token_f1("", "sea") == 0
    assert token_f1("the", "a") == 1


def test_rouge_l_is_of_stems_in_order() -> None:
    # "he walk home" against "walk slowly home": subsequence of 2 of 3 words each
    assert rouge_l("he walked home", "walking slowly home") == pytest.approx(2 / 3)
    # order counts: one word in sequence of two
    assert rouge_l("home walked", "walked home") == 0.5


def test_best_takes_the_kindest_reference_and_zero_for_silence() -> None:
    assert best(token_f1, "old mill", ("sea", "the mill")) == pytest.approx(2 / 3)
    assert best(token_f1, None, ("sea",)) == 0
    assert best(token_f1, "", ("the",)) == 0


EIGHT = outcomes(
    (0.95, 1, 1, 0),
    (0.90, 1, 1, 0),
    (0.80, 0, 1, 0),
    (0.70, 1, 1, 0),
    (0.60, 0, 0, 0),
    (0.40, 0, 1, 1),
    (0.30, 0, 0, 1),
    (0.20, 0, 0, 1),
)


def test_abstention() -> None:
    assert abstention_precision(EIGHT) == pytest.approx(2 / 3)
    assert abstention_recall(EIGHT) == pytest.approx(2 / 3)
    assert abstention_f1(EIGHT) == pytest.approx(2 / 3)
    never = outcomes((0.9, 1, 1, 0), (0.8, 0, 0, 0))
    assert (abstention_precision(never), abstention_recall(never), abstention_f1(never)) == (0,) * 3
    assert math.isnan(abstention_recall(outcomes((0.9, 1, 1, 0))))


def test_auroc_of_confidence() -> None:
    # answerable .95 .9 .8 .7 .4 against .6 .3 .2: all 15 pairs but (.4, .6)
    assert auroc_answerable(EIGHT) == pytest.approx(14 / 15)
    # answered: right .95 .9 .7 against wrong .8 .6: 6 pairs but (.7, .8)
    assert auroc_right(EIGHT) == pytest.approx(5 / 6)
    assert auroc(np.array([0.5, 0.5]), np.array([0.0, 1.0])) == 0.5
    assert math.isnan(auroc(np.array([0.5, 0.6]), np.array([1.0, 1.0])))


@given(st.lists(st.tuples(st.integers(0, 9), st.booleans()), min_size=2, max_size=60))
def test_auroc_agrees_with_scikit_learn(pairs: list[tuple[int, bool]]) -> None:
    from sklearn.metrics import roc_auc_score

    scores, labels = np.array(pairs, dtype=float).T
    if len(set(labels)) == 2:
        assert auroc(scores, labels) == pytest.approx(roc_auc_score(labels, scores))


def test_ece_in_ten_equal_bins() -> None:
    # [.9, 1]: .925 confident, all right, 2 answers; .8: 0 of 1; .7: 1 of 1; .6: 0 of 1
    assert ece(EIGHT) == pytest.approx((2 * 0.075 + 0.8 + 0.3 + 0.6) / 5)
    assert [(b.n, b.accuracy) for b in reliability(EIGHT)] == [(1, 0), (1, 1), (1, 0), (2, 1)]
    assert ece(outcomes((1.0, 1, 1, 0))) == 0  # 1.0 is of the last bin
    assert math.isnan(ece(outcomes((0.2, 0, 1, 1))))


def test_risk_and_coverage() -> None:
    coverage, risk, reachable = risk_coverage(EIGHT)
    assert coverage == pytest.approx(np.arange(1, 9) / 8)
    assert risk == pytest.approx([0, 0, 1 / 3, 1 / 4, 2 / 5, 3 / 6, 4 / 7, 5 / 8])
    assert reachable.tolist() == [True] * 5 + [False, False, True]  # the declined come together
    assert aurc(EIGHT) == pytest.approx(risk.mean())
    assert coverage_at(EIGHT, 0.8) == pytest.approx(2 / 8)
    assert coverage_at(EIGHT, 0.75) == pytest.approx(4 / 8)
    assert coverage_at(outcomes((0.9, 0, 1, 0))) == 0


def test_equal_confidence_cannot_be_told_apart() -> None:
    tied = outcomes((0.5, 1, 1, 0), (0.5, 0, 1, 0), (0.5, 1, 1, 0), (0.5, 0, 1, 0))
    assert risk_coverage(tied)[1] == pytest.approx([0.5] * 4)
    assert coverage_at(tied, 0.8) == 0


@given(
    st.lists(st.tuples(st.integers(0, 5), st.booleans(), st.booleans()), min_size=1, max_size=30),
    st.randoms(use_true_random=False),
)
def test_the_order_of_questions_does_not_matter(
    drawn: list[tuple[int, bool, bool]], random: object
) -> None:
    rows = [(c / 5, r and not d, True, d) for c, r, d in drawn]
    seen = outcomes(*rows)
    random.shuffle(rows)  # type: ignore[attr-defined]
    again = outcomes(*rows)
    assert aurc(again) == pytest.approx(aurc(seen))
    assert coverage_at(again) == pytest.approx(coverage_at(seen))


def example(*evidence: tuple[int, int], references: tuple[str, ...] = ("x",)) -> Example:
    pieces = tuple(Evidence(a, b, "x" * (b - a)) for a, b in evidence)
    return Example("e", "s", "Q?", "what", bool(references), references, pieces)


def row(*passages: tuple[int, int], relevant: int = 1, **more: object) -> Row:
    return Row("sys", "e", passages=passages, relevant=relevant, **more)  # type: ignore[arg-type]


def test_retrieval_by_hand() -> None:
    # evidence in the second and third passage returned, of three relevant ones in the story
    (scores,) = retrieval_scores(
        [example((10, 20), (40, 45))],
        [row((50, 60), (15, 30), (44, 50), (0, 10), (60, 70), relevant=3)],
    )
    ideal = 1 + 1 / math.log2(3) + 1 / math.log2(4)
    assert scores == pytest.approx(
        {
            "Recall@1": 0,
            "Recall@3": 1,
            "Recall@5": 1,
            "MRR": 0.5,
            "nDCG@10": (1 / math.log2(3) + 1 / math.log2(4)) / ideal,
        }
    )


def test_touching_is_not_overlapping() -> None:
    (scores,) = retrieval_scores([example((10, 20))], [row((0, 10), (20, 30))])
    assert set(scores.values()) == {0}


def test_retrieval_of_nothing_scores_zero_and_stays() -> None:
    found = retrieval_scores(
        [example((0, 5)), example((0, 5)), example()], [row((0, 5)), row(), row((0, 5))]
    )
    assert [s.get("MRR") for s in found] == [1, 0, None]
    assert retrieval_scores([example((0, 5))], [row()])[0]["Recall@5"] == 0


def test_recall_at_ten_needs_ten_passages() -> None:
    ten = tuple((n, n + 1) for n in range(10))
    (scores,) = retrieval_scores([example((9, 10))], [row(*ten)])
    assert (scores["Recall@5"], scores["Recall@10"], scores["MRR"]) == (0, 1, 0.1)


def test_answers_score_zero_where_there_is_none() -> None:
    told = example((0, 5), references=("old mill",))
    silent = answer_scores(told, row(declined=True))
    assert (silent["accuracy"], silent["EM"], silent["F1"], silent["ROUGE-L"]) == (0, 0, 0, 0)
    assert "cited" not in silent
    failed = answer_scores(told, row(error="no"))
    assert failed["accuracy"] == 0
    assert "offsets" not in failed
    given_ = answer_scores(
        told, row(declined=False, short_answer="the old mill", citations=((4, 9),))
    )
    assert (given_["accuracy"], given_["EM"], given_["cited"]) == (1, 1, 1)
    assert answer_scores(example(references=()), row(declined=True)) == {
        "declined": 1,
        "offsets": 1,
    }


def test_right_is_half_of_the_words() -> None:
    told = example((0, 5), references=("old mill",))
    half = row(declined=False, short_answer="mill by the")  # mill, by: 2*1/(2+2)
    assert gold_scores([told], [half])[0]["accuracy"] == 1
    less = row(declined=False, short_answer="mill by sea")  # 2*1/(3+2)
    assert gold_scores([told], [less])[0]["accuracy"] == 0


def test_interval_of_a_share() -> None:
    values = np.array([1.0] * 60 + [0.0] * 40)
    low, high = mean_interval(values)
    spread = 1.96 * math.sqrt(0.6 * 0.4 / 100)  # the normal approximation
    assert low == pytest.approx(0.6 - spread, abs=0.02)
    assert high == pytest.approx(0.6 + spread, abs=0.02)
    assert mean_interval(values) == (low, high)
    assert mean_interval(np.ones(5)) == (1, 1)
    again = interval(lambda rows: float(values[rows].mean()), len(values))
    assert again == pytest.approx((low, high), abs=0.02)
    assert all(math.isnan(end) for end in interval(lambda rows: float("nan"), 3))


def test_paired_p() -> None:
    same = np.array([1.0, 0, 1, 0])
    assert paired_p(same, same) == 1
    better = np.array([1.0] * 90 + [0] * 10)
    worse = np.array([1.0] * 40 + [0] * 60)
    assert paired_p(better, worse) == 1 / (RESAMPLES + 1)
    assert paired_p(worse, better) == 1 / (RESAMPLES + 1)
    # one question of forty differs: it is drawn never, or twice and more, with p about .63
    barely = np.zeros(40)
    barely[0] = 1
    assert paired_p(barely, np.zeros(40)) == pytest.approx(0.63, abs=0.05)
