"""What a story tells as facts: who does what to whom, clause by clause, from the stored parses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence, Set
from dataclasses import dataclass

from index.cast import Cast
from index.lexical import stem
from index.records import Token
from qa.participants import Known, Participant
from qa.syntax import Tree
from qa.verbs import FACTIVE, IMPLICATIVE, NEGATIVE, REPORTING, verb_key

__all__ = ["Fact", "FactTable"]

_SUBJECTS = frozenset({"nsubj", "nsubjpass"})
_UNSURE = frozenset("would could might may should must will can shall ought".split())
_CONDITIONS = frozenset({"if", "unless", "whether", "lest"})
_CONTROLLED = frozenset(
    "persuade tell ask order teach help force allow let make want command beg advise urge warn "
    "permit invite send hire pay see hear watch".split()
)
_CONTENT = frozenset({"NOUN", "VERB", "ADJ", "ADV", "PROPN", "NUM"})
_CUT = ("advcl", "conj", "cc", "parataxis")


@dataclass(frozen=True, slots=True)
class Fact:
    """One clause: `agents` do what `verb` says to `patients`; a passive is turned round.

    Attributes:
        passage_id: where it is told.
        verb: key of the verb (see `qa.verbs.verb_key`).
        agents: who does it; empty where nobody is told.
        patients: to whom or what it is done, or what somebody is ("is the mayor").
        others: who else takes part, behind a preposition.
        negated: whether the clause says that it did not happen.
        certain: whether it is told as a fact, not as a wish, a plan, a fear or a claim.
        start: offset in the story of the clause's first character.
        end: offset behind its last.
    """

    passage_id: int
    verb: str
    agents: tuple[Participant, ...]
    patients: tuple[Participant, ...]
    others: tuple[Participant, ...]
    negated: bool
    certain: bool
    start: int
    end: int


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
        self._vocabulary = frozenset[str]().union(*self.stems)
        self._places: dict[str, set[int]] = defaultdict(set)
        for n, tokens in enumerate(parses):
            for token in tokens:
                if token.pos in {"VERB", "AUX"}:
                    self._places[verb_key(token.lemma)].add(n)
        self._told: dict[int, tuple[Fact, ...]] = {}

    @property
    def verbs(self) -> Set[str]:
        """Keys of the verbs that the story has."""
        return self._places.keys()

    def has(self, word: str) -> bool:
        """Tell whether the story has the word, in any form."""
        return stem(word.lower()) in self._vocabulary or verb_key(word) in self._vocabulary

    def of(self, verb: str, about: str = "") -> list[Fact]:
        """Return the facts with a verb's key, in story order.

        Args:
            verb: see `qa.verbs.verb_key`.
            about: stem of a word that their passages must have.
        """
        places = [n for n in sorted(self._places.get(verb, ())) if self._has(n, about)]
        facts = [fact for n in places for fact in self.at(n) if fact.verb == verb]
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
            negated, certain = _standing(row, tree)
            nobody = any(p.nobody for p in (*agents, *patients))
            last = tree.phrase(row, without=_CUT)[1]
            yield Fact(
                passage_id,
                verb_key(token.lemma),
                agents,
                patients,
                others,
                negated != nobody,
                certain,
                tokens[_beginning(tree, row)].start,
                tokens[last - 1].end,
            )


def _beginning(tree: Tree, row: int) -> int:
    """Return the row where a clause begins that can stand alone: with its subject."""
    tokens, first = tree.tokens, row
    for _ in range(6):
        token = tokens[row]
        subjects = [n for n in _own(tree, row, _SUBJECTS) if tokens[n].tag not in {"WP", "WDT"}]
        bare = token.dep == "ccomp" and token.tag == "VB"  # "watches | her play"
        if subjects and not bare:
            return min(first, tree.phrase(subjects[0], without=("relcl", "acl"))[0])
        first = min(first, row)
        if token.dep in {"ROOT", "parataxis"} or token.head == row:
            return min(first, tree.phrase(row, without=_CUT)[0])
        if token.dep in {"relcl", "acl"}:
            return min(first, tree.phrase(token.head, without=("appos",))[0])
        row = tree.clause_of(token.head)
    return first


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
    if token.pos not in {"VERB", "AUX"} or token.dep in {"aux", "auxpass", "amod", "compound"}:
        return False
    return token.dep != "conj" or above.pos in {"VERB", "AUX"} or bool(tree.children(row))


def _roles(
    passage_id: int, row: int, tree: Tree, known: Known
) -> tuple[tuple[Participant, ...], tuple[Participant, ...], tuple[Participant, ...]]:
    """Return who acts, who or what is acted on, and who else takes part in the clause of `row`."""

    def all_at(rows: Sequence[int]) -> tuple[Participant, ...]:
        joined = [m for n in rows for m in (n, *_conjuncts(tree, n))]
        return tuple(known.at(passage_id, n, tree) for n in joined)

    objects = _own(tree, row, {"dobj", "attr", "oprd", "acomp"})
    by = [m for n in _own(tree, row, {"agent"}) for m in _own(tree, n, {"pobj"})]
    behind = [m for n in _own(tree, row, {"prep"}) for m in _own(tree, n, {"pobj"})]
    others = all_at([*_own(tree, row, {"dative"}), *behind])
    subject = _actor(tree, row)
    acting = all_at([] if subject is None else [subject])
    if _passive(tree, row):
        return all_at(by), acting, others + all_at(objects)
    if by and not acting:
        acting = all_at(by)
    return acting, all_at(objects), others


def _own(tree: Tree, row: int, deps: Collection[str]) -> list[int]:
    return [n for n in tree.children(row) if tree.tokens[n].dep in deps]


def _conjuncts(tree: Tree, row: int) -> Iterator[int]:
    for n in _own(tree, row, {"conj"}):
        yield n
        yield from _conjuncts(tree, n)


def _passive(tree: Tree, row: int) -> bool:
    token = tree.tokens[row]
    if _own(tree, row, {"auxpass", "nsubjpass"}):
        return True
    if _own(tree, row, _SUBJECTS) or token.tag != "VBN" or _own(tree, row, {"aux"}):
        return False
    return token.dep in {"acl", "advcl"} or (token.dep == "conj" and _passive(tree, token.head))


def _actor(tree: Tree, row: int) -> int | None:
    """Return the row of the subject, also of an infinitive: whom one persuades acts."""
    token, governor = tree.tokens[row], tree.tokens[row].head
    if not _own(tree, row, _SUBJECTS):
        if token.dep == "acl" and _infinitive(tree, row):
            return None
        asked = _own(tree, governor, {"dobj", "dative"})
        if asked and token.dep in {"xcomp", "advcl"} and tree.tokens[governor].lemma in _CONTROLLED:
            return asked[0]
    return tree.subject(row)


def _standing(row: int, tree: Tree) -> tuple[bool, bool]:
    """Return whether the clause of `row` is negated, and whether it is told as a fact."""
    tokens = tree.tokens
    negated, certain, place = _denied(tree, row), _sure(tree, row), row
    for _ in range(8):
        token, above = tokens[place], tokens[place].head
        if above == place or token.dep in {"relcl", "advcl", "ROOT", "parataxis"}:
            break
        if token.dep == "conj":
            # "He did not come and see" denies both, "he did not come and sees" the first.
            if token.tag == tokens[above].tag and token.tag in {"VB", "VBN", "VBG"}:
                negated, certain = negated != _denied(tree, above), certain and _sure(tree, above)
        elif token.dep in {"xcomp", "pcomp", "acl"}:
            over = tokens[above].lemma
            if over in NEGATIVE:
                negated = negated != (not _denied(tree, above))
            elif _infinitive(tree, place) and over not in IMPLICATIVE:
                certain = False
            elif token.dep == "xcomp":
                negated = negated != _denied(tree, above)
        elif token.dep == "ccomp":
            certain = certain and _vouched(tree, place)
        place = above
    return negated, certain


def _vouched(tree: Tree, row: int) -> bool:
    """Tell whether the story itself says what stands in the complement at `row`.

    It does below "learns that" or "so glad that", in "how he lives", and in a main clause that the
    parser took for a complement: that stands in front.
    """
    above = tree.tokens[tree.tokens[row].head]
    if above.lemma in FACTIVE | IMPLICATIVE or above.pos in {"ADJ", "ADV"}:
        return True
    if any(tree.tokens[n].tag == "WRB" for n in tree.children(row)):
        return True
    front = row < tree.tokens[row].head and not _own(tree, row, {"mark"})
    return front and above.lemma not in REPORTING


def _infinitive(tree: Tree, row: int) -> bool:
    return any(tree.tokens[n].tag == "TO" for n in _own(tree, row, {"aux"}))


def _denied(tree: Tree, row: int) -> bool:
    words = {tree.tokens[n].text.lower() for n in tree.children(row)}
    return bool(_own(tree, row, {"neg"})) or bool(words & {"hardly", "without", "neither"})


def _sure(tree: Tree, row: int) -> bool:
    """Tell whether nothing in the clause itself makes it a possibility or a condition."""
    tokens = tree.tokens
    own = [tokens[n] for n in tree.children(row)]
    possible = any(t.dep == "aux" and t.lemma in _UNSURE for t in own)
    conditional = any(t.dep in {"mark", "advmod"} and t.lemma in _CONDITIONS for t in own)
    infinitive = any(t.tag == "TO" for t in own) and tokens[row].dep in {"advcl", "relcl", "ROOT"}
    asked = any(t.text == "?" for t in own)
    denied = any(t.dep == "neg" for t in own)
    if any(t.dep == "aux" and t.lemma in {"can", "could", "will", "would"} for t in own) and denied:
        possible = False  # "could not open it": it did not happen
    return not (possible or conditional or infinitive or asked)
