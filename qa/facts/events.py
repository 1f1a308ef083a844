"""What happens before and after: main clauses in the order in which the story tells them.

"What happened after X?" is answered with what a reader finds next to X, and where that stands
elsewhere, with the main clause that follows X: no sentence need say "after". Stories tell mostly in
order, and a clause of time that breaks it ("after making sure …") is told as one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from index.binding import SUBJECTS
from index.encoder import Encoder
from index.persist import StoryIndex
from index.query import make_query
from index.records import Token
from qa.facts.factuality import clause_span, own, standing
from qa.facts.order import BACKWARDS, Order, asked_order
from qa.facts.table import FactTable
from qa.facts.verbs import verb_key, verb_keys
from qa.question import Question
from qa.records import Reading, Retrieved, Span, holding
from qa.retriever import Retriever
from qa.syntax import VERBAL, Tree

__all__ = ["Happening", "as_read", "events", "happening"]

_LATER = frozenset({"when", "after", "as", "once", "while"})
_MAIN = frozenset({"ROOT", "conj", "parataxis", "ccomp"})
_REACH = 4
_NEXT = 2  # passages behind the one of an event in which a reader's answer is what came next
_BONUS = 0.12
_MAX_EVENTS = 2
_LEAST = 0.35  # how near the passage must be to the words of the event, between 0 and 1


@dataclass(frozen=True, slots=True)
class Happening:
    """What a question's words of time point to.

    Attributes:
        events: the stretches of the story that answer "what happened after …", in story order.
        nearest: which of them comes next to the event that the question names.
        bonus: what passages gain by their place, by passage id.
        confidence: how probable it is that `events` answer.
        next_to: (start, end) of the stretches of the story in which what came next is told.
        side: (start, end) of the story from the event on, or up to it.
        doer: who must act, "" for anybody.
    """

    events: tuple[Span, ...] = ()
    nearest: int = 0
    bonus: Mapping[int, float] = field(default_factory=dict)
    confidence: float = 0.0
    next_to: tuple[tuple[int, int], ...] = ()
    side: tuple[int, int] = (0, 0)
    doer: str = ""


def happening(
    question: Question,
    index: StoryIndex,
    table: FactTable,
    retriever: Retriever,
    encoder: Encoder,
) -> Happening:
    """Find the event that `question` names, and what comes next to it."""
    order = asked_order(question)
    if order is None:
        return Happening()
    anchor, near = 0, 0.7
    if order.anchor:
        query = make_query(order.anchor, encoder)
        best = retriever.retrieve(query, 1)
        anchor = best[0].passage.passage_id if best else 0
        near = index.associative.alignment(query, anchor)
        if near < _LEAST:
            return Happening()
    bonus = _bonus(order, anchor, len(index.passages))
    found = events(order, anchor, index.parses, table) if order.whole else []
    places = {p.passage_id for p in index.passages for e in found if p.start <= e.start < p.end}
    told = index.passages[anchor]
    return Happening(
        tuple(found),
        0 if order.forwards else len(found) - 1,
        bonus | dict.fromkeys(places, 1.0),
        min(0.85, 0.4 + 0.5 * near),
        _next_to(order, anchor, index.parses) if found and order.anchor else (),
        (told.start, len(index.story.text)) if order.forwards else (0, told.end),
        order.doer,
    )


def as_read(
    happens: Happening,
    question: Question,
    reading: Reading,
    passages: Sequence[Retrieved],
    *,
    sure: bool,
) -> Happening:
    """Return `happens` with what a reader takes for the answer, if that came next.

    A reader tells better which of the next events is meant, and how much of it. It must tell of
    something done, and not only of what the question names. Where it stands further off, on the
    right side of the event, it takes the place of all events if the reader is sure of it: the event
    itself may have been looked for in the wrong place.

    Args:
        happens: what the question's words of time point to.
        question: what is asked.
        reading: spans, best first.
        passages: those that were read.
        sure: whether the reader's answer would be given to a question without words of time.
    """
    best = next(iter(reading.spans), None)
    if best is None or not happens.next_to:
        return happens
    near = any(start <= best.start < end for start, end in happens.next_to)
    if not near and not (sure and happens.side[0] <= best.start < happens.side[1]):
        return happens
    tree = Tree(holding(best, passages).tokens)
    said = [n for n, t in enumerate(tree.tokens) if t.start < best.end and t.end > best.start]
    asked = verb_keys(question.text)
    done = [n for n in said if tree.tokens[n].pos == "VERB"]
    known = [verb_key(tree.tokens[n].lemma) in asked for n in done]
    if all(known):
        return happens
    if not near:  # nor may it be the event itself
        return happens if any(known) else replace(happens, events=())
    if len(said) == 1:  # "sinks" says less than "the boat sinks"
        best = Span(*clause_span(tree, done[0]), best.score)
    others = [e for e in happens.events if e.end <= best.start or best.end <= e.start]
    found = sorted([best, *([] if happens.doer else others)], key=lambda span: span.start)
    return replace(happens, events=tuple(found), nearest=found.index(best))


def _next_to(
    order: Order, anchor: int, parses: Sequence[Sequence[Token]]
) -> tuple[tuple[int, int], ...]:
    """Return where the next events are told: in the anchor's passage, and in the two behind it."""
    tree, step = Tree(parses[anchor]), 1 if order.forwards else -1
    first, beside = _beside(order, tree)
    places = [clause_span(tree, row) for row in beside or first]
    for place in (anchor + step * n for n in range(1, _NEXT + 1)):
        if 0 <= place < len(parses) and parses[place]:
            places.append((parses[place][0].start, parses[place][-1].end))
    return tuple(places)


