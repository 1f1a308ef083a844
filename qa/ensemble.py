"""Two readers as one: the trained one knows language, the one of rules knows the story's names."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace

from qa.question import Question
from qa.reader import Reader
from qa.records import Reading, Retrieved, Span

__all__ = ["EnsembleReader"]

_FLOOR = -8.0
"""Least log-probability: what the trained reader finds impossible is judged by the rules alone."""

_WEIGHT = 8.0
"""What a point of the rules' score is worth: chosen, as is the floor, on the tuning stories, where
neighbouring values are nearly as good."""

_LIMIT = 20


class EnsembleReader(Reader):
    """Ranks the spans of both readers by the sum of what each makes of them.

    A span that only one has found gets from the other what that gives the spans that overlap with
    it, less the smaller the overlap is.

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

        Scores are log-probabilities given that there is an answer. `evidence` has that of the rules
        and, for the best span, `read` and `ruled`: what the two readers make of it. `likely` are
        the trained reader's spans: its probabilities tell passages apart better than the sums do.
        """
        found = self._trained.read(question, passages)
        judged = self._rules.read(question, passages[: self._depth])
        rules = judged.spans[:_LIMIT]
        places = {(span.start, span.end): span for span in (*found.spans, *rules)}
        rows = [(_read(span, found.spans), _ruled(span, rules), span) for span in places.values()]
        rows.sort(key=lambda row: (-_sum(row[0], row[1]), row[2].start, row[2].end))
        if not rows:
            return Reading((), found.null_score)
        top = _sum(rows[0][0], rows[0][1])
        total = top + math.log(sum(math.exp(_sum(a, b) - top) for a, b, _ in rows))
        return Reading(
            tuple(replace(span, score=_sum(a, b) - total) for a, b, span in rows[:_LIMIT]),
            found.null_score,
            {**judged.evidence, "read": rows[0][0], "ruled": rows[0][1]},
            likely=found.spans,
        )


def _sum(read: float, ruled: float) -> float:
    return read + _WEIGHT * ruled


def _read(span: Span, spans: Iterable[Span]) -> float:
    scores = [
        other.score + math.log(shared) for other in spans if (shared := _overlap(span, other))
    ]
    return max([_FLOOR, *scores])


def _ruled(span: Span, spans: Iterable[Span]) -> float:
    return max([0.0, *(other.score * _overlap(span, other) for other in spans)])


def _overlap(a: Span, b: Span) -> float:
    """Return the share of the characters of both that they have in common."""
    common = min(a.end, b.end) - max(a.start, b.start)
    return max(0, common) / (max(a.end, b.end) - min(a.start, b.start))
