"""Who does what to whom by the order of the words, where the parse is of no help.

English puts who acts before the verb, and whom it concerns behind: "The constable arrests the
dealer" says so even where a parser takes "arrests" for a noun.
"""

from __future__ import annotations

from collections.abc import Iterator

from qa.facts.claim import Claim
from qa.facts.fact import Fact
from qa.facts.factuality import clause_span
from qa.facts.participant import Participant
from qa.facts.table import FactTable
from qa.facts.verbs import verb_key
from qa.syntax import Tree

__all__ = ["in_order"]

_BEHIND = 7
_BEFORE = 16
_TURNING = frozenset(
    "not n't never no to would could should might may will shall can if that whether "
    "be is are was were been being by rather without than".split()
)


def in_order(claim: Claim, table: FactTable) -> Iterator[tuple[Fact, bool]]:
    """Yield clauses whose words have the claim's verb between the two that it names.

    With each comes whether their roles are changed round. Only a character, by name or role, can be
    told to act by this; nothing is yielded where the clause may deny it or is passive.
    """
    agent, patient = claim.agent, claim.patient
    if agent is None or patient is None or not agent.characters or patient.open:
        return
    for place, stems in enumerate(table.stems):
        if claim.verb not in stems:
            continue
        tree = Tree(table.tokens(place))
        for row, token in enumerate(tree.tokens):
            if verb_key(token.lemma) != claim.verb or token.tag == "VBN" or token.pos == "ADJ":
                continue
            if {t.text.lower() for t in tree.tokens[max(0, row - 3) : row]} & _TURNING:
                continue
            if _acts(agent, place, row, table) and _behind(patient, place, row, table):
                yield _clause(claim, place, row, tree), False
            elif (
                patient.characters
                and _acts(patient, place, row, table)
                and _behind(agent, place, row, table)
            ):
                yield _clause(claim, place, row, tree), True


def _acts(asked: Participant, place: int, row: int, table: FactTable) -> bool:
    """Tell whether the last character named before the verb is the one asked about."""
    for n in range(row - 1, max(-1, row - _BEFORE), -1):
        found = _at(place, n, table)
        if found:
            return bool(found & asked.characters)
    return False


def _behind(asked: Participant, place: int, row: int, table: FactTable) -> bool:
    """Tell whether the one asked about comes behind the verb, before another verb or name."""
    tokens = table.tokens(place)
    for n in range(row + 1, min(len(tokens), row + _BEHIND)):
        if tokens[n].pos == "VERB" or tokens[n].text in {";", "."}:
            return False
        found = _at(place, n, table)
        if found:
            return bool(found & asked.characters)
        if not asked.characters and verb_key(tokens[n].lemma) == verb_key(asked.head):
            return True
    return False


def _at(place: int, row: int, table: FactTable) -> frozenset[int]:
    token = table.tokens(place)[row]
    if token.pos not in {"NOUN", "PROPN", "PRON", "ADJ"} or token.dep == "poss":
        return frozenset()
    return table.known.meant(place, row, token)


def _clause(claim: Claim, place: int, row: int, tree: Tree) -> Fact:
    start, end = clause_span(tree, row)
    agents = (claim.agent,) if claim.agent else ()
    patients = (claim.patient,) if claim.patient else ()
    return Fact(place, claim.verb, agents, patients, (), False, True, start, end)
