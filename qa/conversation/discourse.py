"""Whom and what a conversation speaks of, and how much each is on the speakers' minds.

The weights are in the line of Lappin and Leass (1994): subjects before objects, and every mention
counts half as much a turn later.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from qa.conversation.clauses import unprefixed
from qa.conversation.mentions import Mention, Names, mentions_in
from qa.conversation.noun_phrases import key_of
from qa.conversation.topic import announced

__all__ = ["Discourse", "Entity", "Said", "subject_of"]

_DECAY = 0.6
_SUBJECT, _OBJECT, _OWNER = 3.0, 2.0, 1.4
_GIVEN, _TOLD = 2.2, 0.9  # what an answer gives, and what else it speaks of
_FADING = 0.75
_PROMINENCE = 0.25
_SHORT = 8  # words of an answer that is a noun phrase
# "Who is Anna?" "A smith.": that is Anna again, and nobody else.
_DESCRIBES = re.compile(r"(?i)who (?:is|was|are|were) (?-i:[A-Z]|(?:the|an?) )[^?]{1,40}\?*$")
_NOTHING = re.compile(r"(?i)(?:the story does(?: not|n['’]t) say|i do(?: not|n['’]t) know)\b")
_LEAD = re.compile(r"(?i)^(?:because|yes|no)\b[:,]? *")


@dataclass(frozen=True, slots=True)
class Said:
    """One earlier exchange, its question put so that it stands alone, and what it speaks of.

    `answer` is "" where the story did not tell. `asked` is the question as it was asked, `filled`
    what was put into it in place of pronouns.
    """

    question: str
    answer: str
    asked: str = ""
    filled: tuple[Mention, ...] = ()
    in_question: tuple[Mention, ...] = ()
    in_answer: tuple[Mention, ...] = ()


@dataclass(slots=True)
class Entity:
    """Somebody or something spoken of: its latest full mention, and its weight by role."""

    mention: Mention
    weight: float = 0.0
    roles: set[str] = field(default_factory=set)  # in the turn before


class Discourse:
    """The turns so far.

    Args:
        names: the cast's names.
    """

    def __init__(self, names: Names) -> None:
        self.names = names
        self.turns: list[Said] = []
        self.topic: Mention | None = None  # what the opening turn announces
        self._known: list[Mention] = []
        self._genders: dict[str, str] = {}

    def add(self, asked: str, question: str, answer: str, filled: Sequence[Mention] = ()) -> None:
        """Take in a turn: the question as asked, as it stands alone, and the answer."""
        question = unprefixed(question)
        answer = "" if _NOTHING.match(answer) else answer
        if not self.turns:
            self.topic = announced(question, self.names)
        if self.topic and not self.turns:
            in_question = [self.topic]
            self._known.append(self.topic)
        else:
            in_question = _kept(question, _owned(self.mentions(question), ()), filled)
        in_answer = _owned(self.mentions(answer), in_question)
        self.turns.append(
            Said(question, answer, asked, tuple(filled), tuple(in_question), tuple(in_answer))
        )

    def mentions(self, text: str) -> list[Mention]:
        """Return what `text` speaks of, with what is known by now."""
        found = mentions_in(text, self.names, self._known)
        self._known += [m for m in found if not m.phrase and m not in self._known]
        return found

    def learn(self, key: str, gender: str) -> None:
        """Keep in mind that `key` was spoken of as he, she, it or they ("m", "f", "n", "p")."""
        self._genders.setdefault(key, gender)

    def spoken_of_as(self, key: str) -> str:
        """Return what `learn` was told, or ""."""
        return self._genders.get(key, "")

    def entities(self) -> list[Entity]:
        """Return all that was spoken of, the weightiest first."""
        found: dict[str, Entity] = {}
        for age, said in enumerate(reversed(self.turns)):
            heading = self.topic is not None and age == len(self.turns) - 1
            for mention, role, weight in _weighed(said, heading):
                fading = 1.0 if heading and mention == self.topic else _DECAY**age
                entity = found.setdefault(mention.key, Entity(mention))
                entity.weight += weight * fading
                if age == 0:
                    entity.roles |= {role, "given"} if mention in said.in_answer else {role}
        for key, entity in found.items():
            count = self.names.counts.get(key, 0)
            entity.weight *= 1 + _PROMINENCE * math.log1p(count)
            entity.mention = replace(entity.mention, gender=self._gender(key, entity.mention))
        return sorted(found.values(), key=lambda e: -e.weight)

    def _gender(self, key: str, mention: Mention) -> str:
        learnt = self._genders.get(key, "")
        return mention.gender or (learnt if learnt in {"m", "f"} else "")


def _kept(text: str, found: Sequence[Mention], filled: Sequence[Mention]) -> list[Mention]:
    """Return `found` with what was put into `text` as it was known before, not as it reads now."""
    result = list(found)
    for mention in filled:
        for place in re.finditer(rf"(?i){re.escape(mention.name)}(?!\w)", text):
            start, end = place.span()
            if re.match(r"['’]", text[end:]):
                continue
            result = [m for m in result if not (start <= m.start < end < m.end)]
            if not any(m.start == start and m.end == end for m in result):
                result.append(replace(mention, start=start, end=end, owner=False))
    return sorted(result, key=lambda m: (m.start, -m.end))


def _weighed(said: Said, heading: bool) -> Iterator[tuple[Mention, str, float]]:
    """Yield (mention, role, weight) of each mention of a turn; `heading`: it announces a topic."""
    subject = said.in_question[0] if heading else subject_of(said.question, said.in_question)
    for mention in said.in_question:
        if mention == subject:
            yield mention, "subject", _SUBJECT
        elif mention.owner:
            yield mention, "owner", _OWNER
        else:
            yield mention, "object", _OBJECT
    lead = _LEAD.match(said.answer)
    begins = lead.end() if lead else 0
    short = len(said.answer.split()) <= _SHORT
    weight, covered = _TOLD, begins
    for mention in () if _DESCRIBES.match(said.question) else said.in_answer:
        if mention.start <= begins and short and not mention.owner and not heading:
            given = "object" if subject else "subject"
            yield mention, given, _GIVEN if mention.end > covered else _GIVEN / 2
            covered = max(covered, mention.end)
        else:
            yield mention, "told", weight
            weight *= _FADING


def _owned(mentions: Sequence[Mention], before: Sequence[Mention]) -> list[Mention]:
    """Name the owner in "her boat"; what has an owner that is not known is left out."""
    result: list[Mention] = []
    for mention in mentions:
        said = re.match(r"(?i)(his|her|their|its) ", mention.name)
        if said is None:
            result.append(mention)
            continue
        fitting = [
            m
            for m in (*before, *result)
            if m.start < mention.start or m in before
            if (said[1].lower() == "their") == m.plural
            and (said[1].lower() == "its") == (m.person is False)
            and m.gender in {"", {"his": "m", "her": "f"}.get(said[1].lower(), "")}
        ]
        if fitting:
            name = f"{fitting[-1].name}'s {mention.name[said.end() :]}"
            result.append(replace(mention, name=name, key=key_of(name)))
    return result


def subject_of(question: str, mentions: Sequence[Mention]) -> Mention | None:
    """Return the subject of a question: what comes right after its auxiliary."""
    for found in re.finditer(
        r"(?i)\b(?:do|does|did|is|are|was|were|has|have|had|can|could|will|would|should|might|must"
        r"|['’]s)(?:n['’]t| not)?\s+",
        question,
    ):
        for mention in mentions:
            if mention.start == found.end():
                return mention
        break
    return None
