"""How each benchmark is scored: per question as its papers do, and over all questions.

- NarrativeQA: coco-caption's ROUGE-L over both answers (Kočiský et al. 2018), and corpus BLEU.
- FairytaleQA: ROUGE-L F1 of `rouge_score` with stemming against the first answer (Xu et al. 2022),
  by attribute and by whether the answer is explicit.
- SQuAD and what has its layout: official EM and F1 (Rajpurkar et al. 2016, 2018), and so for DuoRC
  (Saha et al. 2018).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import numpy as np

from eval.best_spans import CAPTION, ROUGE, ROUGE_STEMMED, Measure
from eval.bootstrap import interval
from eval.caption_metrics import bleu, bleu_counts, caption_rouge_l, treebank_words
from eval.dataset import Example
from eval.metrics import Scorer, Scores, gold_scores
from eval.records import Row
from eval.squad_metrics import best_threshold, squad_em, squad_f1
from eval.summary import ALL, Estimate, Scored, Summary

__all__ = ["DUORC", "FAIRYTALEQA", "NARRATIVEQA", "SQUAD", "Scheme", "with_extras"]


@dataclass(frozen=True, slots=True)
class Scheme:
    """How a benchmark is scored.

    Attributes:
        scorer: metrics of each question.
        metric: the one that systems are judged by.
        extras: further figures over all questions of one system.
        oracles: systems that give the best span by a measure, by name.
        span_measure: what says where a question is answered, for `--retrieval`.
    """

    scorer: Scorer
    metric: str
    extras: Callable[[Scored], Sequence[Estimate]]
    oracles: Mapping[str, Measure] = field(default_factory=dict)
    span_measure: Measure | None = None


def with_extras(summary: Summary, scored: Sequence[Scored], scheme: Scheme) -> Summary:
    """Return the summary with the scheme's further figures in each system's first group."""
    extras = {run.system: tuple(scheme.extras(run)) for run in scored}

    def extended(system: Any) -> Any:
        groups = tuple(
            replace(g, estimates=g.estimates + extras[system.system]) if g.name == ALL else g
            for g in system.groups
        )
        return replace(system, groups=groups)

    return replace(summary, systems=tuple(extended(system) for system in summary.systems))


def _prediction(row: Row) -> str:
    """Return the answer given; "" where the question was declined."""
    return "" if row.declined else row.short_answer or row.answer


@lru_cache(maxsize=50_000)
def _words(text: str) -> tuple[str, ...]:
    return tuple(treebank_words(text))


def _narrativeqa_scores(examples: Sequence[Example], rows: Sequence[Row]) -> list[Scores]:
    found: list[Scores] = []
    for example, row, base in zip(examples, rows, gold_scores(examples, rows), strict=True):
        references = [_words(text) for text in example.references]
        rouge = caption_rouge_l(_words(_prediction(row)), references)
        found.append({**_without(base, "ROUGE-L"), "ROUGE-L-coco": rouge})
    return found


def _bleu(run: Scored) -> list[Estimate]:
    counts = np.array([
        bleu_counts(_words(_prediction(row)), [_words(text) for text in example.references])
        for example, row in zip(run.examples, run.rows, strict=True)
    ])  # fmt: skip
    found = []
    for order in (1, 4):

        def value(rows: Any, order: int = order) -> float:
            return bleu(counts[rows].sum(axis=0), order)

        low, high = interval(value, len(counts))
        found.append(Estimate(f"BLEU-{order}", len(counts), value(slice(None)), low, high))
    return found


def _fairytaleqa_scores(examples: Sequence[Example], rows: Sequence[Row]) -> list[Scores]:
    found: list[Scores] = []
    for example, row, base in zip(examples, rows, gold_scores(examples, rows), strict=True):
        answer, first = _prediction(row), example.references[0]
        rouge = {
            name: float(_rouge(stemmed).score(first, answer)["rougeL"].fmeasure)
            for name, stemmed in (("ROUGE-L-first", True), ("ROUGE-L-first-unstemmed", False))
        }
        found.append({**_without(base, "ROUGE-L"), **rouge})
    return found


@lru_cache(maxsize=2)
def _rouge(stemmed: bool) -> Any:
    from rouge_score.rouge_scorer import RougeScorer

    return RougeScorer(["rougeL"], use_stemmer=stemmed)


def _squad_scores(examples: Sequence[Example], rows: Sequence[Row]) -> list[Scores]:
    """Score all questions; one without an answer scores 1 where it was declined."""
    return [
        {
            **base,
            "EM": squad_em(_prediction(row), example.references),
            "F1": squad_f1(_prediction(row), example.references),
        }
        for example, row, base in zip(examples, rows, gold_scores(examples, rows), strict=True)
    ]


def _thresholds(run: Scored) -> list[Estimate]:
    answerable = np.array([example.answerable for example in run.examples])
    if answerable.all():
        return []
    confidence = np.array([row.confidence for row in run.rows])
    given = np.array([not row.declined for row in run.rows])
    found = []
    for metric in ("EM", "F1"):
        scores = np.array([s[metric] for s in run.scores])

        def best(rows: Any, scores: Any = scores) -> float:
            return best_threshold(scores[rows], confidence[rows], answerable[rows], given[rows])[0]

        value, threshold = best_threshold(scores, confidence, answerable, given)
        low, high = interval(best, len(scores))
        found.append(Estimate(f"best-{metric}", len(scores), value, low, high))
        if math.isfinite(threshold):
            name = f"best-{metric}-threshold"
            found.append(Estimate(name, len(scores), threshold, threshold, threshold))
    return found


def _none(run: Scored) -> list[Estimate]:  # noqa: ARG001 - a scheme without further figures
    return []


def _without(scores: Scores, name: str) -> dict[str, float]:
    return {key: value for key, value in scores.items() if key != name}


NARRATIVEQA = Scheme(
    _narrativeqa_scores, "ROUGE-L-coco", _bleu, {"oracle": CAPTION}, span_measure=CAPTION
)
"""NarrativeQA. Its oracle gives the best span of at most 30 words by coco-caption's ROUGE-L."""

FAIRYTALEQA = Scheme(
    _fairytaleqa_scores,
    "ROUGE-L-first",
    _none,
    {"oracle": ROUGE, "oracle-stemmed": ROUGE_STEMMED},
    span_measure=ROUGE_STEMMED,
)
"""FairytaleQA. The known .807 of the best span is of ROUGE-L without stemming: `oracle`."""

SQUAD = Scheme(_squad_scores, "F1", _thresholds)
"""SQuAD 1.1 and 2.0, and benchmarks in their layout."""

DUORC = Scheme(_squad_scores, "F1", _thresholds)
"""DuoRC, by SQuAD's metrics."""
