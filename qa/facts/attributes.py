"""What a story tells in its noun phrases: what somebody is, has, and that there is something.

"The old king's two daughters" tells that the king is old, and that he has two daughters.
"""

from __future__ import annotations

from collections.abc import Iterator

from qa.facts.fact import EXISTS, Fact
from qa.facts.factuality import own, standing
from qa.facts.participant import Participant
from qa.facts.participants import Known
from qa.syntax import Tree

__all__ = ["phrased"]

_DEFINITE = frozenset("the this that these those his her their its our my your".split())
_CUT = ("relcl", "acl", "conj", "cc", "appos", "advcl")


def phrased(passage_id: int, tree: Tree, known: Known) -> Iterator[Fact]:
    """Yield the facts that the noun phrases of a passage hold.

    Args:
        passage_id: the passage.
        tree: its parse.
        known: the story's characters.
    """
    for row, token in enumerate(tree.tokens):
        if token.pos not in {"NOUN", "PROPN"} or token.dep in {"compound", "flat"}:
            continue
        whom = known.at(passage_id, row, tree)
        certain = _certain(tree, row)
        first, last = tree.phrase(row, without=_CUT)
        if whom.nobody:
            whom = Participant(
                head=whom.head, modifiers=known.noun(passage_id, row, tree).modifiers
            )
            yield _fact(passage_id, EXISTS, whom, None, True, certain, tree, first, last)
            continue
        yield _fact(passage_id, EXISTS, whom, None, False, certain, tree, first, last)
        for n in own(tree, row, {"amod"}):
            quality = known.noun(passage_id, n, tree)
            yield _fact(passage_id, "be", whom, quality, False, certain, tree, first, last)
        for n in own(tree, row, {"poss"}):
            owner = known.at(passage_id, n, tree)
            yield _fact(passage_id, "have", owner, whom, False, certain, tree, first, last)
        for n in own(tree, row, {"prep"}):
            if tree.tokens[n].lemma == "with":
                for m in own(tree, n, {"pobj"}):
                    part = known.at(passage_id, m, tree)
                    yield _fact(passage_id, "have", whom, part, False, certain, tree, first, last)


def _certain(tree: Tree, row: int) -> bool:
    """Tell whether there is what the noun at `row` means: one that is named, or told of as such."""
    definite = any(tree.tokens[n].text.lower() in _DEFINITE for n in tree.children(row))
    if definite or tree.tokens[row].pos == "PROPN" or own(tree, row, {"poss"}):
        return True
    negated, certain = standing(tree.clause_of(row), tree)
    return certain and not negated


def _fact(
    passage_id: int,
    verb: str,
    agent: Participant,
    patient: Participant | None,
    negated: bool,
    certain: bool,
    tree: Tree,
    first: int,
    last: int,
) -> Fact:
    start, end = tree.tokens[first].start, tree.tokens[last - 1].end
    patients = () if patient is None else (patient,)
    return Fact(passage_id, verb, (agent,), patients, (), negated, certain, start, end)
