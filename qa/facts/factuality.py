"""Clauses of a story: where each begins and ends, and whether it is told as a fact.

The term is that of Saurí and Pustejovsky, FactBank (2009).
"""

from __future__ import annotations

from collections.abc import Collection

from index.binding import SUBJECTS
from qa.facts.verbs import FACTIVE, IMPLICATIVE, NEGATIVE, REPORTING
from qa.syntax import Tree

__all__ = ["antecedent", "clause_span", "infinitive", "own", "standing"]

_UNSURE = frozenset("would could might may should must will can shall ought".split())
_CONDITIONS = frozenset({"if", "unless", "whether", "lest"})
# "Persuades him to come": he does. Other verbs tell of an aim: "writes to him to come".
_PREVAILING = frozenset("persuade force cause get help".split())
_CUT = ("advcl", "conj", "cc", "parataxis")


def antecedent(tree: Tree, row: int) -> int | None:
    """Return the row of the noun that the relative pronoun at `row` stands for, None if it is none.

    "The letter, which Anna burns": "which" stands for the letter.
    """
    if tree.tokens[row].tag not in {"WDT", "WP"}:
        return None
    for above in tree.ancestors(row):
        if tree.tokens[above].dep == "relcl":
            return tree.tokens[above].head
    return None


def own(tree: Tree, row: int, deps: Collection[str]) -> list[int]:
    """Return the rows that `row` governs directly with one of the labels `deps`."""
    return [n for n in tree.children(row) if tree.tokens[n].dep in deps]


def clause_span(tree: Tree, row: int) -> tuple[int, int]:
    """Return the offsets in the story of the clause that `row` heads, with its subject."""
    last = tree.phrase(row, without=_CUT)[1]
    return tree.tokens[_beginning(tree, row)].start, tree.tokens[last - 1].end


def _beginning(tree: Tree, row: int) -> int:
    """Return the row where a clause begins that can stand alone: with its subject."""
    tokens, first = tree.tokens, row
    for _ in range(6):
        token = tokens[row]
        subjects = [n for n in own(tree, row, SUBJECTS) if tokens[n].tag not in {"WP", "WDT"}]
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


def standing(row: int, tree: Tree) -> tuple[bool, bool]:
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
            elif infinitive(tree, place) and over not in IMPLICATIVE:
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
    front = row < tree.tokens[row].head and not own(tree, row, {"mark"})
    return front and above.lemma not in REPORTING


def infinitive(tree: Tree, row: int) -> bool:
    """Tell whether `row` is a verb with "to"."""
    return any(tree.tokens[n].tag == "TO" for n in own(tree, row, {"aux"}))


def _denied(tree: Tree, row: int) -> bool:
    words = {tree.tokens[n].text.lower() for n in tree.children(row)}
    if bool(own(tree, row, {"neg"})) or bool(words & {"hardly", "without", "neither"}):
        return True
    above = tree.tokens[tree.tokens[row].head]  # "rather than tell her", "instead of telling her"
    before = {tree.tokens[n].text.lower() for n in range(max(0, row - 3), row)}
    return (
        above.lemma in {"than", "instead"}
        or bool(before & {"instead"})
        or ({"rather", "than"} <= before)
    )


def _sure(tree: Tree, row: int) -> bool:
    """Tell whether nothing in the clause itself makes it a possibility or a condition."""
    tokens = tree.tokens
    own = [tokens[n] for n in tree.children(row)]
    possible = any(t.dep == "aux" and t.lemma in _UNSURE for t in own)
    conditional = any(t.dep in {"mark", "advmod"} and t.lemma in _CONDITIONS for t in own)
    infinitive = any(t.tag == "TO" for t in own) and tokens[row].dep in {"advcl", "relcl", "ROOT"}
    if tokens[row].dep == "advcl" and tokens[tokens[row].head].lemma in _PREVAILING:
        infinitive = False
    asked = any(t.text == "?" for t in own)
    denied = any(t.dep == "neg" for t in own)
    order = tokens[row].tag == "VB" and tokens[row].dep in {"ROOT", "ccomp"}
    if order and not any(t.dep == "aux" or t.dep in SUBJECTS for t in own):
        return False  # "keep it clean"
    if any(t.dep == "aux" and t.lemma in {"can", "could", "will", "would"} for t in own) and denied:
        possible = False  # "could not open it": it did not happen
    return not (possible or conditional or infinitive or asked)
