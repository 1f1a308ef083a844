"""What a story tells outright, so that no reading is needed to answer."""

from __future__ import annotations

from dataclasses import dataclass

from index.persist import StoryIndex
from qa.facts.ages import age
from qa.facts.claim import Claim
from qa.facts.events import Happening
from qa.facts.naming import bearer, named, player
from qa.facts.overview import overview
from qa.facts.support import SURE
from qa.facts.table import FactTable
from qa.question import Question
from qa.records import Span

__all__ = ["Told", "told"]


@dataclass(frozen=True, slots=True)
class Told:
    """The stretches of the story that answer, in story order, and how probable it is that they do.

    `nearest` is which of them is the short answer; None where all of them are, one by one.
    """

    spans: tuple[Span, ...]
    confidence: float
    nearest: int | None = 0


def told(
    question: Question,
    claim: Claim | None,
    happens: Happening,
    index: StoryIndex,
    table: FactTable,
) -> Told | None:
    """Return what the story tells outright, None where it has to be read.

    Args:
        question: what is asked.
        claim: what it takes for granted.
        happens: what its words of time point to.
        index: the story.
        table: the story's facts.
    """
    if happens.events:
        return Told(happens.events, happens.confidence, happens.nearest)
    whole = overview(question, index)
    if whole:
        return Told(whole, SURE, None)
    years = age(question, table)
    if years:
        return Told((years,), SURE)
    one = (
        player(question, index, table)
        or bearer(question, index, table)
        or named(question, claim, table)
    )
    return Told((one.span,), one.level) if one else None
