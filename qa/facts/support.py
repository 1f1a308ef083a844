"""How far a story bears out a claim where no clause has all of it by name and role.

What is told of "him" may be told of the one asked about; what another is said to have done with the
same thing speaks against it. Each role agrees, may agree, or clashes, and the weakest decides.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from index.gender import FEMALE_NOUNS, MALE_NOUNS
from index.lexical import stem
from qa.facts.claim import Claim
from qa.facts.fact import Fact
from qa.facts.participant import Participant, same
from qa.facts.premise import SHARED, takes_part, variants
from qa.facts.table import FactTable
from qa.facts.verbs import mutual, verb_key
from qa.facts.wording import in_order

__all__ = ["ENOUGH", "LIKELY", "POSSIBLE", "SURE", "Support", "fit", "supported"]

SURE = 0.85
"""How often an answer is right where a clause decides, by name and role."""
LIKELY = 0.7
"""How often an answer is right where a pronoun stands for one of the roles."""
POSSIBLE = 0.5
"""How often it is where the order of the words, another's doing, or what is denied decides."""

_AGREES, _MAY_MEAN, _OPEN, _CLASHES = 1.0, 0.7, 0.3, 0.0
ENOUGH = 0.45
"""Least fit of a clause that is evidence."""
_REACH = 2
_SINGULAR = {"he": "m", "him": "m", "his": "m", "she": "f", "her": "f", "it": "n"}
_PLURAL = frozenset({"they", "them", "their"})
# What one does to a second person as well: that he loves Anna says nothing about Berta.
_OF_SEVERAL = (
    "see hear know like love hate fear trust help tell ask thank greet watch visit follow call "
    "speak teach serve find want need remember invite show give send"
)
_NOUNS = FEMALE_NOUNS | MALE_NOUNS


@dataclass(frozen=True, slots=True)
class Support:
    """Yes or no, the clause that says so, and how often such an answer is right.

    `contrast` where the clause tells of somebody else's doing.
    """

    verdict: str
    fact: Fact
    level: float
    contrast: bool = False


def supported(claim: Claim, table: FactTable) -> Support | None:
    """Return what the story's clauses make likely, None where they leave it open."""
    if all(p is None or p.open for p in (claim.agent, claim.patient)):
        return None
    best: tuple[float, Support] | None = None
    for variant, turned in variants(claim, table):
        for fact in table.of(variant.verb, _about(variant)):
            grade = fit(variant, fact, table) if fact.certain else 0.0
            if grade >= ENOUGH and (best is None or grade > best[0]):
                agrees = (fact.negated != turned) == claim.negated
                best = grade, Support("yes" if agrees else "no", fact, LIKELY)
    if best:
        return best[1]
    for fact, turned in in_order(claim, table):
        if all(takes_part(other, fact, table) for other in claim.others):
            verdict = "yes" if turned == claim.negated else "no"
            if not (turned and mutual(claim.verb)):
                return Support(verdict, fact, LIKELY, contrast=turned)
    for fact in table.of(claim.verb, _about(claim)):
        if _speaks_against(claim, fact, table):
            return Support("yes" if claim.negated else "no", fact, POSSIBLE, contrast=True)
    return None


def fit(claim: Claim, fact: Fact, table: FactTable) -> float:
    """Return how well a fact of the claim's verb agrees with it in its roles: 0 to 1."""
    agent = _agreement(claim.agent, fact.agents, fact, table, subject=True)
    patient = _agreement(claim.patient, (*fact.patients, *fact.others), fact, table)
    others = all(takes_part(other, fact, table) for other in claim.others)
    return agent * patient * (1.0 if others else _OPEN)


def _about(claim: Claim) -> str:
    return claim.patient.head if claim.verb in {"be", "have"} and claim.patient else ""


def _agreement(
    asked: Participant | None,
    told: Sequence[Participant],
    fact: Fact,
    table: FactTable,
    subject: bool = False,
) -> float:
    if asked is None or asked.open:
        return _AGREES
    results = [same(asked, one) for one in told]
    if True in results:
        return _AGREES
    if any(same(asked, one) for one in (*fact.agents, *fact.patients, *fact.others)):
        return _CLASHES
    if any(
        _may_mean(one.pronoun, asked, table) and _at_hand(asked, one, fact, table, subject)
        for one in told
    ):
        return _MAY_MEAN
    if results and all(result is False for result in results):
        return _CLASHES
    return _OPEN


