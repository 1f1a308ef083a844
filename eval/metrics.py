"""The figures of a run: what is scored a question, what over all of them, and their names.

A question that the story answers and that got no answer scores zero on every metric of answers, and
stays in the mean. Questions without an answer in the story enter only the metrics of abstention and
confidence, and `declined`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from eval.answer_metrics import RIGHT_F1, best, exact_match, rouge_l, token_f1
from eval.asking import overlaps
from eval.confidence_metrics import (
    Outcomes,
    abstention_f1,
    abstention_precision,
    abstention_recall,
    aurc,
    auroc_answerable,
    auroc_right,
    coverage_at,
    ece,
)
from eval.dataset import Example
from eval.records import Row
from eval.retrieval_metrics import retrieval_scores

__all__ = [
    "AGGREGATES",
    "EXPLANATIONS",
    "LOWER_IS_BETTER",
    "Aggregate",
    "Scorer",
    "Scores",
    "answer_scores",
    "gold_scores",
    "outcomes",
]

Scores = Mapping[str, float]
"""Metrics of one question by name; one that does not apply to it is not there."""

Scorer = Callable[[Sequence[Example], Sequence[Row]], Sequence[Scores]]
"""Scores questions, each with its row. `accuracy` among the scores says what counts as right."""

Aggregate = Callable[[Outcomes], float]
"""A figure over all questions at once; NaN where it has no value."""

AGGREGATES: Mapping[str, Aggregate] = {
    "abstention-precision": abstention_precision,
    "abstention-recall": abstention_recall,
    "abstention-F1": abstention_f1,
    "AUROC-answerable": auroc_answerable,
    "AUROC-right": auroc_right,
    "ECE": ece,
    "AURC": aurc,
    "coverage@80": coverage_at,
}

LOWER_IS_BETTER = frozenset({"ECE", "AURC"})

EXPLANATIONS: Mapping[str, str] = {
    "accuracy": f"answers with token F1 of {RIGHT_F1} or more, of answerable questions",
    "EM": "exact match, SQuAD normalisation, best accepted answer (Rajpurkar et al. 2016)",
    "F1": "token F1, SQuAD normalisation, best accepted answer (Rajpurkar et al. 2016)",
    "ROUGE-L": "F1 of rouge_score with stemming, best accepted answer (Lin 2004)",
    "ROUGE-L-coco": "coco-caption's ROUGE-L: beta 1.2, best precision and best recall over the "
    "references (Lin 2004; Chen et al. 2015)",
    "BLEU-1": "coco-caption's corpus BLEU, unigrams (Papineni et al. 2002)",
    "BLEU-4": "coco-caption's corpus BLEU, up to four words (Papineni et al. 2002)",
    "ROUGE-L-first": "F1 of rouge_score with stemming, first reference (Xu et al. 2022)",
    "ROUGE-L-first-unstemmed": "the same without stemming",
    "best-EM": "EM with the best threshold on the confidence (Rajpurkar et al. 2018)",
    "best-EM-threshold": "least confidence that is answered at the best EM",
    "best-F1": "F1 with the best threshold on the confidence (Rajpurkar et al. 2018)",
    "best-F1-threshold": "least confidence that is answered at the best F1",
    "cited": "a citation overlaps evidence, of answerable questions that were answered",
    "offsets": "all citations and passages are verbatim what stands at their offsets",
    "Recall@1": "a passage with evidence comes first (Success@1 of ir_measures)",
    "Recall@3": "a passage with evidence is among the first 3 (Success@3 of ir_measures)",
    "Recall@5": "a passage with evidence is among the first 5 (Success@5 of ir_measures)",
    "Recall@10": "a passage with evidence is among the first 10 (Success@10 of ir_measures)",
    "MRR": "mean of 1 / rank of the first passage with evidence",
    "nDCG@10": "normalised discounted cumulative gain of the passages with evidence",
    "declined": "questions that were not answered",
    "follow-up-right": "follow-ups answered right, or declined where the story does not tell",
    "standalone-right": "the same questions so, in their standalone form",
    "follow-up-ratio": "follow-ups right, of as many in their standalone form",
    "abstention-precision": "of the declined questions, those that the story does not answer",
    "abstention-recall": "of the questions that the story does not answer, those declined",
    "abstention-F1": "harmonic mean of abstention precision and recall",
    "AUROC-answerable": "confidence tells what the story answers from what it does not",
    "AUROC-right": "confidence tells right answers from wrong ones",
    "ECE": "expected calibration error, 10 bins of equal width (Guo et al. 2017); lower is better",
    "AURC": "area under the risk-coverage curve (Geifman, El-Yaniv 2017); lower is better",
    "coverage@80": "most questions that can be answered at 80% accuracy (Kamath et al. 2020)",
}
"""What each metric says, as printed beneath the tables."""


def answer_scores(example: Example, row: Row) -> dict[str, float]:
    """Return the metrics of one question's answer."""
    scores = {"declined": float(row.declined)}
    if row.error is None:
        scores["offsets"] = float(row.exact)
    if not example.answerable:
        return scores
    given = None if row.declined else row.short_answer or row.answer
    f1 = best(token_f1, given, example.references)
    scores["accuracy"] = float(f1 >= RIGHT_F1)
    scores["EM"] = best(exact_match, given, example.references)
    scores["F1"] = f1
    scores["ROUGE-L"] = best(rouge_l, given, example.references)
    if example.evidence and not row.declined:
        scores["cited"] = float(any(overlaps(span, example) for span in row.citations))
    return scores


def gold_scores(examples: Sequence[Example], rows: Sequence[Row]) -> list[Scores]:
    """Return the metrics of each question: of its answer and, with evidence, of its retrieval."""
    found = retrieval_scores(examples, rows)
    return [
        {**answer_scores(example, row), **retrieved}
        for example, row, retrieved in zip(examples, rows, found, strict=True)
    ]


def outcomes(
    examples: Sequence[Example], rows: Sequence[Row], scores: Sequence[Scores]
) -> Outcomes:
    """Return what the metrics over all questions are computed from."""
    return Outcomes(
        confidence=np.array([row.confidence for row in rows], dtype=float),
        right=np.array([s.get("accuracy", 0.0) for s in scores], dtype=float),
        answerable=np.array([float(e.answerable) for e in examples]),
        declined=np.array([float(row.declined) for row in rows]),
    )
