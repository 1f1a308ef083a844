"""Two readers as one: the trained one knows language, the one of rules knows the story's names."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from index.binding import SUBJECTS
from index.lexical import content_words, stem
from qa.question import Question, QuestionType
from qa.reader import Reader
from qa.records import Reading, Retrieved, Span, holding, text_of
from qa.syntax import VERBAL, heads

__all__ = ["EnsembleReader"]

_FLOOR = -8.0
"""Least log-probability: what the trained reader finds impossible is judged by the rules alone."""

_NAMES = frozenset(
    {QuestionType.WHO, QuestionType.WHO_IS, QuestionType.WHEN, QuestionType.HOW_MANY}
)
_NAMES_WEIGHT = 3.0
_WEIGHT = 0.3
"""What a point of the rules' score is worth, where a question asks for names, times or numbers
(which rules tell well) and elsewhere: chosen, as are the floor and the passage's weight, on the
tuning stories and on training questions of FairytaleQA and NarrativeQA together, which want
different ones."""

_FEW_NAMED, _MANY_NAMED = 0.1, 0.4
"""Of the subjects of clauses, the share that names somebody: up to the first rules are not trusted,
from the second on wholly. Half of them do in a synopsis and a fifth in a fairy tale, where the best
span of the rules is right a third as often: .09 against .27 of "what", .16 against .26 of "why", on
training questions of FairytaleQA and NarrativeQA."""

_PASSAGE_WEIGHT = 2.0
"""What a point of its passage's score is worth to a span."""

_RESTATED = 2.0
"""What a reason loses that says over again what it is to be the reason for."""

_PEOPLE = frozenset({QuestionType.WHO, QuestionType.WHO_IS})
_NOBODY = 6.0
"""What a clause loses where a person is asked for: of 14 that were the best ones, as they stood, on
the tuning stories and on training questions of NarrativeQA and FairytaleQA, one was right."""

_LIMIT = 20
_CLOSED = re.compile(r"[^()]*(?:\([^()]*\)[^()]*)*")

Lengths = NDArray[np.int64]
"""Numbers of characters, shape (n_spans, n_others)."""


class EnsembleReader(Reader):
    """Ranks the spans of both readers by the sum of what each makes of them, and of retrieval.

    A span that only one has found gets from the other what that gives the spans that overlap with
    it: of the trained reader's log-probability less the less they have in common, since that tells
    where an answer begins and ends; of the rules' score the share of the shorter one that they
    have in common, since rules tell where it stands only.

    Args:
        trained: scores are log-probabilities; its null score is kept.
        rules: scores are between about 0 and 5.
        depth: number of passages that the rules read, best first.
    """

    def __init__(self, trained: Reader, rules: Reader, depth: int = 5) -> None:
        self._trained = trained
        self._rules = rules
        self._depth = depth

    def read(self, question: Question, passages: Sequence[Retrieved]) -> Reading:
        """Return spans of the passages, best first, each inside one passage.

        Scores are log-probabilities given that there is an answer. `evidence` has `read` and
        `ruled`: what the two readers make of the best span. `likely` are the trained reader's
        spans: its probabilities tell passages apart better than the sums do.
        """
        found = self._trained.read(question, passages)
        judged = self._rules.read(question, passages[: self._depth])
        rules = judged.spans[:_LIMIT]
        weight = _NAMES_WEIGHT if question.type in _NAMES else _WEIGHT
        weight *= _trust(passages)
        spans = list({(s.start, s.end): s for s in (*found.spans, *rules)}.values())
        spans = [span for span in spans if _closed(span, passages)]
        if not spans:
            return Reading((), found.null_score)
        reads, judgements = _read(spans, found.spans), _ruled(spans, rules)
        reason, asked = question.type is QuestionType.WHY, _stems(question.text)
        rows = []
        for span, read, ruled in zip(spans, reads, judgements, strict=True):
            value = read + weight * ruled + _PASSAGE_WEIGHT * holding(span, passages).score
            if reason and _restates(asked, text_of(span, passages)):
                value -= _RESTATED
            if question.type in _PEOPLE and _clausal(span, passages):
                value -= _NOBODY
            rows.append((value, read, ruled, span))
        rows.sort(key=lambda row: (-row[0], row[-1].start, row[-1].end))
        top, read, ruled, _ = rows[0]
        total = top + math.log(sum(math.exp(value - top) for value, *_ in rows))
        return Reading(
            tuple(replace(span, score=value - total) for value, *_, span in rows[:_LIMIT]),
            found.null_score,
            {"read": read, "ruled": ruled},
            likely=found.spans,
        )


def _closed(span: Span, passages: Sequence[Retrieved]) -> bool:
    """Tell whether brackets that the span has open and close in it: half of a pair is no phrase."""
    return bool(_CLOSED.fullmatch(text_of(span, passages)))


def _restates(asked: frozenset[str], said: str) -> bool:
    """Tell whether what is said has more than half of the words that are asked."""
    return 2 * len(asked & _stems(said)) > len(asked)


def _clausal(span: Span, passages: Sequence[Retrieved]) -> bool:
    """Tell whether a verb of the span hangs on nothing in it, as that of a relative clause does."""
    tokens = holding(span, passages).tokens
    rows = {n for n, t in enumerate(tokens) if t.start < span.end and t.end > span.start}
    return any(tokens[n].pos in VERBAL for n in heads(tokens, rows))


def _stems(text: str) -> frozenset[str]:
    return frozenset(stem(word) for word in content_words(text))


def _trust(passages: Sequence[Retrieved]) -> float:
    """Return how far rules can be trusted, from 0 to 1: they tell people apart by their names."""
    subjects = [
        token.pos == "PROPN" or bool(token.refers_to)
        for found in passages
        for token in found.tokens
        if token.dep in SUBJECTS
    ]
    if not subjects:
        return 1.0
    named = sum(subjects) / len(subjects)
    return min(1.0, max(0.0, (named - _FEW_NAMED) / (_MANY_NAMED - _FEW_NAMED)))


def _read(spans: Sequence[Span], others: Sequence[Span]) -> list[float]:
    """Return what the trained reader, which found `others`, makes of each span."""
    both, _, whole = _common(spans, others)
    scores = np.array([[other.score for other in others]])
    shares = np.where(both > 0, scores + np.log(np.maximum(both, 1) / whole), _FLOOR)
    return [float(value) for value in shares.max(axis=1, initial=_FLOOR)]


def _ruled(spans: Sequence[Span], others: Sequence[Span]) -> list[float]:
    """Return what the rules, which found `others`, make of each span."""
    both, shorter, _ = _common(spans, others)
    scores = np.array([[other.score for other in others]])
    return [float(value) for value in (scores * both / shorter).max(axis=1, initial=0.0)]


def _common(spans: Sequence[Span], others: Sequence[Span]) -> tuple[Lengths, Lengths, Lengths]:
    """Return how many characters are in both, in the shorter one, and from end to end of both."""
    starts, ends = (np.array([[getattr(s, side)] for s in spans]) for side in ("start", "end"))
    first, last = (np.array([getattr(o, side) for o in others], int) for side in ("start", "end"))
    both = np.maximum(0, np.minimum(ends, last) - np.maximum(starts, first))
    shorter = np.minimum(ends - starts, last - first)
    return both, shorter, np.maximum(ends, last) - np.minimum(starts, first)
