"""Whether the story bears out what a question claims: by name and role, clause by clause."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from index.lexical import stem
from qa.facts.claim import Claim
from qa.facts.fact import EXISTS, Fact
from qa.facts.participants import Participant, same
from qa.facts.qualities import qualities
from qa.facts.table import FactTable
from qa.facts.verbs import mutual, opposite, verb_key

__all__ = ["SHARED", "Finding", "found", "in_part", "takes_part", "variants"]

_GRADE_UNKNOWN = 0.5
_GRADE_DENIED = 0.2
_GRADE_BY_FOLLOWERS = 0.9
_LIGHT = frozenset("do happen".split())
_FOLLOWERS = (
    "man people henchman gang thug goon guard bodyguard soldier troop army crew servant agent "
    "follower"
)
SHARED = frozenset({"have", EXISTS})
"""What somebody may have, or be, though another has or is it as well."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What the story has on a claim.

    Attributes:
        premise: how well a clause bears the claim out: 1 where verb, agent and patient agree,
            0 where somebody else does it, and in between where only a part is told, or the
            opposite; 0.5 where nothing can be said.
        verdict: "yes" or "no" where a clause decides, None where none does.
        fact: the clause that decides.
        contrast: whether the clause tells of somebody else's doing.
    """

    premise: float
    verdict: str | None = None
    fact: Fact | None = None
    contrast: bool = False


def found(claim: Claim | None, table: FactTable) -> Finding:
    """Compare `claim` with every fact of the story that has its verb, or one that decides it."""
    if claim is None or claim.verb in _LIGHT:
        return Finding(_GRADE_UNKNOWN)
    told: list[tuple[Fact, bool]] = []
    for variant, turned in variants(claim, table):
        for fact in table.of(variant.verb, _attribute(variant)):
            if _fits(variant, fact, table):
                told.append((fact, turned))
    sure = [(fact, turned) for fact, turned in told if fact.certain]
    for fact, turned in sorted(sure, key=lambda p: (-_shared(claim, p[0], table), p[0].negated)):
        agrees = (fact.negated != turned) == claim.negated
        return Finding(1.0 if agrees else _GRADE_DENIED, "yes" if agrees else "no", fact)
    same_verb = table.of(claim.verb, _attribute(claim))
    other = next((f for f in same_verb if _somebody_else(claim, f, table)), None)
    if other:
        return Finding(0.0, "yes" if claim.negated else "no", other, contrast=True)
    if told:
        return Finding(1.0)
    return Finding(_grade(claim, same_verb, table))


def _grade(claim: Claim, same_verb: Sequence[Fact], table: FactTable) -> float:
    """Return how much of a claim is told where no clause has all of it."""
    core = replace(claim, others=(), setting=frozenset())
    if any(_fits(core, fact, table) for fact in same_verb):
        return 1.0
    if claim.verb == "be":
        return _GRADE_UNKNOWN
    if any(_by_followers(claim, fact) for fact in same_verb):
        return _GRADE_BY_FOLLOWERS
    if any(in_part(claim, fact) for fact in same_verb):
        return 0.6
    return 0.2 if same_verb else 0.4


def _attribute(claim: Claim) -> str:
    """Return the word that says what somebody is; "is" alone stands in too many passages."""
    asked = {"be": claim.patient, "have": claim.patient, EXISTS: claim.agent}.get(claim.verb)
    return asked.head if asked else ""


def variants(claim: Claim, table: FactTable) -> Iterator[tuple[Claim, bool]]:
    """Yield claims that decide this one, and whether they turn it round."""
    yield claim, False
    if mutual(claim.verb) and claim.agent and claim.patient:
        yield replace(claim, agent=claim.patient, patient=claim.agent), False
    if claim.verb == "be" and claim.patient and not claim.patient.characters:
        for head, against in qualities(claim.patient.head):
            if head in table.words:
                yield replace(claim, patient=replace(claim.patient, head=head)), against
    dies, kills = verb_key("die"), verb_key("kill")
    survives = claim.verb in {verb_key("survive"), verb_key("live")}
    if claim.verb == dies or (survives and claim.verb == verb_key("survive")):
        rest = tuple(p for p in (*claim.others, claim.patient) if p and (p.characters or p.owners))
        yield replace(claim, verb=kills, agent=None, patient=claim.agent, others=rest), survives
    if claim.verb in {verb_key("work"), verb_key("serve")} and claim.others:  # "work as a baker"
        yield replace(claim, verb="be", patient=claim.others[0], others=()), False
    for verb in sorted(table.verbs):
        if opposite(claim.verb, verb):
            yield replace(claim, verb=verb, patient=None if survives else claim.patient), True


def _fits(claim: Claim, fact: Fact, table: FactTable) -> bool:
    """Tell whether `fact` has all that take part in `claim`, each in its role."""
    if _all_open(claim):
        return False
    if claim.agent and not claim.agent.open and not _acts(claim.agent, fact):
        return False
    if claim.patient and not claim.patient.open and not _undergoes(claim, fact):
        return False
    return all(takes_part(other, fact, table) for other in claim.others) and _about(
        claim, fact, table
    )


def _acts(agent: Participant, fact: Fact) -> bool:
    return _any(agent, fact.agents) is True or _left_out(agent, fact.agents)


def _left_out(asked: Participant, told: Sequence[Participant]) -> bool:
    """Tell whether "nobody" or "no sailor" did it, and so not the one asked about either."""
    return any(one.nobody and one.head in {"", asked.head} for one in told)


def _undergoes(claim: Claim, fact: Fact) -> bool:
    assert claim.patient is not None
    if fact.verb == "be":
        return any(_called_so(claim.patient, one) for one in fact.patients)
    told = (*fact.patients, *fact.others)
    return _any(claim.patient, told) is True or _left_out(claim.patient, told)


def _called_so(asked: Participant, told: Participant) -> bool:
    """Tell whether somebody is said to be what is asked: the same noun, of the same owner."""
    asked_of, told_of = asked.owners or asked.whose, told.owners or told.whose
    whose = not asked_of or not told_of or bool(asked.owners & told.owners)
    whose = whose or bool(asked.whose & told.whose)
    return bool(asked.head) and asked.head == told.head and whose


def _about(claim: Claim, fact: Fact, table: FactTable) -> bool:
    """Tell whether the passage, or one beside it, has a word of the question's time clause."""
    if not claim.setting:
        return True
    return _shared(claim, fact, table) > 0


