"""Noun phrases in the words of a question: where each ends, and whom it means."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa.facts.participants import OPEN, Participant
from qa.facts.table import FactTable
from qa.facts.verbs import lemma, verb_key

__all__ = [
    "ADVERBS",
    "BE",
    "DO",
    "HAVE",
    "LEADING",
    "MODAL",
    "PREPOSITIONS",
    "PRONOUNS",
    "complements",
    "governed",
    "is_participle",
    "participant",
    "phrase",
    "subject_length",
]

DO = frozenset("do does did".split())
BE = frozenset("is are was were am be been being".split())
HAVE = frozenset("has have had".split())
MODAL = frozenset("can could will would shall should may might must".split())
LEADING = frozenset("the a an this that these those his her their its our my your".split())
PRONOUNS = frozenset("he she it they him them i you we us anybody anyone somebody someone".split())
ADVERBS = frozenset(
    "ever never not actually really already also always finally first just only still then even "
    "once again later eventually together immediately personally directly and or".split()
)
PREPOSITIONS = frozenset(
    "about above across after against along among around as at before behind below beneath beside "
    "between by despite down during for from in inside into like near off on onto out outside over "
    "past through throughout till to toward towards under until up upon via with within without "
    "because if when while where who that which so than but since whether how why what".split()
)
_PARTICLES = frozenset("up down out off away back over on in".split())
_DIRECTIONS = frozenset("up down away back again there here home together too".split())
_RELATIVE = frozenset("who that which".split())
_PARTICIPLE = re.compile(r"(?:ed|en|wn|rn|ught|ung|unk|ost|old|ent|aid|ept|elt)$")


def complements(
    words: Sequence[str], table: FactTable
) -> tuple[list[Participant], list[Participant], Participant | None]:
    """Return the objects, what stands behind prepositions, and who acts ("by …")."""
    objects: list[Participant] = []
    others: list[Participant] = []
    by, place = None, 0
    preposition = ""
    while place < len(words):
        word = words[place].lower()
        if word in PREPOSITIONS | ADVERBS | _DIRECTIONS | {"'s", "’s"}:
            if word in _RELATIVE:
                break
            loose = word in _PARTICLES and place == 0
            bare = loose or word not in PREPOSITIONS
            preposition, place = ("" if bare else word), place + 1
            continue
        found, length = phrase(words[place:], table)
        place += max(1, length)
        if found is None:
            continue
        if preposition == "by":
            by = found
        elif preposition:
            others.append(found)
        else:
            objects.append(found)
        preposition = ""
    return objects, others, by


def governed(words: Sequence[str], table: FactTable) -> list[Participant]:
    """Return who or what the prepositions that `words` begin with govern."""
    objects, others, _ = complements(words, table)
    return [*objects, *others]


def phrase(words: Sequence[str], table: FactTable) -> tuple[Participant | None, int]:
    """Return the participant of the noun phrase that `words` begin with, and its length."""
    end, name = 0, table.known.alias_at(words, 0)
    while end < len(words):
        name, word = table.known.alias_at(words, end), words[end].lower()
        if name:
            end += name[0]
            if words[end : end + 1] and words[end].lower() in {"'s", "’s"}:
                end += 1
                continue
            break
        if word in PREPOSITIONS | ADVERBS | _DIRECTIONS and not (word == "of" and end):
            break
        end += 1
        if end < len(words) and table.known.alias_at(words, end) and word not in LEADING:
            owned = words[end - 1].lower() in table.nouns
            if owned:
                break
    while words[end : end + 1] and words[end].lower() == "of":
        more = phrase(words[end + 1 :], table)[1]
        end += 1 + max(more, 0)
    return (participant(words[:end], table), end) if end else (None, 0)


def participant(words: Sequence[str], table: FactTable) -> Participant:
    """Return whom a noun phrase means; nobody in particular where it is a pronoun."""
    if len(words) == 1 and words[0].lower() in PRONOUNS:
        return OPEN
    return table.known.called([w for w in words if w.lower() not in LEADING])


def subject_length(words: Sequence[str], auxiliary: str, table: FactTable) -> int:
    """Return how many words the subject has: a name, or words up to the verb."""
    lowered = [w.lower() for w in words]
    if lowered[:1] and lowered[0] in PRONOUNS:
        return 1
    place = 1 if lowered[:1] and lowered[0] in LEADING else 0
    while place < len(words):
        name = table.known.alias_at(words, place)
        if name:
            place += name[0]
            if lowered[place : place + 1] and lowered[place] in {"'s", "’s"}:
                place += 2
            if lowered[place : place + 1] != ["of"]:
                return place
        place += 1
        if lowered[place : place + 1] == ["of"]:
            place += 1
            if lowered[place : place + 1] and lowered[place] in LEADING:
                place += 1
            continue
        if lowered[place : place + 1] and lowered[place] in {"'s", "’s"}:
            place += 1
            continue
        name_ends = words[place - 1][:1].isupper() and words[place : place + 1] != ["of"]
        if name_ends and place < len(words) and words[place][:1].islower():
            return place
        if place >= len(words) or _may_be_verb(lowered, place, auxiliary, table):
            return place
    return place


def _may_be_verb(words: Sequence[str], place: int, auxiliary: str, table: FactTable) -> bool:
    """Tell whether the subject ends before `place`."""
    word = words[place]
    if word in ADVERBS | PREPOSITIONS | LEADING | {"been", "being", "be", "have"}:
        return True
    if auxiliary in DO | MODAL:
        return verb_key(word) in table.verbs or word not in table.nouns
    if word.endswith("ing") or is_participle(word, table):
        return True
    # "Is the old woman | happy?": what follows a noun, and is none, says what she is.
    return auxiliary in BE and words[place - 1] in table.things and word not in table.things


def is_participle(word: str, table: FactTable) -> bool:
    """Tell whether `word`, in lower case, is a verb's participle behind "was" or "had"."""
    if lemma(word) != word:
        return True
    return bool(_PARTICIPLE.search(word)) and (
        verb_key(word) in table.verbs or (word.endswith("ed") and word not in table.nouns)
    )
