"""Who did it, where a clause of the story tells by verb and role, and who plays whom."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.persist import StoryIndex
from qa.facts.claim import Claim
from qa.facts.fact import Fact
from qa.facts.participant import Participant
from qa.facts.premise import variants
from qa.facts.support import ENOUGH, LIKELY, SURE, fit
from qa.facts.table import FactTable
from qa.question import Question, QuestionType
from qa.records import Span
from qa.syntax import Tree

__all__ = ["Naming", "bearer", "named", "player"]

_PLAYS = re.compile(r"\b(?:plays?|played|portray(?:s|ed)?|acts?|actor|actress)\b", re.IGNORECASE)
_ASKS_PLAYER = re.compile(
    r"^(?:who|(?:which|what) (?:actor|actress)) (?:plays|played|portrays|portrayed)"
    r"(?: the (?:role|part|character) of)? (?P<whom>[\w '’.-]+?)[ ?!.]*$",
    re.IGNORECASE,
)
_ASKS_BEARER = re.compile(
    r"^who (?:is|was) (?:(?P<owner>[\w '’.-]+?)['’]s? (?P<role>(?-i:[a-z])[\w-]*)"
    r"|the (?P<plain>(?-i:[a-z])[\w-]*)(?: of (?P<of>(?-i:[A-Z])[\w '’.-]*?))?)[ ?!.]*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Naming:
    """The stretch that names somebody, and how often such an answer is right."""

    span: Span
    level: float


def named(question: Question, claim: Claim | None, table: FactTable) -> Naming | None:
    """Return who takes the role that `question` asks for, where a clause has its verb.

    Only where the question tells who or what has the other role: "Who kidnapped Anna?". A pronoun
    that is not tied to anybody is no answer.
    """
    if question.type is not QuestionType.WHO or "whose" in question.text.lower():
        return None
    if claim is None or claim.negated:
        return None
    best: Naming | None = None
    for variant, turned in variants(claim, table):
        asks_agent = variant.agent is not None and variant.agent.open
        known = variant.patient if asks_agent else variant.agent
        if turned or known is None or known.open:
            continue
        for fact in table.of(variant.verb):
            one = _only(fact.agents if asks_agent else fact.patients)
            if one is None or not fact.certain or fact.negated:
                continue
            grade = fit(variant, fact, table)
            likely = LIKELY if grade >= ENOUGH and known.characters else 0.0
            level = SURE if grade == 1.0 and (known.characters or one.characters) else likely
            if level > (best.level if best else 0.0):
                best = Naming(_phrase(one, fact, table), level)
    return best


def _only(told: Sequence[Participant]) -> Participant | None:
    """Return the one who takes a role, None where there are several or it is open who it is."""
    if len(told) != 1 or told[0].row < 0 or told[0].open or told[0].nobody:
        return None
    return told[0]


def _phrase(one: Participant, fact: Fact, table: FactTable) -> Span:
    tree = Tree(table.tokens(fact.passage_id))
    first, last = tree.phrase(one.row, without=("relcl", "acl", "appos", "conj", "cc"))
    return Span(tree.tokens[first].start, tree.tokens[last - 1].end, 1.0)


def player(question: Question, index: StoryIndex, table: FactTable) -> Naming | None:
    """Return who plays the one whom `question` names, or whom the actor that it names plays."""
    asked = _ASKS_PLAYER.match(question.text)
    if asked:
        for number in table.known.called(asked["whom"].split()).characters:
            actor = index.cast.characters[number].actor
            if actor:
                return _first(actor, index)
        return None
    if question.type not in {QuestionType.WHO, QuestionType.WHO_IS}:
        return None
    for character in index.cast.characters:
        actor = character.actor
        about = question.type is QuestionType.WHO_IS or _PLAYS.search(question.text)
        if actor and about and re.search(rf"\b{re.escape(actor)}\b", question.text, re.IGNORECASE):
            return _first(character.name, index)
    return None


def bearer(question: Question, index: StoryIndex, table: FactTable) -> Naming | None:
    """Return who has the role that `question` asks for: "Who is Anna's brother?"."""
    asked = _ASKS_BEARER.match(question.text)
    if not asked:
        return None
    whose = asked["owner"] or asked["of"]
    owners = table.known.called(whose.split()).characters if whose else frozenset[int]()
    if whose and not owners:
        return None
    number = table.known.bearer(asked["role"] or asked["plain"], owners)
    return None if number is None else _first(index.cast.characters[number].name, index)


def _first(name: str, index: StoryIndex) -> Naming | None:
    place = re.search(rf"(?<!\w){re.escape(name)}(?!\w)", index.story.text)
    return place and Naming(Span(*place.span(), 1.0), SURE)