def _bonus(order: Order, anchor: int, count: int) -> dict[int, float]:
    """Return what passages gain that stand behind, or before, the passage `anchor`."""
    if not order.anchor:
        return {}
    step = 1 if order.forwards else -1
    rows = [anchor + step * n for n in range(_REACH + 1)]
    return {row: _BONUS for row in rows if 0 <= row < count}


def events(
    order: Order, anchor: int, parses: Sequence[Sequence[Token]], table: FactTable
) -> list[Span]:
    """Return the next (or previous) one or two events, in story order, each in one passage.

    Args:
        order: what was asked for.
        anchor: the passage of the event that the question names; ignored where it names none.
        parses: the tokens of the story's passages.
        table: the story's facts.
    """
    step = 1 if order.forwards else -1
    if order.anchor:
        first, beside = _beside(order, Tree(parses[anchor]))
        places = range(anchor + step, anchor + step * (_REACH + 1), step)
    else:
        first, beside = [], []
        places = range(len(parses))[::step]
    found = [(anchor, row) for row in first]
    if not found or beside:
        found = [(anchor, row) for row in beside] or found
    for place in places:
        if 0 <= place < len(parses):
            found += [(place, row) for row in _main_clauses(Tree(parses[place]))[::step]]
    fitting = [(p, row) for p, row in found if _fits(order, p, row, parses, table)]
    nearest = fitting[:1]
    if nearest and (order.doer or order.whom) and abs(nearest[0][0] - anchor) > _REACH:
        return []
    chosen = [pair for pair in fitting[:_MAX_EVENTS] if pair[0] == fitting[0][0]]
    return [_span(Tree(parses[place]), row) for place, row in sorted(chosen)]


def _span(tree: Tree, row: int) -> Span:
    """Return an event without the ones told beside it: "and | climbed the tower |, after which"."""
    tokens, end = tree.tokens, clause_span(tree, row)[1]
    joined = tokens[row].dep == "conj" and not own(tree, row, SUBJECTS)
    start = tokens[tree.phrase(row)[0]].start if joined else clause_span(tree, row)[0]
    for later in _main_clauses(tree):
        last = min(tree.below(later)) - 1
        if later > row and last >= row:
            while last > row and tokens[last].dep in {"punct", "cc"}:
                last -= 1
            end = min(end, tokens[last].end)
    return Span(start, end, 1.0)


def _main_clauses(tree: Tree) -> list[int]:
    """Return the rows of the verbs that carry the story on, in order."""
    rows = []
    for row, token in enumerate(tree.tokens):
        above = tree.tokens[token.head]
        main = token.dep in _MAIN and above.pos in VERBAL  # nor an adjective's conjunct
        leads_on = token.pos == "VERB" and (main or _after_which(tree, row))  # "is" is no event
        if tree.is_clause(row) and leads_on:
            spoken = token.dep == "ccomp" and row > token.head
            if standing(row, tree)[1] and not spoken:
                rows.append(row)
    return rows


def _after_which(tree: Tree, row: int) -> bool:
    return any(
        tree.tokens[n].lemma == "after"
        and any(tree.tokens[m].tag == "WDT" for m in tree.children(n))
        for n in own(tree, row, {"prep"})
    )


def _beside(order: Order, tree: Tree) -> tuple[list[int], list[int]]:
    """Return the events of the anchor's own passage behind (or before) it, nearest first.

    The second list has the main clause that a clause of time belongs to, if the anchor is one.
    """
    at = _anchor_clause(order, tree)
    mains = _main_clauses(tree)
    if at is None:  # told in other words: the passage's first clause must be it
        return (mains[1:], []) if order.forwards else ([], [])
    token = tree.tokens[at]
    if token.dep in {"advcl", "pcomp"}:
        joins = {tree.tokens[n].lemma for n in own(tree, at, {"mark", "advmod"})}
        joins |= {tree.tokens[token.head].lemma} if token.dep == "pcomp" else set()
        governor = tree.clause_of(token.head)
        if (order.forwards and joins & _LATER) or (not order.forwards and joins & BACKWARDS):
            return [], [governor]
    if order.forwards:
        return [row for row in mains if row > at], []
    return [row for row in reversed(mains) if row < at], []


def _anchor_clause(order: Order, tree: Tree) -> int | None:
    """Return the clause of a passage that has most of the anchor's words; the last among equals."""
    asked = verb_keys(order.anchor)
    verbs = [n for n in range(len(tree.tokens)) if tree.is_clause(n)]
    best, most = None, 0.0
    for row in verbs:
        inside = [tree.tokens[n] for n in tree.clause_rows(row)]
        shared = len(asked & {verb_key(t.lemma) for t in inside})
        named = sum(bool(asked & verb_keys(t.refers_to)) for t in inside)
        weight = shared + 0.5 * min(1, named) + (verb_key(tree.tokens[row].lemma) in asked)
        if weight >= max(1, most):
            best, most = row, weight
    return best


def _fits(
    order: Order,
    place: int,
    row: int,
    parses: Sequence[Sequence[Token]],
    table: FactTable,
) -> bool:
    """Tell whether the ones whom the question names take part, in the role that it gives them."""
    verb = verb_key(parses[place][row].lemma)
    told = [fact for fact in table.at(place) if fact.verb == verb]
    for name, roles in ((order.doer, ("agents",)), (order.whom, ("agents", "patients", "others"))):
        if not name:
            continue
        wanted = table.known.called(name.split())
        if wanted.characters and not any(
            wanted.characters & one.characters
            for fact in told
            for role in roles
            for one in getattr(fact, role)
        ):
            return False
    return True
