"""What kind of thing a question asks for: rules on its first words, no model."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from index.errors import QuestionError, shown

__all__ = ["MAX_CHARS", "STORY", "Question", "QuestionType", "analyse"]

MAX_CHARS = 1_000
"""Longest question, in characters."""

STORY = r"(?:story|film|movie|tale|book|novel|play|plot|synopsis)"
"""What a question calls the story that it is asked of, as a pattern."""


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
_INDIRECT = re.compile(
    r"(?:(?:can|could|will|would) you (?:please )?(?:tell|say|explain)|do you know)\b.*?"
    r"(?P<asked>\b(?:who(?:m|se)?|what|which|when|where|why|how)\b.*)",
    re.IGNORECASE,
)
_WH = re.compile(r"\b(?:who(?:m|se)?|what|which|when|where|why|how)\b", re.IGNORECASE)
_AMOUNT = "many|much|long|old|often|far|tall|big|high|deep|heavy|large|few|wide"
_PLACE = "place|city|town|country|village|room|building|location"
_DATE = "time|day|year|date|month|season|hour"
_NO_FOCUS = rf"{_AUXILIARY}\b|happen|else\b|kind\b|sort\b|type\b|of\b|the\b|a\b|an\b|them\b"
# "Who is X?" asks for a description, "Who is killing X?" for a name.
# Small letters only: "Who is King Fred?" names somebody.
_NOT_A_NAME = (
    r"(?-i:[a-z]\w*ed\b|[a-z]\w*ing\b|(?:it|responsible|in|at|on|with|behind|to|able|there|also)\b"
    r"|the one\b|(?:the )?(?:first|last|only)\b)"
)
# Tried in order, from the question's own wh-word onwards; the first that fits decides.
_RULES: tuple[tuple[QuestionType, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        (
            QuestionType.HOW_MANY,
            rf"^how (?:{_AMOUNT})\b(?: of the)?(?:\s+(?!{_NO_FOCUS})(?P<focus>[\w-]+))?",
        ),
        (QuestionType.HOW_MANY, r"^what (?:number|amount|age)\b"),
        (QuestionType.WHY, r"^why\b|^how come\b|^what (?:reason|for)\b|^(?:what|which) purpose\b"),
        (QuestionType.WHY, r"^what(?:['’]s| is| was) the (?:reason|motive|cause|purpose)\b"),
        (
            QuestionType.WHY,
            r"^what (?:made|makes|led|leads|drove|drives|caused?s?|prompt(?:s|ed))\b",
        ),
        (QuestionType.WHERE, rf"^where\b|^(?:what|which) (?P<focus>{_PLACE})\b"),
        (QuestionType.WHEN, rf"^when\b|^what (?:{_DATE})\b"),
        (
            QuestionType.WHICH,
            rf"^which\b(?: one\b)?(?: of\b)?(?: the\b)?(?:\s+(?!{_NO_FOCUS})(?P<focus>[\w-]+))?",
        ),
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
        QuestionError: empty, longer than 1,000 characters, without a word, or with half a
            surrogate pair.
    """
    line = " ".join(unicodedata.normalize("NFC", text).split())
    if not line:
        raise QuestionError("the question is empty; ask something about the story")
    if len(line) > MAX_CHARS:
        raise QuestionError(
            f"the question has {len(line):,} characters, more than {MAX_CHARS:,}: {shown(line, 40)}"
            "; ask something shorter"
        )
    if half := re.search(r"[\ud800-\udfff]", line):
        raise QuestionError(
            f"the question has half a surrogate pair, {half.group()!r}; ask in whole characters"
        )
    if not re.search(r"\w", line):
        raise QuestionError(f"the question {shown(line)} has no word; ask something in words")
    if _is_yes_no(line):
        return Question(line, QuestionType.YES_NO)
    asked = _asked(line)
    for kind, rule in _RULES:
        if found := rule.search(asked):
            return Question(line, kind, (found.groupdict().get("focus") or "").lower())
    return Question(line, QuestionType.WHAT)


def _is_yes_no(line: str) -> bool:
    """Tell whether `line` opens with an auxiliary, at once or after a clause: "After that, did …".

    "Can you tell me who …" asks who.
    """
    if _INDIRECT.match(line):
        return False
    if re.match(rf"{_AUXILIARY}\b", line, re.IGNORECASE):
        return True
    later = re.search(rf", {_AUXILIARY}\b", line, re.IGNORECASE)
    return bool(later and all(_is_subordinate(line, w.start()) for w in _WH.finditer(line)))


def _is_subordinate(line: str, place: int) -> bool:
    """Tell whether the wh-word at `place` opens a clause of time or place: "When X happened, …"."""
    return bool(re.match(rf"(?:when|where)\b(?! {_AUXILIARY}\b)", line[place:], re.IGNORECASE))


def _asked(line: str) -> str:
    """Return `line` from the wh-word that asks: "When X happened, what …" asks "what …"."""
    if indirect := _INDIRECT.match(line):
        return indirect["asked"]
    places = [found.start() for found in _WH.finditer(line)]
    for place in places:
        if place == places[-1] or not _is_subordinate(line, place) or len(line.split()) < 3:
            return line[place:]
    return line
