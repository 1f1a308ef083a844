"""Reading a dependency parse: phrases, clauses and their subjects."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cached_property

from index.records import Token

__all__ = ["VERBAL", "Tree", "heads"]

VERBAL = frozenset({"VERB", "AUX"})
"""Parts of speech that can head a clause."""

_CLAUSE_DEPS = frozenset({"ROOT", "conj", "advcl", "relcl", "ccomp", "acl", "pcomp", "xcomp"})
_SUBJECTS = frozenset({"nsubj", "nsubjpass", "csubj", "expl"})
_EDGES = frozenset(",;:—–-()")


def heads(tokens: Sequence[Token], rows: Collection[int]) -> list[int]:
    """Return those of the rows that none of the others governs."""
    return [n for n in rows if tokens[n].head == n or tokens[n].head not in rows]


class Tree:
    """The parse of one passage; a row is a token's place in it."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tokens = tokens
        self._children: list[list[int]] = [[] for _ in tokens]
        for row, token in enumerate(tokens):
            if token.head != row:
                self._children[token.head].append(row)

    def children(self, row: int) -> list[int]:
        """Return the rows that `row` governs directly, in order."""
        return self._children[row]

    def ancestors(self, row: int) -> list[int]:
        """Return the rows above `row`, nearest first."""
        path: list[int] = []
        while self.tokens[row].head != row and self.tokens[row].head not in path:
            row = self.tokens[row].head
            path.append(row)
        return path

    def below(self, row: int, without: Collection[str] = ()) -> set[int]:
        """Return `row` and all it governs, but for the subtrees with a label in `without`."""
        rows, open_rows = {row}, [row]
        while open_rows:
            for child in self._children[open_rows.pop()]:
                if child not in rows and self.tokens[child].dep not in without:
                    rows.add(child)
                    open_rows.append(child)
        return rows

    def phrase(self, row: int, without: Collection[str] = (), after: int = 0) -> tuple[int, int]:
        """Return (first, last + 1) of the unbroken stretch around `row` that it governs.

        Args:
            row: the head of the phrase.
            without: dependency labels whose subtrees are left out.
            after: rows before this one are left out.
        """
        tokens, kept = self.tokens, self.below(row, without)
        first = last = row
        while first - 1 in kept and first - 1 >= after:
            first -= 1
        while last + 1 in kept:
            last += 1
        while first < row and (tokens[first].text in _EDGES or tokens[first].dep == "cc"):
            first += 1
        while last > row and (tokens[last].text in _EDGES or tokens[last].dep in {"cc", "punct"}):
            last -= 1
        return first, last + 1

    def is_clause(self, row: int) -> bool:
        """Tell whether `row` heads a clause."""
        token = self.tokens[row]
        return token.dep == "ROOT" or (token.pos in VERBAL and token.dep in _CLAUSE_DEPS)

    def clause_of(self, row: int) -> int:
        """Return the row of the clause's head that `row` belongs to."""
        return self._clauses[row]

    def clause_rows(self, clause: int) -> list[int]:
        """Return the rows of a clause without those of the clauses inside it."""
        return [n for n, head in enumerate(self._clauses) if head == clause]

    @cached_property
    def _clauses(self) -> list[int]:
        """The head of each row's clause."""
        heads: dict[int, int] = {}
        clauses = [self.is_clause(row) for row in range(len(self.tokens))]
        for row in range(len(self.tokens)):
            path: list[int] = []
            while row not in heads and row not in path and not clauses[row]:
                path.append(row)
                row = self.tokens[row].head
            head = heads.setdefault(row, row)
            heads.update((n, head if clauses[head] else n) for n in path)
        return [heads[row] for row in range(len(self.tokens))]

    def subject(self, clause: int) -> int | None:
        """Return the row of the clause's subject, also where an outer clause or noun lends it."""
        for _ in range(6):
            own = [n for n in self.children(clause) if self.tokens[n].dep in _SUBJECTS]
            lent = self.tokens[clause].dep in {"relcl", "acl"}
            if own and not (lent and self.tokens[own[0]].tag in {"WP", "WDT"}):
                return own[0]
            if lent:
                return self.tokens[clause].head
            if self.tokens[clause].dep not in {"conj", "xcomp", "advcl", "pcomp"}:
                return None
            clause = self.clause_of(self.tokens[clause].head)
        return None

    def who(self, row: int) -> frozenset[str]:
        """Return the words, in lower case, of the name that `row` heads or refers to."""
        token = self.tokens[row]
        if token.refers_to:
            return frozenset(token.refers_to.lower().split())
        if token.pos != "PROPN":
            return frozenset()
        parts = [n for n in self.children(row) if self.tokens[n].dep in {"compound", "flat"}]
        words = [self.tokens[n] for n in (row, *parts)]
        return frozenset(t.text.lower() for t in words if t.pos == "PROPN")