def _shared(claim: Claim, fact: Fact, table: FactTable) -> int:
    """Return how many words of the question's time clause stand in the passage or beside it."""
    beside = range(max(0, fact.passage_id - 1), min(len(table.stems), fact.passage_id + 2))
    return max((len(claim.setting & table.stems[n]) for n in beside), default=0)


def _all_open(claim: Claim) -> bool:
    parts = [p for p in (claim.agent, claim.patient) if p is not None]
    return all(p.open for p in parts)


def _any(asked: Participant, told: Sequence[Participant]) -> bool | None:
    """Return True where one of `told` is the one asked about, False where none can be."""
    results = [same(asked, one) for one in told]
    if True in results:
        return True
    return False if results and all(result is False for result in results) else None


def _by_followers(claim: Claim, fact: Fact) -> bool:
    """Tell whether people of the one asked about do it: who sends his men is said to do it."""
    if claim.agent is None or fact.negated or not fact.certain:
        return False
    sent = any(
        one.head in _followers() and one.owners & claim.agent.characters for one in fact.agents
    )
    return sent and (claim.patient is None or _any(claim.patient, fact.patients) is not False)


@cache
def _followers() -> frozenset[str]:
    return frozenset(map(stem, _FOLLOWERS.split()))


def takes_part(other: Participant, fact: Fact, table: FactTable) -> bool:
    """Tell whether the clause, or at least the passage, has who or what a preposition governs."""
    if other.open:
        return True
    everybody = (*fact.agents, *fact.patients, *fact.others)
    if _any(other, everybody) is True:
        return True
    there = frozenset[int]().union(*(p.characters for p in everybody))
    if other.characters or other.owners:
        return bool(other.owners) and other.owners <= there
    return verb_key(other.head) in table.stems[fact.passage_id]


def _somebody_else(claim: Claim, fact: Fact, table: FactTable) -> bool:
    """Tell whether `fact` is the same deed, done by another, or with the roles changed round."""
    if not fact.certain or fact.negated or claim.agent is None or claim.patient is None:
        return False
    if claim.agent.open or claim.patient.open:
        return False
    if not all(takes_part(other, fact, table) for other in claim.others):
        return False
    if _any(claim.agent, fact.patients) and _any(claim.patient, fact.agents):
        return not mutual(claim.verb)
    if claim.verb == "be" and _whose_else(claim, fact):
        return True
    if claim.verb in SHARED:
        return False
    by_another = _any(claim.agent, fact.agents) is False
    if claim.verb == "be":
        return by_another and not claim.shared and _undergoes(claim, fact)
    return by_another and _any(claim.patient, fact.patients) is True


def _whose_else(claim: Claim, fact: Fact) -> bool:
    """Tell whether somebody is what is asked, but of another: not the vicar's daughter."""
    if claim.agent is None or claim.patient is None or not _any(claim.agent, fact.agents):
        return False
    head = claim.patient.head
    told = [one for one in fact.patients if one.head == head]
    return bool(told) and not any(_called_so(claim.patient, one) for one in told)


def in_part(claim: Claim, fact: Fact) -> bool:
    """Tell whether one of the two roles agrees, or is not asked about, and the other may agree."""
    pairs = [(claim.agent, fact.agents), (claim.patient, (*fact.patients, *fact.others))]
    agreed = [one is None or one.open or _any(one, told) for one, told in pairs]
    return True in agreed and False not in agreed
