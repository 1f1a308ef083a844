"""Yes or no: whether the evidence for a yes/no question says so, or the opposite.

It says the opposite where one of question and evidence is negated and the other is not, or where
the evidence is about somebody else's doing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from index.passages import parse_question
from index.records import Token
from qa.question import Question
from qa.records import Retrieved, Span, holding
from qa.syntax import Tree

__all__ = ["polarity"]

_NEGATIVE = frozenset(
    "not no never nobody nothing none neither nor without hardly refuse decline deny fail reject "
    "avoid prevent forbid".split()
)
_SUBJECTS = frozenset({"nsubj", "nsubjpass"})


def polarity(question: Question, evidence: Span, passages: Sequence[Retrieved]) -> str:
    """Return "yes" or "no".

    Args:
        question: a yes/no question.
        evidence: the span that a reader found for it.
        passages: what was read; one of them holds the span.
    """
    asked = Tree(parse_question(question.text))
    tokens = holding(evidence, passages).tokens
    inside = [
        n for n, t in enumerate(tokens) if evidence.start <= t.start and t.end <= evidence.end
    ]
    told = Tree(tokens)
    clauses = {told.clause_of(n) for n in inside}
    said = [t for n, t in enumerate(tokens) if told.clause_of(n) in clauses]
    same = _negated(_meant(asked.tokens)) == _negated(said)
    return "yes" if same and not _somebody_else(asked, told, inside) else "no"


def _meant(question: Sequence[Token]) -> list[Token]:
    """Return the tokens without the "n't" of "Didn't she …?" and "…, didn't she?".

    It shows what the asker expects, and does not turn the answer round.
    """
    return [
        token
        for n, token in enumerate(question)
        if token.text.lower() not in {"n't", "n’t"} or not (n == 1 or question[n - 2].text == ",")
    ]


def _negated(tokens: Iterable[Token]) -> bool:
    return sum(t.dep == "neg" or t.lemma in _NEGATIVE for t in tokens) % 2 == 1


def _somebody_else(asked: Tree, told: Tree, inside: Sequence[int]) -> bool:
    """Tell whether the named subject of the evidence is not the one that the question names."""
    wanted = next((asked.who(n) for n, t in enumerate(asked.tokens) if t.dep in _SUBJECTS), None)
    acting = next((told.who(n) for n in inside if told.tokens[n].dep in _SUBJECTS), None)
    return bool(wanted and acting and not wanted & acting)
