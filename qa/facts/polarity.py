"""Yes or no: where a passage says so by name and role, or says the opposite.

A clause with the question's own verb and roles decides (see `qa.facts.premise`). Failing that, the
evidence that a reader found does, if it speaks of whom the question names and of what it asks:
it says the opposite where one of the two is negated and the other is not.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from index.lexical import terms
from qa.facts.claim import Claim, words_of
from qa.facts.premise import Finding, in_part
from qa.facts.table import FactTable
from qa.facts.verbs import opposite, verb_key
from qa.question import Question
from qa.records import Reading, Retrieved, Span, holding
from qa.syntax import Tree

__all__ = ["Ruling", "ruled", "settled"]

_SURE = 0.85  # share of yes/no answers that are right where a clause decides
_NEGATIVE = frozenset(
    "not no never nobody nothing none neither nor without hardly refuse decline deny fail reject "
    "avoid prevent forbid".split()
)


@dataclass(frozen=True, slots=True)
class Ruling:
    """Yes or no, and the stretch of the story that says so; both None where nothing does.

    `sure` where a clause has the question's verb and roles; `contrast` where it tells of somebody
    else's doing.
    """

    verdict: str | None = None
    evidence: Span | None = None
    sure: bool = False
    contrast: bool = False


def ruled(
    question: Question,
    claim: Claim | None,
    finding: Finding,
    reading: Reading,
    passages: Sequence[Retrieved],
    table: FactTable,
) -> Ruling:
    """Decide a yes/no question, where any evidence is about what it asks.

    Args:
        question: a yes/no question.
        claim: what it asks to be confirmed, if that was understood.
        finding: what the story's facts have on it.
        reading: what a reader found for it.
        passages: what was read.
        table: the story's facts.
    """
    if finding.verdict and finding.fact:
        span = Span(finding.fact.start, finding.fact.end, 1.0)
        return Ruling(finding.verdict, span, sure=True, contrast=finding.contrast)
    for evidence in reading.spans[:1]:
        passage = holding(evidence, passages)
        if _speaks_of(question, claim, passage.passage.passage_id, table):
            return Ruling(_polarity(question, claim, evidence, passage), evidence)
    return Ruling()


def settled(ruling: Ruling, confidence: float, threshold: float) -> float:
    """Return how probable a yes/no answer is, given what calibration says of the reader's span."""
    if ruling.verdict is None:
        return min(confidence, 0.9 * threshold)
    return max(confidence, _SURE) if ruling.sure else confidence


def _polarity(question: Question, claim: Claim | None, evidence: Span, passage: Retrieved) -> str:
    """Return "yes" where question and evidence are both negated or neither is, else "no"."""
    tokens = passage.tokens
    told = Tree(tokens)
    inside = [
        n for n, t in enumerate(tokens) if evidence.start <= t.start and t.end <= evidence.end
    ]
    clauses = {told.clause_of(n) for n in inside}
    said = [t for n, t in enumerate(tokens) if told.clause_of(n) in clauses]
    turned = claim is not None and any(
        t.pos == "VERB" and opposite(claim.verb, verb_key(t.lemma)) and t.lemma not in _NEGATIVE
        for t in said
    )
    asked = _negations(w.lower() for w in _meant(words_of(question.text)))
    return "yes" if (asked + _negations(t.lemma for t in said) + turned) % 2 == 0 else "no"


def _meant(words: Sequence[str]) -> list[str]:
    """Return the words without the "n't" of "Didn't she …?" and "…, didn't she?".

    It shows what the asker expects, and does not turn the answer round.
    """
    return [
        "" if w.lower().endswith(("n't", "n’t")) and (n == 0 or words[n - 1] == ",") else w
        for n, w in enumerate(words)
    ]


def _negations(words: Iterable[str]) -> int:
    return sum(w in _NEGATIVE or w.endswith(("n't", "n’t")) for w in words)


def _speaks_of(question: Question, claim: Claim | None, passage_id: int, table: FactTable) -> bool:
    """Tell whether a passage has the first one named in the question, and its deed or its words.

    The deed must be told as a fact; without one, half of the question's words must be there. It
    does not speak of it where the question names somebody of whom the story never speaks.
    """
    words = words_of(question.text)
    named = list(table.known.names_in(words))
    if named and named[0][2] not in table.people(passage_id):
        return False
    rest = [w for n, w in enumerate(words) if not any(a <= n < b for a, b, _ in named)]
    if any(w[:1].isupper() and not table.has(w) for w in words[1:] if w in rest):
        return False
    if claim is not None and claim.verb != "be":
        return any(
            fact.certain
            and (fact.verb == claim.verb or opposite(fact.verb, claim.verb))
            and in_part(claim, fact)
            for fact in table.at(passage_id)
        )
    asked = {verb_key(term) for term in terms(" ".join(rest))}
    there = table.stems[passage_id]
    shared = sum(term in there or any(opposite(term, t) for t in there) for term in asked)
    return 2 * shared >= len(asked) > 0
