"""The records between a question and its answer. Offsets count in the story, end-exclusive."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from index.errors import DataError, shown
from index.records import Passage, Token

__all__ = [
    "Alternative",
    "Answer",
    "Citation",
    "Reading",
    "Retrieved",
    "Span",
    "Turn",
    "holding",
    "text_of",
]

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the story that may answer; a higher `score` is better."""

    start: int
    end: int
    score: float


@dataclass(frozen=True, slots=True)
class Citation:
    """A verbatim quotation: `story.text[start:end] == text`."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Retrieved:
    """A passage that retrieval found: `rank` counts from 1; `score` lies between 0 and 1."""

    rank: int
    passage: Passage
    score: float
    tokens: Sequence[Token] = field(default=(), repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader found: spans, best first, and the score of there being no answer.

    `spans` and `null_score` are on one scale: a reader without an opinion on answerability gives
    `null_score` 0. `evidence` holds what else the reader knows of its best span, for calibration.
    """

    spans: tuple[Span, ...]
    null_score: float = 0.0
    evidence: Mapping[str, float] = field(default_factory=dict)
    likely: tuple[Span, ...] = ()
    """Spans whose scores are log-probabilities, to rank passages by; none where `spans` serve."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier exchange of a conversation.

    `interpreted_as` is how the question was understood, None where that is not known.
    """

    question: str
    answer: str
    interpreted_as: str | None = None


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another reading of a follow-up: whom it then means, and the question that stands alone."""

    meant: str
    question: str


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, or that the story does not give one (`answerable` False, no citation).

    `alternatives` are readings of a follow-up that are nearly as likely as `interpreted_as`; they
    are for a conversation to offer, and no part of the JSON.
    """

    question: str
    interpreted_as: str | None
    answer: str
    short_answer: str | None
    answerable: bool
    confidence: float
    citations: tuple[Citation, ...]
    passages: tuple[Retrieved, ...]
    story: str
    alternatives: tuple[Alternative, ...] = field(default=(), compare=False)

    def to_json(self) -> dict[str, Any]:
        """Return the object that `qa ask --json` prints."""
        return {
            "question": self.question,
            "interpreted_as": self.interpreted_as,
            "answer": self.answer,
            "short_answer": self.short_answer,
            "answerable": self.answerable,
            "confidence": round(self.confidence, 4),
            "citations": [asdict(c) for c in self.citations],
            "passages": [
                {
                    "rank": r.rank,
                    "text": r.passage.text,
                    "start": r.passage.start,
                    "end": r.passage.end,
                    "score": round(r.score, 4),
                }
                for r in self.passages
            ],
            "story": self.story,
            "schema": SCHEMA,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Read what `to_json` returned; unknown fields are left out.

        Raises:
            DataError: a field is missing or of the wrong kind, or the schema is another one.
        """
        if not isinstance(data, Mapping) or data.get("schema") != SCHEMA:
            seen = data.get("schema") if isinstance(data, Mapping) else data
            raise DataError(f"not an answer of schema {SCHEMA}: {shown(seen)}; use qa ask --json")
        try:
            story = str(data["story"])
            return cls(
                question=data["question"],
                interpreted_as=data["interpreted_as"],
                answer=data["answer"],
                short_answer=data["short_answer"],
                answerable=bool(data["answerable"]),
                confidence=float(data["confidence"]),
                citations=tuple(
                    Citation(c["text"], int(c["start"]), int(c["end"])) for c in data["citations"]
                ),
                passages=tuple(
                    Retrieved(
                        p["rank"],
                        Passage(-1, story, p["text"], int(p["start"]), int(p["end"])),
                        p["score"],
                    )
                    for p in data["passages"]
                ),
                story=story,
            )
        except (KeyError, TypeError, ValueError) as error:
            raise DataError(
                f"answer with a field missing or amiss: {shown(error)}; use qa ask --json"
            ) from error


def holding(span: Span, passages: Sequence[Retrieved]) -> Retrieved:
    """Return the passage that `span` stands in; StopIteration where none does."""
    return next(r for r in passages if r.passage.start <= span.start < r.passage.end)


def text_of(span: Span, passages: Sequence[Retrieved]) -> str:
    """Return the words of a span that lies in one of `passages`."""
    passage = holding(span, passages).passage
    return passage.text[span.start - passage.start : span.end - passage.start]
