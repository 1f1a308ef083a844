"""Two readers as one: the trained one knows language, the one of rules knows the story's names."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace

from qa.question import Question, QuestionType
from qa.reader import Reader
from qa.records import Reading, Retrieved, Span, holding

__all__ = ["EnsembleReader"]

_FLOOR = -8.0
"""Least log-probability: what the trained reader finds impossible is judged by the rules alone."""

_NAMES = frozenset({QuestionType.WHO, QuestionType.WHO_IS, QuestionType.WHEN})
_NAMES_WEIGHT = 6.0
_WEIGHT = 1.0
"""What a point of the rules' score is worth, where a question asks for names or times (which rules
tell well) and elsewhere: chosen, as are the floor and the passage's weight, on the tuning stories
and on training questions of FairytaleQA and NarrativeQA together, which want different ones."""

_PASSAGE_WEIGHT = 4.0
"""What a point of its passage's score is worth to a span."""

_LIMIT = 20


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

        Scores are log-probabilities given that there is an answer. `evidence` has that of the rules
        and, for the best span, `read` and `ruled`: what the two readers make of it. `likely` are
        the trained reader's spans: its probabilities tell passages apart better than the sums do.
        """
        found = self._trained.read(question, passages)
        judged = self._rules.read(question, passages[: self._depth])
        rules = judged.spans[:_LIMIT]
        weight = _NAMES_WEIGHT if question.type in _NAMES else _WEIGHT
        rows = []
        for span in {(s.start, s.end): s for s in (*found.spans, *rules)}.values():
            read, ruled = _read(span, found.spans), _ruled(span, rules)
            placed = _PASSAGE_WEIGHT * holding(span, passages).score
            rows.append((read + weight * ruled + placed, read, ruled, span))
        rows.sort(key=lambda row: (-row[0], row[-1].start, row[-1].end))
        if not rows:
            return Reading((), found.null_score)
        top, read, ruled, _ = rows[0]
        total = top + math.log(sum(math.exp(value - top) for value, *_ in rows))
        return Reading(
            tuple(replace(span, score=value - total) for value, *_, span in rows[:_LIMIT]),
            found.null_score,
            {**judged.evidence, "read": read, "ruled": ruled},
            likely=found.spans,
        )


def _read(span: Span, spans: Iterable[Span]) -> float:
    shares = ((other.score, *_common(span, other)) for other in spans)
    return max(
        [_FLOOR, *(score + math.log(both / whole) for score, both, _, whole in shares if both)]
    )


def _ruled(span: Span, spans: Iterable[Span]) -> float:
    shares = ((other.score, *_common(span, other)) for other in spans)
    return max([0.0, *(score * both / shorter for score, both, shorter, _ in shares)])


def _common(a: Span, b: Span) -> tuple[int, int, int]:
    """Return how many characters are in both, in the shorter one, and from end to end of both."""
    both = max(0, min(a.end, b.end) - max(a.start, b.start))
    shorter = min(a.end - a.start, b.end - b.start)
    return both, shorter, max(a.end, b.end) - min(a.start, b.start)
