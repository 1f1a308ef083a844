"""How strong the evidence for an answer is: the features that calibration weighs."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from qa.facts.table import FactTable
from qa.question import Question, QuestionType
from qa.records import Reading, Retrieved, Span, holding, text_of

__all__ = ["features", "mistaken", "reranked"]

_ASKS_AGE = re.compile(r"\bhow (?:old|young)\b|\bwhat age\b", re.IGNORECASE)
_ASKS_RELATION = re.compile(
    r"(?P<owner>[\w.-]+)(?:['’]s|(?<=s)['’]) (?P<noun>(?-i:[a-z][\w-]*))\W*$", re.IGNORECASE
)
_THOUSAND = 1_000
_STRETCH = re.compile(r"\b(?:years?|months?|weeks?|days?|hours?|decades?)\b", re.IGNORECASE)
_TELLS_AGE = re.compile(
    r"\b(?:old|older|young|younger|age|aged|born|birth\w*|lived)\b", re.IGNORECASE
)


def features(
    reading: Reading, retrieved: Sequence[Retrieved], premise: float, length: int
) -> dict[str, float]:
    """Return the named features of one answer.

    Beyond the reader's own `evidence`: `score`, the best span's; `mass`, that of all spans that
    share words with it, as one: where scores are log-probabilities, a clause that may begin and end
    at several words is as likely as all of these; `null`, the null answer's; `retrieved`, the score
    of the best span's passage, between 0 and 1; `premise`; and `length`, the logarithm of the
    story's, in thousands of characters: the more there is to read, the more there is to mistake for
    an answer. Features that told more on the stories they were fitted on (how much of the question
    the passage or the story has, how far the best span is ahead) told less on the others.

    Args:
        reading: what was read.
        retrieved: in which passages.
        premise: what the story makes of what the question takes for granted (`qa.facts.premise`).
        length: of the story, in characters.
    """
    best = next(iter(reading.spans), None)
    return {
        **reading.evidence,
        "score": best.score if best else reading.null_score,
        "mass": _mass(best, reading.spans) if best else reading.null_score,
        "null": reading.null_score,
        "retrieved": holding(best, retrieved).score if best else 0.0,
        "premise": premise,
        "length": math.log(max(1, length) / _THOUSAND),
    }


def _mass(best: Span, spans: Sequence[Span]) -> float:
    """Return the log of the sum of the exponentials of the scores of what overlaps with `best`."""
    scores = [s.score for s in spans if s.start < best.end and best.start < s.end]
    return float(np.logaddexp.reduce(scores))


def mistaken(
    question: Question, reading: Reading, retrieved: Sequence[Retrieved], table: FactTable
) -> bool:
    """Tell whether the best span cannot be of the kind that `question` asks for.

    A stretch of time is no age: "seven years of service" is none, "seven years old" is one, and so
    is a bare number. Who somebody's mother is, no story tells that never speaks of a mother, and
    what it says of this one is not whose mother that is.
    """
    if not reading.spans:
        return False
    span = reading.spans[0]
    said = text_of(span, retrieved)
    relation = _ASKS_RELATION.search(question.text)
    if relation and question.type is QuestionType.WHO_IS:
        owners = table.known.called([relation["owner"]]).characters
        roles = [role for n in owners for role in table.known.cast.characters[n].roles]
        return not table.has(relation["noun"]) or any(said in role for role in roles)
    if not _ASKS_AGE.search(question.text):
        return False
    return bool(_STRETCH.search(said)) and not _TELLS_AGE.search(
        holding(span, retrieved).passage.text
    )


def reranked(retrieved: Sequence[Retrieved], reading: Reading, share: float) -> list[Retrieved]:
    """Return the passages ranked by retrieval and by what was read in them.

    A passage's score gains `share` times the part of all spans' probability that its own have;
    scaled so that it stays between 0 and 1.
    """
    spans = reading.likely or reading.spans
    held = [(holding(span, retrieved).rank, math.exp(span.score)) for span in spans]
    total = sum(value for _, value in held)
    if not share or not total:
        return list(retrieved)
    scored = [
        replace(
            row,
            score=(row.score + share * sum(v for rank, v in held if rank == row.rank) / total)
            / (1 + share),
        )
        for row in retrieved
    ]
    scored.sort(key=lambda row: (-row.score, row.rank))
    return [replace(row, rank=rank) for rank, row in enumerate(scored, 1)]
