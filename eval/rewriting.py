"""How near rewritten follow-ups come to those that people wrote (CANARD; Elgohary et al. 2019).

BLEU is corpus BLEU of up to four words (Papineni et al. 2002) over lower-cased words and
punctuation marks, against the one human rewriting.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from eval.benchmarks.canard import FollowUp
from eval.bootstrap import interval
from eval.caption_metrics import bleu, bleu_counts
from index.cast import Cast
from qa.conversation.mentions import Names
from qa.conversation.understanding import understand

__all__ = ["REWRITERS", "Rewriting", "measured", "rewriting_words"]

_WORD = re.compile(r"\w+|[^\w\s]")
_PRONOUN = re.compile(r"\b(?:he|she|it|they|him|her|his|their|its|them)\b", re.IGNORECASE)
_OWNING = frozenset({"his", "their", "its"})
_NOBODY = Names.of(Cast((), ()))


@dataclass(frozen=True, slots=True)
class Rewriting:
    """The figures of one way to rewrite.

    Attributes:
        system: what rewrites.
        n: number of questions.
        bleu: corpus BLEU-4, 0 to 100.
        low: lower end of its 95% bootstrap interval over questions.
        high: upper end.
        n_unchanged: questions that people left as they were.
        left_alone: share of these that the system leaves as they are, 0 to 1.
        milliseconds: mean processor time of a question, all of its history read anew.
    """

    system: str
    n: int
    bleu: float
    low: float
    high: float
    n_unchanged: int
    left_alone: float
    milliseconds: float

    def to_json(self) -> dict[str, Any]:
        """Return the figures as a JSON object."""
        return asdict(self)


def rewriting_words(text: str) -> list[str]:
    """Return the words and punctuation marks of `text` in lower case."""
    return _WORD.findall(text.lower())


def measured(system: str, questions: Sequence[FollowUp]) -> Rewriting:
    """Rewrite `questions` by the system of that name (see `REWRITERS`) and score it."""
    rewrite = REWRITERS[system]
    start = time.process_time()
    found = [rewrite(question) for question in questions]
    took = time.process_time() - start
    pairs = [
        (rewriting_words(text), rewriting_words(question.rewrite))
        for text, question in zip(found, questions, strict=True)
    ]
    counts = np.array([bleu_counts(given, [wanted]) for given, wanted in pairs])

    def value(rows: Any) -> float:
        return 100 * bleu(counts[rows].sum(axis=0), 4)

    asked = [rewriting_words(question.question) for question in questions]
    same = [
        given == words
        for (given, wanted), words in zip(pairs, asked, strict=True)
        if wanted == words
    ]
    low, high = interval(value, len(counts))
    return Rewriting(
        system=system,
        n=len(questions),
        bleu=value(slice(None)),
        low=low,
        high=high,
        n_unchanged=len(same),
        left_alone=float(np.mean(same)) if same else float("nan"),
        milliseconds=1000 * took / len(questions),
    )


def _ours(question: FollowUp) -> str:
    text = " ".join(question.question.split())
    return understand(text, question.history, _NOBODY).text or text


def _copy(question: FollowUp) -> str:
    return question.question


def _pronoun(question: FollowUp) -> str:
    def named(found: re.Match[str]) -> str:
        return question.title + ("'s" if found.group().lower() in _OWNING else "")

    return _PRONOUN.sub(named, question.question, count=1)


REWRITERS: Mapping[str, Callable[[FollowUp], str]] = {
    "ours": _ours,
    "pronoun": _pronoun,
    "copy": _copy,
}
"""Ways to rewrite: ours, the first pronoun replaced by the title of the page, and not at all."""
