"""What kind of thing a question asks for: rules on its first words, no model."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from index.errors import QuestionError, shown

__all__ = ["MAX_CHARS", "Question", "QuestionType", "analyse"]

MAX_CHARS = 1_000
"""Longest question, in characters."""


class QuestionType(StrEnum):
    """The kinds of question, named as in the gold files."""

    WHO = "who"
    WHO_IS = "who-is"
    WHAT = "what"
    WHEN = "when"
    WHERE = "where"
    WHY = "why"
    HOW = "how"
    HOW_MANY = "how-many"
    WHICH = "which"
    YES_NO = "yes-no"


@dataclass(frozen=True, slots=True)
class Question:
    """A question that stands alone: its text in one line, and what it asks for.

    `focus` is what an answer should be one of ("which hotel", "how many men", "what colour"),
    "" where the question names no such thing.
    """

    text: str
    type: QuestionType
    focus: str = ""


_AUXILIARY = (
    r"(?:(?:is|are|was|were|am|do|does|did|has|have|had|can|could|will|would|shall|should|may"
    r"|might|must)(?:n['’]t)?|won['’]t|can['’]t|['’]s)"
)
_WH = re.compile(r"\b(?:who(?:m|se)?|what|which|when|where|why|how)\b", re.IGNORECASE)
_AMOUNT = "many|much|long|old|often|far|tall|big|high|deep|heavy|large|few|wide"
_PLACE = "place|city|town|country|village|room|building|location"
_DATE = "time|day|year|date|month|season|hour"
_NO_FOCUS = rf"{_AUXILIARY}\b|happen|else\b|kind\b|sort\b|type\b|the\b|a\b|an\b"
# "Who is X?" asks for a description, "Who is killing X?" for a name.
_NOT_A_NAME = (
    r"\w+ed\b|\w+ing\b|it\b|responsible\b|in\b|at\b|on\b|with\b|behind\b|to\b|able\b|there\b"
    r"|also\b|the one\b|(?:the )?(?:first|last|only)\b"
)
# Tried in order, from the question's own wh-word onwards; the first that fits decides.
_RULES: tuple[tuple[QuestionType, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        (QuestionType.HOW_MANY, rf"^how (?:{_AMOUNT})\b(?:\s+(?!{_NO_FOCUS})(?P<focus>[\w-]+))?"),
        (QuestionType.HOW_MANY, r"^what (?:number|amount|age)\b"),
        (QuestionType.WHY, r"^why\b|^how come\b|^what (?:reason|for)\b|^(?:what|which) purpose\b"),
        (QuestionType.WHY, r"^what(?:['’]s| is| was) the (?:reason|motive|cause|purpose)\b"),
        (
            QuestionType.WHY,
            r"^what (?:made|makes|led|leads|drove|drives|caused?s?|prompt(?:s|ed))\b",
        ),
        (QuestionType.WHERE, rf"^where\b|^(?:what|which) (?P<focus>{_PLACE})\b"),
        (QuestionType.WHEN, rf"^when\b|^what (?:{_DATE})\b"),
        (QuestionType.WHICH, r"^which (?:one )?(?:of )?(?:the )?(?P<focus>[\w-]+)"),
        (
            QuestionType.WHO_IS,
            rf"^who(?: exactly)?\s*(?:is|are|was|were|['’]s)\s+(?!{_NOT_A_NAME})",
        ),
        (QuestionType.WHO, r"^who(?:m|se)?\b"),
        (QuestionType.HOW, r"^how\b|^what (?:way|manner|means)\b"),
        (
            QuestionType.WHAT,
            rf"^what\b(?: (?:kind|sort|type) of)?(?:\s+(?!{_NO_FOCUS})(?P<focus>[\w-]+))?",
        ),
    )
)


def analyse(text: str) -> Question:
    """Find out what `text` asks for.

    Raises:
        QuestionError: empty, longer than 1,000 characters, or without a word.
    """
    line = " ".join(unicodedata.normalize("NFC", text).split())
    if not line:
        raise QuestionError("the question is empty; ask something about the story")
    if len(line) > MAX_CHARS:
        raise QuestionError(
            f"the question has {len(line):,} characters, more than {MAX_CHARS:,}: {shown(line, 40)}"
            "; ask something shorter"
        )
    if not re.search(r"\w", line):
        raise QuestionError(f"the question {shown(line)} has no word; ask something in words")
    if re.match(rf"{_AUXILIARY}\b", line, re.IGNORECASE):
        return Question(line, QuestionType.YES_NO)
    asked = _asked(line)
    for kind, rule in _RULES:
        if found := rule.search(asked):
            return Question(line, kind, (found.groupdict().get("focus") or "").lower())
    return Question(line, QuestionType.WHAT)


def _asked(line: str) -> str:
    """Return `line` from the wh-word that asks: "When X happened, what …" asks "what …"."""
    places = [found.start() for found in _WH.finditer(line)]
    for place in places:
        subordinate = re.match(rf"(?:when|where)\b(?! {_AUXILIARY}\b)", line[place:], re.IGNORECASE)
        if place == places[-1] or not subordinate or len(line.split()) < 3:
            return line[place:]
    return line
