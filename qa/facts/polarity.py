"""Yes or no: where a passage says so by name and role, or says the opposite.

A clause with the question's own verb and roles decides (see `qa.facts.premise`). Failing that, the
evidence that a reader found does, if it speaks of whom the question names and of what it asks:
it says the opposite where one of the two is negated and the other is not. What speaks of whom it
names in other words still says no, if it is negated and the question is not.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from index.records import Token
from qa.facts.claim import Claim, words_of
from qa.facts.fact import EXISTS, Fact
from qa.facts.premise import Finding
from qa.facts.support import POSSIBLE, SURE, fit, supported
from qa.facts.table import FactTable
from qa.facts.verbs import opposite, verb_key, verb_keys
from qa.question import Question
from qa.records import Reading, Retrieved, Span, holding
from qa.syntax import Tree

__all__ = ["Ruling", "ruled", "settled"]

_HALF = 0.29  # one of two roles agrees, and the other may
_NEGATIVE = frozenset(
    "not no never nobody nothing none neither nor without hardly refuse decline deny fail reject "
    "avoid prevent forbid".split()
)


@dataclass(frozen=True, slots=True)
class Ruling:
    """Yes or no, and the stretch of the story that says so; both None where nothing does.

    `level` is how often such an answer is right, as far as clauses decide it: `SURE` where one has
    the question's verb and roles, `LIKELY` or `POSSIBLE` where some of it is open (see
    `qa.facts.support`) or what a reader found is denied, 0 where it only found it. `contrast` where
    the clause tells of somebody else's doing.
    """

    verdict: str | None = None
    evidence: Span | None = None
    level: float = 0.0
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
        return Ruling(finding.verdict, span, SURE, finding.contrast)
    support = supported(claim, table) if claim else None
    if support:
        span = Span(support.fact.start, support.fact.end, support.level)
        return Ruling(support.verdict, span, support.level, support.contrast)
    for evidence in reading.spans[:1]:
        passage = holding(evidence, passages)
        place = passage.passage.passage_id
        if claim is not None and claim.verb not in {"be", EXISTS}:
            deed = _deed(claim, place, table) if _names(question, place, table) else None
            if deed:
                turned = deed.negated != opposite(deed.verb, claim.verb)
                told = Span(deed.start, deed.end, evidence.score)
                return Ruling("yes" if turned == claim.negated else "no", told)
        elif _speaks_of(question, claim, place, table):
            return Ruling(_polarity(question, claim, evidence, passage), evidence)
        if _denies(question, evidence, passage) and _names(question, place, table):
            return Ruling("no", evidence, POSSIBLE)
    return Ruling()


def settled(ruling: Ruling, confidence: float, threshold: float) -> float:
    """Return how probable a yes/no answer is, given what calibration says of the reader's span."""
    if ruling.verdict is None:
        return min(confidence, 0.9 * threshold)
    return max(confidence, ruling.level)


def _denies(question: Question, evidence: Span, passage: Retrieved) -> bool:
    """Tell whether the evidence is negated and the question is not.

    What a reader finds for a question that no clause decides is seldom what says yes; where it is
    denied, "no" was right for 14 of 20 tuning questions.
    """
    asked = _negations(w.lower() for w in _meant(words_of(question.text)))
    return asked % 2 == 0 and _negations(t.lemma for t in _said(evidence, passage)) % 2 == 1


def _said(evidence: Span, passage: Retrieved) -> list[Token]:
    """Return the words of the clauses that the evidence is in."""
    tokens = passage.tokens
    told = Tree(tokens)
    inside = [
        n for n, t in enumerate(tokens) if evidence.start <= t.start and t.end <= evidence.end
    ]
    clauses = {told.clause_of(n) for n in inside}
    return [t for n, t in enumerate(tokens) if told.clause_of(n) in clauses]


def _polarity(question: Question, claim: Claim | None, evidence: Span, passage: Retrieved) -> str:
    """Return "yes" where question and evidence are both negated or neither is, else "no"."""
    said = _said(evidence, passage)
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


def _names(question: Question, passage_id: int, table: FactTable) -> bool:
    """Tell whether a passage has the first one named in the question.

    It has not where the question names somebody of whom the story never speaks.
    """
    words = words_of(question.text)
    named = list(table.known.names_in(words))
    if named and named[0][2] not in table.people(passage_id):
        return False
    inside = {n for a, b, _ in named for n in range(a, b)}
    return not any(
        w[:1].isupper() and not table.has(w) for n, w in enumerate(words) if n and n not in inside
    )


def _deed(claim: Claim, passage_id: int, table: FactTable) -> Fact | None:
    """Return the clause of a passage that tells best of what is asked, if none of its roles clash.

    It must be told as a fact.
    """
    told = [
        (fit(claim, fact, table), fact)
        for fact in table.at(passage_id)
        if fact.certain and (fact.verb == claim.verb or opposite(fact.verb, claim.verb))
    ]
    grade, best = max(told, key=lambda pair: pair[0], default=(0.0, None))
    return best if grade >= _HALF else None


def _speaks_of(question: Question, claim: Claim | None, passage_id: int, table: FactTable) -> bool:
    """Tell whether a passage has the first one named in the question, and half of its words.

    What is said to be so must be among them.
    """
    if not _names(question, passage_id, table):
        return False
    there = table.stems[passage_id]
    if claim and claim.patient and claim.patient.head and claim.patient.head not in there:
        return False
    words = words_of(question.text)
    inside = {n for a, b, _ in table.known.names_in(words) for n in range(a, b)}
    rest = [w for n, w in enumerate(words) if n not in inside]
    asked = verb_keys(" ".join(rest))
    shared = sum(term in there or any(opposite(term, t) for t in there) for term in asked)
    return 2 * shared >= len(asked) > 0
