"""How strong the evidence for an answer is: the features that calibration weighs."""

from __future__ import annotations

from collections.abc import Sequence

from index.lexical import terms
from index.query import Query
from qa.question import Question
from qa.records import Reading, Retrieved

__all__ = ["features"]


def features(
    question: Question, query: Query, retrieved: Sequence[Retrieved], reading: Reading
) -> dict[str, float]:
    """Return the named features of one answer, each about between 0 and 1."""
    asked = set(terms(question.text))
    found = set(terms(" ".join(r.passage.text for r in retrieved)))
    best = reading.spans[0].score if reading.spans else 0.0
    return {"score": best - reading.null_score, "coverage": len(asked & found) / (len(asked) or 1)}
