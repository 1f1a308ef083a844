"""What a story tells as facts: who does what to whom, clause by clause, from the stored parses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence, Set

from index.binding import SUBJECTS
from index.cast import Cast
from index.lexical import stem
from index.records import Token
from qa.facts.attributes import phrased
from qa.facts.fact import EXISTS, Fact
from qa.facts.factuality import antecedent, clause_span, infinitive, own, standing
from qa.facts.participants import Known, Participant
from qa.facts.verbs import verb_key
from qa.syntax import VERBAL, Tree

__all__ = ["EXISTS", "Fact", "FactTable"]


_CONTROLLED = frozenset(
    "persuade tell ask order teach help force allow let make want command beg advise urge warn "
    "permit invite send hire pay see hear watch".split()
)
_CONTENT = frozenset({"NOUN", "VERB", "ADJ", "ADV", "PROPN", "NUM"})


class FactTable:
    """The facts of a story, read off a passage's parse when first asked for.

    Args:
        parses: the tokens of the story's passages, row for row.
        cast: the story's characters.
    """

    def __init__(self, parses: Sequence[Sequence[Token]], cast: Cast) -> None:
        self._parses = parses
        self.known = Known(cast, parses)
        self.stems = [frozenset(_stems(tokens)) for tokens in parses]
        self.nouns = frozenset(
            t.text.lower() for ts in parses for t in ts if t.pos in {"NOUN", "ADJ", "NUM"}
        )
        self.things = frozenset(t.text.lower() for ts in parses for t in ts if t.pos == "NOUN")
        self.words = frozenset[str]().union(*self.stems)
        self._places: dict[str, set[int]] = defaultdict(set)
        for n, tokens in enumerate(parses):
            for token in tokens:
                if token.pos in VERBAL:
                    self._places[verb_key(token.lemma)].add(n)
        self._told: dict[int, tuple[Fact, ...]] = {}
        self._phrased: dict[int, tuple[Fact, ...]] = {}

    @property
    def verbs(self) -> Set[str]:
        """Keys of the verbs that the story has."""
        return self._places.keys()

    def has(self, word: str) -> bool:
        """Tell whether the story has the word, in any form."""
        return stem(word.lower()) in self.words or verb_key(word) in self.words

    def of(self, verb: str, about: str = "") -> list[Fact]:
        """Return the facts with a verb's key, in story order.

        Args:
            verb: see `qa.facts.verbs.verb_key`.
            about: stem of a word that their passages must have.
        """
        places = [n for n in sorted(self._places.get(verb, ())) if self._has(n, about)]
        facts = [fact for n in places for fact in self.at(n) if fact.verb == verb]
        if verb in {"have", EXISTS} or (verb == "be" and about):
            having = [n for n, stems in enumerate(self.stems) if about in stems]
            facts += [f for n in having for f in self._besides(n) if f.verb == verb]
        if verb != "be":
            return facts
        rows = [row for row in self.known.introductions if self._has(row[0], about)]
        return [*(_introduced(*row, self._parses, self.known) for row in rows), *facts]

    def at(self, passage_id: int) -> tuple[Fact, ...]:
        """Return the facts that a passage tells."""
        if passage_id not in self._told:
            tree = Tree(self._parses[passage_id])
            self._told[passage_id] = tuple(_told(passage_id, tree, self.known))
        return self._told[passage_id]

    def tokens(self, passage_id: int) -> Sequence[Token]:
        """Return the parse of a passage."""
        return self._parses[passage_id]

    def _besides(self, passage_id: int) -> tuple[Fact, ...]:
        """Return what a passage tells in its noun phrases (see `qa.facts.attributes`)."""
        if passage_id not in self._phrased:
            tree = Tree(self._parses[passage_id])
            self._phrased[passage_id] = tuple(phrased(passage_id, tree, self.known))
        return self._phrased[passage_id]

    def people(self, passage_id: int) -> frozenset[int]:
        """Return the characters that a passage speaks of, by name, pronoun or role."""
        return frozenset(self.known.people(passage_id, self._parses[passage_id]))

    def _has(self, passage_id: int, word: str) -> bool:
        return not word or word in self.stems[passage_id]


def _stems(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        if token.pos in _CONTENT:
            yield stem(token.lemma)
            yield verb_key(token.lemma)


def _told(passage_id: int, tree: Tree, known: Known) -> Iterator[Fact]:
    tokens = tree.tokens
    for row, token in enumerate(tokens):
        if _tells(tree, row):
            agents, patients, others = _roles(passage_id, row, tree, known)
            negated, certain = standing(row, tree)
            nobody = any(p.nobody for p in (*agents, *patients))
            yield Fact(
                passage_id,
                verb_key(token.lemma),
                agents,
                patients,
                others,
                negated != nobody,
                certain,
                *clause_span(tree, row),
            )


def _introduced(
    passage_id: int,
    number: int,
    name: int,
    role: int,
    parses: Sequence[Sequence[Token]],
    known: Known,
) -> Fact:
    """Return "Alban Crisp is the vicar" for "the vicar, Alban Crisp"."""
    tree = Tree(parses[passage_id])
    rows = [name, role, *_span(tree, name), *_span(tree, role)]
    return Fact(
        passage_id,
        "be",
        (Participant(frozenset({number})),),
        (known.noun(passage_id, role, tree),),
        (),
        False,
        True,
        tree.tokens[min(rows)].start,
        tree.tokens[max(rows)].end,
    )


def _span(tree: Tree, row: int) -> tuple[int, int]:
    first, last = tree.phrase(row, without=("appos", "relcl", "acl", "conj", "cc"))
    return first, last - 1


def _tells(tree: Tree, row: int) -> bool:
    token, above = tree.tokens[row], tree.tokens[tree.tokens[row].head]
    if token.pos not in VERBAL or token.dep in {"aux", "auxpass", "amod", "compound"}:
        return False
    return token.dep != "conj" or above.pos in VERBAL or bool(tree.children(row))


def _roles(
    passage_id: int, row: int, tree: Tree, known: Known
) -> tuple[tuple[Participant, ...], tuple[Participant, ...], tuple[Participant, ...]]:
    """Return who acts, who or what is acted on, and who else takes part in the clause of `row`."""

    def all_at(rows: Sequence[int]) -> tuple[Participant, ...]:
        joined = [m for n in rows for m in (n, *_conjuncts(tree, n))]
        return tuple(known.at(passage_id, n, tree) for n in joined)

    objects = own(tree, row, {"dobj", "attr", "oprd", "acomp"})
    by = [m for n in own(tree, row, {"agent"}) for m in own(tree, n, {"pobj"})]
    away = own(tree, row, {"prep", "advmod", "prt"})  # "is away | on a trip"
    joins = [m for n in away for m in (n, *own(tree, n, {"prep"}))]
    behind = [m for n in joins for m in own(tree, n, {"pobj"})]
    others = all_at([*own(tree, row, {"dative"}), *behind])
    subject = _actor(tree, row)
    acting = all_at([] if subject is None else [subject])
    if _passive(tree, row):
        return all_at(by), acting, others + all_at(objects)
    if by and not acting:
        acting = all_at(by)
    return acting, all_at(objects), others


def _conjuncts(tree: Tree, row: int) -> Iterator[int]:
    for n in own(tree, row, {"conj"}):
        yield n
        yield from _conjuncts(tree, n)


def _passive(tree: Tree, row: int) -> bool:
    token = tree.tokens[row]
    if own(tree, row, {"auxpass", "nsubjpass"}):
        return True
    if own(tree, row, SUBJECTS) or token.tag != "VBN" or own(tree, row, {"aux"}):
        return False
    return token.dep in {"acl", "advcl"} or (token.dep == "conj" and _passive(tree, token.head))


def _actor(tree: Tree, row: int) -> int | None:
    """Return the row of the subject, also of an infinitive: whom one persuades acts."""
    token, governor = tree.tokens[row], tree.tokens[row].head
    if not own(tree, row, SUBJECTS):
        if token.dep == "acl" and infinitive(tree, row):
            return None
        named = [n for n in own(tree, row, {"compound"}) if n < row]
        if named and tree.tokens[named[-1]].pos == "PROPN":  # a name that was parsed amiss
            return named[-1]
        objects = own(tree, row, {"dobj", "dative"})
        if token.dep == "relcl" and any(antecedent(tree, n) is not None for n in objects):
            return None
        asked = own(tree, governor, {"dobj", "dative"})
        if asked and token.dep in {"xcomp", "advcl"} and tree.tokens[governor].lemma in _CONTROLLED:
            return asked[0]
    return tree.subject(row)