def _may_mean(pronoun: str, asked: Participant, table: FactTable) -> bool:
    """Tell whether a pronoun that is not tied agrees in gender and number with the one asked."""
    if pronoun in _PLURAL:
        return not asked.characters and asked.head not in _stems(_NOUNS)
    gender = _SINGULAR.get(pronoun, "")
    if asked.characters:
        known = {table.known.cast.characters[n].gender for n in asked.characters}
        return bool(gender) and gender != "n" and bool(known & {"", gender})
    if gender == "n":
        return asked.head not in _stems(_NOUNS)
    return bool(gender) and asked.head not in _stems(MALE_NOUNS if gender == "f" else FEMALE_NOUNS)


def _at_hand(
    asked: Participant, pronoun: Participant, fact: Fact, table: FactTable, subject: bool
) -> bool:
    """Tell whether the one asked about was spoken of shortly before, as the last doer if need be.

    A pronoun that is a subject takes up the last subject that it can mean; another may take up
    whoever is named in its sentence.
    """
    if not subject and asked.characters & table.known.named_before(fact.passage_id, pronoun.row):
        return True
    for earlier in _before(fact, table):
        told = earlier.agents if subject else (*earlier.agents, *earlier.patients, *earlier.others)
        results = [same(asked, one) for one in told if not one.open]
        if True in results:
            return True
        if subject and results:
            return False
    return False


def _before(fact: Fact, table: FactTable) -> Iterator[Fact]:
    """Yield the clauses before `fact`, nearest first."""
    for place in range(fact.passage_id, max(-1, fact.passage_id - _REACH - 1), -1):
        told = sorted(table.at(place), key=lambda one: -one.start)
        yield from (one for one in told if one.start < fact.start)


def _speaks_against(claim: Claim, fact: Fact, table: FactTable) -> bool:
    """Tell whether roles are changed round, or another has the place of one asked about."""
    agent, patient = claim.agent, claim.patient
    if not fact.certain or fact.negated or claim.verb in SHARED or claim.verb == "be":
        return False
    if agent is None or agent.open or mutual(claim.verb):
        return False
    if not all(takes_part(other, fact, table) for other in claim.others):
        return False
    if patient is None or patient.open:
        beside = [any(same(one, told) for told in fact.others) for one in claim.others]
        return bool(beside) and all(beside) and _another(agent, fact.agents, table)
    does = _agreement(agent, fact.agents, fact, table, subject=True)
    undergoes = _agreement(patient, (*fact.patients, *fact.others), fact, table)
    turned = _agreement(agent, fact.patients, fact, table) * _agreement(
        patient, fact.agents, fact, table, subject=True
    )
    if turned >= ENOUGH:
        return True
    if undergoes >= _MAY_MEAN and _another(agent, fact.agents, table):
        return True
    if claim.verb in _often_to_several():
        return False
    return does == _AGREES and _another(patient, fact.patients, table)


@lru_cache(maxsize=3)
def _stems(nouns: frozenset[str]) -> frozenset[str]:
    # When they are first asked for: many commands need no stemmer.
    return frozenset(map(stem, nouns))


@lru_cache(maxsize=1)
def _often_to_several() -> frozenset[str]:
    return frozenset(map(verb_key, _OF_SEVERAL.split()))


def _another(asked: Participant, told: Sequence[Participant], table: FactTable) -> bool:
    """Tell whether all in a role are surely not the one asked about, and of the same kind."""
    return bool(told) and all(_distinct(asked, one, table) for one in told)


def _distinct(asked: Participant, told: Participant, table: FactTable) -> bool:
    if asked.open or told.open or told.nobody:
        return False
    if asked.characters and told.characters:
        return not asked.characters & told.characters
    if asked.characters & told.owners and told.head in _stems(_NOUNS):
        return True  # his mother is not he
    if same(asked, told) is True or not asked.head or asked.head == told.head:
        return False
    return any(_side_by_side(asked, told, other) for other in _of_both(asked, told, table))


def _of_both(asked: Participant, told: Participant, table: FactTable) -> Iterator[Fact]:
    """Yield the clauses of the first passages that speak of both."""
    heads = {one.head for one in (asked, told) if not one.characters}
    places = [n for n, stems in enumerate(table.stems) if heads <= stems]
    for place in places[:12]:
        yield from table.at(place)


def _side_by_side(asked: Participant, told: Participant, fact: Fact) -> bool:
    """Tell whether a clause has both: the wolf that meets the fox is another than the fox."""
    everybody = (*fact.agents, *fact.patients, *fact.others)
    if fact.verb == "be":
        return False
    return any(same(asked, one) for one in everybody) and any(same(told, one) for one in everybody)
