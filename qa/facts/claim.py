"""What a question takes for granted or asks to be confirmed: somebody does something to somebody.

Read off the question's words by rule: nothing is loaded to understand a question.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from index.lexical import terms
from qa.facts.participants import OPEN, Participant
from qa.facts.phrases import (
    ADVERBS,
    BE,
    DO,
    HAVE,
    LEADING,
    MODAL,
    PREPOSITIONS,
    PRONOUNS,
    complements,
    governed,
    is_participle,
    participant,
    phrase,
    subject_length,
)
from qa.facts.table import EXISTS, FactTable
from qa.facts.verbs import lemma, verb_key
from qa.question import Question, QuestionType

__all__ = ["Claim", "claimed", "words_of"]

_WORD = re.compile(r"[^\W_]+(?:[-.'’](?![sS]\b)[^\W_]+)*\.?(?=\W|$)|['’][sS]\b|[,;?!]")
_WH = frozenset("who whom whose what which when where why how".split())
_AUXILIARIES = DO | BE | HAVE | MODAL
_SUBORDINATORS = frozenset("when while before after because if since until once as".split())
_CATENATIVE = frozenset("manage begin start continue come have happen".split())


@dataclass(frozen=True, slots=True)
class Claim:
    """Who (`agent`) does what (`verb`: a key, see `qa.facts.verbs`) to whom (`patient`).

    A participant that the question asks for is `OPEN`; one that the question does not speak of is
    None. `negated`: whether the question says that it did not happen. `others` stand behind
    prepositions; `setting` has the stems of a clause of time or reason. `shared`: whether several
    may be so at once, "is a farmer" against "is the farmer".
    """

    verb: str
    agent: Participant | None
    patient: Participant | None
    others: tuple[Participant, ...] = ()
    negated: bool = False
    setting: frozenset[str] = frozenset()
    shared: bool = False


def words_of(text: str) -> list[str]:
    """Return the words and commas of a question; "'s" is a word."""
    return _WORD.findall(text)


def claimed(question: Question, table: FactTable) -> Claim | None:
    """Return what `question` claims, or None where no rule understands it."""
    words = _clause(words_of(question.text), question.type)
    words, setting = _setting(words, table)
    if not words:
        return None
    negated = any(w.lower() in {"not", "never"} for w in words[1:] if w)
    if question.type is QuestionType.YES_NO:
        claim = _inverted(words[0].lower(), words[1:], None, negated, table)
    else:
        start = next((n for n, w in enumerate(words) if w.lower() in _WH), len(words))
        claim = _asking(question, words[start:], negated, table)
    return claim and replace(claim, setting=setting)


def _setting(words: Sequence[str], table: FactTable) -> tuple[list[str], frozenset[str]]:
    """Return the words before a clause like "after he left", and the stems of those in it."""
    for place in range(3, len(words) - 1):
        following = words[place + 1].lower()
        if words[place].lower() in _SUBORDINATORS and not (
            words[place].lower() == "as" and following in LEADING
        ):
            named = {n for a, b, _ in table.known.names_in(words) for n in range(a, b)}
            rest = [words[n] for n in range(place + 1, len(words)) if n not in named]
            return list(words[:place]), frozenset(terms(" ".join(rest)))
    return list(words), frozenset()


def _clause(words: list[str], kind: QuestionType) -> list[str]:
    """Return the words of the main clause: what stands before or behind a comma is left out."""
    parts: list[list[str]] = [[]]
    for word in words:
        if word in {",", ";", "?", "!"}:
            parts.append([])
        else:
            parts[-1].append(word.removesuffix(".") if word[-1:] == "." and len(word) > 4 else word)
    if kind is QuestionType.YES_NO:
        found = [p for p in parts if p and p[0].lower().removesuffix("n't") in _AUXILIARIES]
        parts = [[_positive(p[0]), *p[1:]] for p in found]
    else:
        found = [p for p in parts if any(w.lower() in _WH for w in p)]
        parts = found[-1:] if found and found[0][0].lower() in {"when", "where"} else found[:1]
    return parts[0] if parts else []


def _positive(auxiliary: str) -> str:
    """Return "did" for "didn't": it only shows what is expected."""
    return re.sub(r"n['’]t$", "", auxiliary)


def _asking(
    question: Question, words: Sequence[str], negated: bool, table: FactTable
) -> Claim | None:
    """Read a wh-question: "Who did Anna meet", "Why did Ben leave Anna", "Who met Anna"."""
    place = next(
        (n for n, w in enumerate(words) if n and _positive(w.lower()) in _AUXILIARIES), None
    )
    by_subject = question.type in {QuestionType.WHO, QuestionType.WHICH, QuestionType.WHAT}
    verb_first = 1 if question.type is not QuestionType.WHICH else 2
    if place is None or place > 4:
        if not by_subject or len(words) <= verb_first:
            return None
        return _active(words[verb_first:], OPEN, negated, table)
    negated = negated or words[place].lower().endswith(("n't", "n’t"))
    auxiliary, rest = _positive(words[place].lower()), words[place + 1 :]
    if not rest:
        return None
    asks_object = by_subject or question.type is QuestionType.HOW_MANY
    names = table.known.alias_at(rest, 0)
    nominal = names or rest[0].lower() in LEADING | PRONOUNS
    if by_subject and not nominal and auxiliary not in DO:
        return _predicated(auxiliary, rest, OPEN, negated, table)
    return _inverted(auxiliary, rest, OPEN if asks_object else None, negated, table)


def _inverted(
    auxiliary: str,
    words: Sequence[str],
    asked: Participant | None,
    negated: bool,
    table: FactTable,
) -> Claim | None:
    """Read what stands behind an auxiliary: subject, verb and the rest."""
    lowered = [w.lower() for w in words]
    if auxiliary in BE and lowered[:1] == ["it"] and ("who" in lowered or "that" in lowered):
        cut = min(lowered.index(w) for w in ("who", "that") if w in lowered)
        if lowered[1:2] == ["true"]:
            return None
        return _active(words[cut + 1 :], table.known.called(words[1:cut]), negated, table)
    length = subject_length(words, auxiliary, table)
    if not 0 < length <= len(words):
        return None
    subject, rest = participant(words[:length], table), words[length:]
    beside: list[Participant] = []
    while len(rest) > 2 and rest[0].lower() == "and":
        length = subject_length(rest[1:], auxiliary, table)
        if not 0 < length < len(rest):
            break
        beside.append(participant(rest[1 : 1 + length], table))
        rest = rest[1 + length :]
    if lowered[:1] == ["there"] and auxiliary in BE | HAVE:
        claim = _existing(words[1:], negated, table)
    else:
        claim = _predicated(auxiliary, rest, subject, negated, table)
    if claim and beside:
        claim = replace(claim, others=(*claim.others, *beside))
    if claim and asked and claim.patient is None and claim.agent is not None:
        return Claim(claim.verb, claim.agent, asked, claim.others, claim.negated)
    if claim and asked and claim.agent is None:
        return Claim(claim.verb, asked, claim.patient, claim.others, claim.negated)
    return claim


def _predicated(
    auxiliary: str, words: Sequence[str], subject: Participant, negated: bool, table: FactTable
) -> Claim | None:
    """Read verb and rest: passive or active by the auxiliary, or "is a …"."""
    rest = list(words)
    skipped = ADVERBS if auxiliary in DO else ADVERBS | {"been", "being", "be", "have", "to"}
    while rest and rest[0].lower() in skipped:
        if rest[0].lower() in {"been", "being", "be"}:
            auxiliary = "was"
        rest = rest[1:]
    if not rest:
        return None
    first = rest[0].lower()
    if auxiliary in BE and not first.endswith("ing"):
        if first in PREPOSITIONS:
            others = governed(rest, table)
            return Claim("be", subject, None, tuple(others), negated) if others else None
        if first in LEADING or not is_participle(first, table):
            shared = first not in LEADING - {"a", "an"}
            attribute, length = phrase(rest, table)
            others = governed(rest[length:], table)
            claim = Claim("be", subject, attribute, tuple(others), negated, shared=shared)
            return claim if attribute else None
        objects, others, by = complements(rest[1:], table)
        return Claim(verb_key(first), by, subject, (*objects, *others), negated)
    return _active(rest, subject, negated, table)


def _existing(words: Sequence[str], negated: bool, table: FactTable) -> Claim | None:
    """Read "(is there) a cell in the village"; `EXISTS` is not a verb's key."""
    rest = [w for w in words if w.lower() not in {"any", "been", "ever", "really", "no"}]
    there, length = phrase(rest, table)
    others = governed(rest[length:], table)
    return Claim(EXISTS, there, None, tuple(others), negated) if there else None


def _active(
    words: Sequence[str], subject: Participant, negated: bool, table: FactTable
) -> Claim | None:
    rest = list(words)
    while rest and rest[0].lower() in ADVERBS:
        rest = rest[1:]
    if not rest:
        return None
    first, following = lemma(rest[0]), [w.lower() for w in rest[1:3]]
    to_verb = first in _CATENATIVE and following[:1] == ["to"]  # "manage to open"
    if to_verb or (first == "end" and following[1:] and following[1].endswith("ing")):
        rest = rest[2:]
    if not rest:
        return None
    objects, others, _ = complements(rest[1:], table)
    verb = verb_key(rest[0].lower())
    return Claim(verb, subject, objects[0] if objects else None, (*objects[1:], *others), negated)
