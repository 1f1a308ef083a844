"""Where a sentence tells what somebody is, or whose: "Alban Crisp, the vicar", "Anna's dog"."""

from __future__ import annotations

from collections.abc import Iterator

from qa.syntax import Tree

__all__ = ["NAMED", "named_so", "nouns_for", "owning", "plain_statement"]

NAMED = frozenset({"name", "call"})
"""Lemmas of the verbs that give a name."""


def owning(tree: Tree, row: int) -> Iterator[int]:
    """Yield the rows of the nouns that own the noun at `row`: "the baker's", "of the baker"."""
    for n in tree.children(row):
        if tree.tokens[n].dep == "poss" and tree.tokens[n].pos in {"NOUN", "PROPN"}:
            yield n
        if tree.tokens[n].text.lower() == "of":
            yield from (m for m in tree.children(n) if tree.tokens[m].dep == "pobj")


def named_so(tree: Tree, row: int) -> Iterator[int]:
    """Yield the row of the noun in "a dog called Rex", for the name's `row`."""
    above = tree.tokens[tree.tokens[row].head]
    if above.lemma in NAMED and above.dep == "acl" and tree.tokens[row].dep in {"oprd", "dobj"}:
        yield above.head


def nouns_for(tree: Tree, row: int) -> Iterator[int]:
    """Yield the rows of singular nouns that say what the one named at `row` is."""
    yield from named_so(tree, row)
    token = tree.tokens[row]
    for n, other in enumerate(tree.tokens):
        is_a = other.dep == "attr" and token.dep == "nsubj" and token.head == other.head
        beside = (other.dep == "appos" and other.head == row) or (
            token.dep == "appos" and token.head == n
        )
        # "Doctor Berg"
        title = n < row and other.dep == "compound" and other.head == row and other.tag == "NNP"
        common = other.tag == "NN" and n != row
        if (common and (beside or (is_a and plain_statement(tree, other.head)))) or title:
            yield n


def plain_statement(tree: Tree, row: int) -> bool:
    """Tell whether the verb at `row` stands by itself, and not below "claims that" or "not"."""
    denied = any(tree.tokens[n].dep == "neg" for n in tree.children(row))
    return tree.tokens[row].dep in {"ROOT", "relcl", "conj", "advcl"} and not denied
