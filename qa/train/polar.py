"""Yes/no questions made from questions that have an answer, true ones and false ones.

"Who stole the hen?" and "the fox" make "Did the fox steal the hen?"; with the answer of another
question of the story they make one that the story does not confirm (as Demszky et al. 2018 turn
questions and answers into statements).
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

from index.language import load_language

__all__ = ["MAX_ANSWER_WORDS", "polar", "wrong_answer"]

MAX_ANSWER_WORDS = 12
"""Longest answer that is put into a question."""

_AUXILIARY = r"(?:did|does|do|is|was|are|were|has|had|have|will|would|can|could|should|must)"
_ASKED = re.compile(
    rf"^(?P<wh>who|whom|what|where|when|why|how) (?P<aux>{_AUXILIARY}) (?P<rest>.+)$",
    re.IGNORECASE,
)
_SUBJECT = re.compile(r"^(?:who|what) \w+(?P<rest>(?: .+)?)$", re.IGNORECASE)
_UNCLEAR = re.compile(r"^what\b.*\b(?:do|happens?|happened)\b", re.IGNORECASE)
_TOLD_BY = frozenset(("by", "with", "in", "on", "through", "at", "like", "using"))
_BECAUSE = frozenset(("because", "to", "so", "for", "since", "in", "as", "out"))


def polar(question: str, answer: str) -> str | None:
    """Return the yes/no question whether `answer` answers `question`; None where that is unclear.

    Args:
        question: one that begins with who, whom, what, where, when, why or how.
        answer: a short answer.
    """
    if _UNCLEAR.search(question):
        return None
    line = " ".join(question.strip().rstrip("?. ").split())
    said = " ".join(answer.strip().rstrip(".!? ").split())
    if not said or len(said.split()) > MAX_ANSWER_WORDS:
        return None
    asked = _ASKED.match(line)
    if asked:
        wh, aux, rest = asked["wh"].lower(), asked["aux"].capitalize(), asked["rest"]
        if wh == "how" and said.split()[0].lower() not in _TOLD_BY and " feel" not in rest:
            return None
        if wh == "why" and said.split()[0].lower() not in _BECAUSE:
            said = f"because {said}"
        if wh == "who" and aux.lower() in {"is", "was", "are", "were"}:
            return f"{aux} {said} {rest}?"
        return f"{aux} {rest} {said}?"
    subject = _SUBJECT.match(line)
    verb = _base(line) if subject else None
    return f"Did {said} {verb}{subject['rest']}?" if subject and verb else None


def wrong_answer(
    question: str, answers: Sequence[str], others: Sequence[tuple[str, str]], rng: random.Random
) -> str | None:
    """Return the answer of another question that begins alike and shares no word with `answers`.

    Args:
        question: the question.
        answers: what answers it.
        others: questions and answers on the same text.
        rng: what draws among those that fit.
    """
    first = question.split(maxsplit=1)[0].lower()
    taken = {word for text in (*answers, question) for word in _content(text)}
    fitting = [
        answer
        for other, answer in others
        if other.lower().startswith(first)
        and len(answer.split()) <= MAX_ANSWER_WORDS
        and not taken.intersection(_content(answer))
    ]
    return rng.choice(fitting) if fitting else None


def _base(question: str) -> str | None:
    """Return the base form of the second word of a question if it is a finite verb."""
    nlp = load_language()
    with nlp.select_pipes(enable=["tok2vec", "tagger", "attribute_ruler", "lemmatizer"]):
        word = nlp(question)[1]
    return word.lemma_ if word.tag_ in {"VBD", "VBZ", "VBP"} else None


def _content(text: str) -> list[str]:
    words = (word.strip(".,?!") for word in text.lower().split())
    return [word for word in words if word not in {"the", "a", "an", "to", "of"}]
