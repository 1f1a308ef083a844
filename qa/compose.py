"""Putting a span of the story into a sentence, by the type of the question.

Nothing is added but the words of a template: what is said is the story's, with pronouns that
would not stand alone replaced by the name that they are tied to.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Container, Sequence

from index.persist import StoryIndex
from index.records import Token
from qa.question import Question, QuestionType
from qa.records import Retrieved, Span

__all__ = ["compose", "compose_all", "decline"]

_CONNECTIVE = re.compile(
    r"^(?:because|since|as|so that|in order to|to|for|due to|owing to|thanks to|on account of|so|by"
    r"|from|into|after|out of|over|when|while)\b",
    re.IGNORECASE,
)
_OWNING = re.compile(r"['’]s$")
_EDGES = " \t\r\n,;:—–-"


def compose(
    question: Question,
    span: Span,
    polarity: str | None,
    index: StoryIndex,
    contrast: bool = False,
    plain: Container[str] = frozenset(),
) -> tuple[str, str]:
    """Return the short answer, and a sentence that gives it.

    Args:
        question: what was asked.
        span: the stretch of the story that answers.
        polarity: "yes" or "no" for a yes/no question, which is then the short answer.
        index: the story.
        contrast: whether the span tells of somebody else's doing.
        plain: names, in lower case, whose pronouns stand beside the question as they are: "Where is
            Anna?" is answered by "in her garden" (see `qa.conversation.mentions.unmistakable`).
    """
    said = _readable(span, index, plain)
    if question.type is QuestionType.WHO and "whose" not in question.text.lower():
        said = _OWNING.sub("", said)
    if polarity and contrast:
        return polarity, _stopped(
            f"{polarity.capitalize()}: the story says that {_uncapitalised(said)}"
        )
    if polarity:
        return polarity, f"{polarity.capitalize()}: {_stopped(said)}"
    if question.type is QuestionType.WHY:
        return said, _stopped(_reason(said))
    return said, _stopped(_capitalised(said))


def compose_all(
    question: Question,
    spans: Sequence[Span],
    nearest: int | None,
    index: StoryIndex,
    plain: Container[str] = frozenset(),
) -> tuple[str, str]:
    """Return the short answer and the sentences of several stretches, in story order.

    Args:
        question: what was asked.
        spans: the stretches of the story that answer.
        nearest: which of them is the short answer; None where it is a list of all.
        index: the story.
        plain: as in `compose`.
    """
    composed = [compose(question, span, None, index, plain=plain) for span in spans]
    if nearest is None:
        *others, last = (short for short, _ in composed)
        listed = f"{', '.join(others)} and {last}" if others else last
        return listed, _stopped(_capitalised(listed))
    return composed[nearest][0], " ".join(sentence for _, sentence in composed)


def decline(retrieved: Sequence[Retrieved]) -> str:
    """Return the sentence that says that the story does not tell, and what comes nearest."""
    if not retrieved:
        return "The story does not say."
    return (
        f"The story does not say. The nearest it comes: “{_on_one_line(retrieved[0].passage.text)}”"
    )


def _reason(said: str) -> str:
    """Begin with the reason: "Because …", unless the span brings its own connective."""
    if _CONNECTIVE.match(said) or re.match(r"\w+ing\b", said):
        return _capitalised(said)
    return f"Because {_uncapitalised(said)}"


def _readable(span: Span, index: StoryIndex, plain: Container[str]) -> str:
    """Return the span's text on one line, with names for the first pronoun of each character.

    A pronoun stays where the span itself names the character before it, or the question does.
    """
    parts, done, named = [], span.start, set[str]()
    for token in _tokens(span, index):
        if token.pos == "PROPN":
            named.add(token.text)
        meant = {word for word in token.refers_to.split() if not word.endswith(".")}  # no "Mr."
        if token.refers_to and token.refers_to.lower() not in plain and not named & meant:
            parts += [index.story.text[done : token.start], _name_for(token)]
            done = token.end
            named |= meant
    text = "".join([*parts, index.story.text[done : span.end]])
    return _balanced(_on_one_line(text).strip(_EDGES))


def _name_for(token: Token) -> str:
    if token.tag == "PRP$" or token.text.lower() in {"his", "hers"}:
        return f"{token.refers_to}'s"
    if token.text.lower().endswith("self"):
        return token.text
    return token.refers_to


def _tokens(span: Span, index: StoryIndex) -> list[Token]:
    """Return the tokens inside the span, of the passage that it begins in."""
    row = bisect_right(index.passages, span.start, key=lambda passage: passage.start) - 1
    if row < 0 or span.start >= index.passages[row].end:
        return []
    return [t for t in index.parses[row] if t.start >= span.start and t.end <= span.end]


def _on_one_line(text: str) -> str:
    return " ".join(text.split())


def _balanced(text: str) -> str:
    """Drop a bracket or quotation mark that the span cut from its partner."""
    for left, right in (("(", ")"), ("[", "]"), ("“", "”")):
        if text.count(left) != text.count(right):
            text = text.replace(left, "").replace(right, "")
    return text.replace('"', "") if text.count('"') % 2 else text


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


def _uncapitalised(text: str) -> str:
    """Lower the first letter of what began a sentence, unless it is a name or "I"."""
    first = text.split(" ", 1)[0]
    return text[:1].lower() + text[1:] if first in _OPENERS else text


_OPENERS = frozenset(
    "He She It They We You His Her Its Their The A An This That These Those In On At".split()
)


def _stopped(text: str) -> str:
    return text if text.endswith((".", "!", "?", "…", ".”", '."')) else f"{text}."
