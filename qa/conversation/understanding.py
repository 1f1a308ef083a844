"""Follow-ups: a question that leans on the turns before it is put so that it stands alone.

By rules on the words, without a model. A question that stands alone is never changed: a wrong
rewriting asks something else.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from qa.conversation.besides import besides
from qa.conversation.clauses import unprefixed
from qa.conversation.discourse import Discourse
from qa.conversation.ellipsis import completed, correction, is_loose, pointed, told
from qa.conversation.leaning import leaning
from qa.conversation.mentions import Mention, Names
from qa.conversation.pronouns import fill
from qa.records import Alternative, Turn

__all__ = ["Understood", "understand"]

_LEAD = re.compile(r"(?i)^(?:and|but|so|ok|okay|well)[, ]+(?=\w+ )")
_ASKS = re.compile(
    r"(?i)(?:besides .+, )?(?:who|whom|whose|what|which|when|where|why|how|did|do|does|is|are|was"
    r"|were|has|have|had|can|could|will|would|should|any)\b"
)


@dataclass(frozen=True, slots=True)
class Understood:
    """How a follow-up is read.

    `text` is the question put so that it stands alone, None where it does as it was asked.
    `alternatives` are other readings that are nearly as likely, the likeliest first. `sure` tells
    how likely `text` is, between 0 and 1; 1 where there is no doubt. `plain` is `text` without what
    is known already ("Besides Anna, who else …"), and `known` that, both "" where nothing is added.
    """

    text: str | None
    alternatives: tuple[Alternative, ...] = ()
    sure: float = 1.0
    plain: str = ""
    known: str = ""


_LOOSE = 0.6  # how likely a completion is whose fragment shows not what it stands for


@dataclass(frozen=True, slots=True)
class _Step:
    text: str
    filled: tuple[Mention, ...] = ()
    others: tuple[tuple[str, str], ...] = ()
    sure: float = 1.0


def understand(text: str, history: Sequence[Turn], names: Names) -> Understood:
    """Read `text` in the light of the turns before it.

    Args:
        text: the question as asked, in one line.
        history: earlier turns, oldest first. One whose `interpreted_as` is not known is read
            itself in the light of those before it.
        names: those of the story's cast.
    """
    if not history:
        return Understood(None)
    discourse = Discourse(names)
    for turn in history:
        step = _step(turn.question, discourse)
        discourse.add(turn.question, turn.interpreted_as or step.text, turn.answer, step.filled)
    step = _step(text, discourse)
    if step.text == text:
        return Understood(None)
    plain = unprefixed(step.text)
    added = plain != step.text and unprefixed(text) == text
    return Understood(
        step.text,
        tuple(Alternative(*other) for other in step.others),
        step.sure,
        plain if added else "",
        step.text[: len(step.text) - len(plain)] if added else "",
    )


def _step(text: str, discourse: Discourse) -> _Step:
    """Return `text` as it stands alone after the turns so far."""
    if not discourse.turns:
        return _Step(text)
    whole = correction(text, discourse) or completed(text, discourse)
    filled = fill(pointed(told(whole or text, discourse), discourse), discourse)
    read = _finished(filled.text, text, discourse)
    if read == text:
        return _Step(text)
    sure = filled.sure * (_LOOSE if whole and is_loose(text, discourse) else 1.0)
    others = tuple((meant, _finished(other, text, discourse)) for meant, other in filled.others)
    return _Step(read, filled.names, others, sure)


def _finished(read: str, text: str, discourse: Discourse) -> str:
    """Return the reading `read` of `text` with what it still leaves out, as one question."""
    read = besides(leaning(read, discourse), discourse)
    return read if read == text else _tidy(read)


def _tidy(text: str) -> str:
    """Drop an "And" that led on from the turn before; begin and end as a question does."""
    cut = _LEAD.sub("", text)
    if _ASKS.match(cut) and re.search(r"[\w)”\"'’]$", cut):
        cut += "?"
    return cut[:1].upper() + cut[1:] if text[:1].isupper() else cut
