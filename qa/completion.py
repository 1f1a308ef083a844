"""Answers that stand alone: "who" is a whole noun phrase, "why" no bare thing but what it does.

Neither "mistress" nor "Anna opens the door" tells who it is, and "because Anna" is no reason. Spans
that answer other questions stay as they are: there a reader's boundaries are nearer to what people
say.
"""

from __future__ import annotations

from index.binding import SUBJECTS
from qa.facts.factuality import clause_span
from qa.question import Question, QuestionType
from qa.records import Retrieved, Span
from qa.syntax import VERBAL, Tree, heads

__all__ = ["completed"]

_NOMINAL = frozenset({"NOUN", "PROPN", "PRON", "NUM"})
_CLAUSES = ("relcl", "acl", "appos")
_CONNECTING = frozenset({"ADP", "SCONJ", "PART"})
_OF_TIME = frozenset("until till when while".split())
_CAUSAL = frozenset("account because due for out over owing thanks".split())
"""Words that lead in a reason, alone or with others: "on account of", "out of"."""
_LONGEST = 12
"""Words that a description has at most: longer ones are clauses that were parsed amiss."""
_LONGEST_REASON = 20
"""Words and marks of a clause that a reason is completed to at most."""


def completed(question: Question, span: Span, passage: Retrieved) -> Span:
    """Return the span as a whole phrase, where it names or describes somebody, or gives a reason.

    Args:
        question: what is asked.
        span: the answer found.
        passage: where it stands, with its parse.
    """
    tokens, tree = passage.tokens, Tree(passage.tokens)
    rows = [n for n, t in enumerate(tokens) if t.start >= span.start and t.end <= span.end]
    tops = heads(tokens, rows)
    if question.type is QuestionType.WHO_IS and tops and tokens[tops[0]].pos == "NOUN":
        return _description(span, tree, tops[0])
    runs_on = len(tops) > 1 or (tops and tokens[tops[0]].pos not in _NOMINAL)
    if question.type is QuestionType.WHO and runs_on:
        return _name(span, tree, rows, tops)
    if question.type is QuestionType.WHY and tops:
        return _to_the_point(_reason(span, tree, rows, tops[0]), tree)
    return span


def _to_the_point(span: Span, tree: Tree) -> Span:
    """Return a reason from where it begins, without the clause of time that it runs on into.

    "into confessing why he lied until he is alone" gives as a reason what is asked again there: he
    lied.
    """
    tokens = tree.tokens
    rows = [n for n, t in enumerate(tokens) if t.start >= span.start and t.end <= span.end]
    for n in rows:
        if tokens[n].text.lower() == "why" and tokens[n].head > n and n + 1 in rows:
            rows = [row for row in rows if row > n]
            break
    verbs = [n for n in rows if tokens[n].pos in VERBAL]
    for n in rows:
        later = tokens[n].text.lower() in _OF_TIME and tokens[tokens[n].head].pos in VERBAL
        if later and verbs and verbs[0] < n < tokens[n].head:
            rows = [row for row in rows if row < n]
            break
    while len(rows) > 1 and tokens[rows[-1]].pos == "PUNCT":
        rows.pop()
    return Span(tokens[rows[0]].start, tokens[rows[-1]].end, span.score) if rows else span


def _reason(span: Span, tree: Tree, rows: list[int], head: int) -> Span:
    """Return the clause of a bare noun phrase: "the money" says nothing, that it was lost does.

    What a preposition or a conjunction leads in is a reason by itself: "over the lost money"; where
    the span has left it out, it is put back.
    """
    tokens = tree.tokens
    bare = tokens[head].pos in _NOMINAL and tokens[rows[0]].pos not in _CONNECTING
    if not bare or any(tokens[n].pos in VERBAL for n in rows):
        return span
    led = _led_in(tree, head)
    if led is not None:
        return Span(min(tokens[led].start, span.start), span.end, span.score)
    start, end = clause_span(tree, tree.clause_of(head))
    if sum(start <= token.start and token.end <= end for token in tokens) > _LONGEST_REASON:
        return span
    return Span(min(start, span.start), max(end, span.end), span.score)


def _led_in(tree: Tree, row: int) -> int | None:
    """Return where the words begin that make a noun phrase a reason, None if there are none."""
    tokens, climbed, causal = tree.tokens, row, False
    while tokens[climbed].dep in {"pobj", "pcomp", "prep"}:
        above = tokens[climbed].head
        known = tokens[above].lemma.lower() in _CAUSAL
        if not known and tokens[above].pos not in _CONNECTING:
            break
        climbed = above
        causal = causal or known
    return climbed if causal and climbed < row else None


def _description(span: Span, tree: Tree, head: int) -> Span:
    """Return all that the noun phrase says, and of its clauses those that the span has."""
    first, last = tree.phrase(head, without=_CLAUSES)
    if last - first > _LONGEST:
        return span
    longest = tree.tokens[tree.phrase(head, without=("appos",))[1] - 1].end
    end = max(tree.tokens[last - 1].end, min(span.end, longest))
    return Span(min(span.start, tree.tokens[first].start), end, span.score)


def _name(span: Span, tree: Tree, rows: list[int], tops: list[int]) -> Span:
    """Return the first noun phrase of a span that runs on into a clause."""
    tokens = tree.tokens
    if not any(tokens[n].pos in VERBAL for n in rows):
        return span
    subjects = [n for n in tree.children(tops[0]) if tokens[n].dep in SUBJECTS]
    nominal = [n for n in (*tops, *subjects) if n in rows and tokens[n].pos in _NOMINAL]
    if not nominal:
        return span
    first, last = tree.phrase(nominal[0], without=("appos",))
    start, end = max(span.start, tokens[first].start), min(span.end, tokens[last - 1].end)
    return Span(start, end, span.score)
