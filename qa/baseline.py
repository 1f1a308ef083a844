"""The reader without training: phrases of the parse, scored by how they would fit the question.

Each content word of the question is aligned with the passage's most similar word. A phrase is a
good answer if the clause that it stands in is aligned with the question, if its kind is what the
question asks for, if it fills the role that the question leaves open, and if it does not merely
repeat the question. This is the `baseline` system of the evaluation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile

import numpy as np
from numpy.typing import NDArray

from index.encoder import Encoder
from index.lexical import content_words
from qa.candidates import Candidate, candidates
from qa.question import Question, QuestionType
from qa.reader import Reader
from qa.records import Reading, Retrieved, Span
from qa.syntax import Tree

__all__ = ["BaselineReader"]

Similarities = NDArray[np.float32]
"""Shape (n_words, n_tokens): 0 for unlike words, 1 for the same."""

WEIGHTS = {
    "passage": 2.6,
    "clause": 1.0,
    "sentence": 0.3,
    "fit": 1.2,
    "role": 0.15,
    "actor": 0.3,
    "action": 0.5,
    "repeats": -0.45,
    "given": -0.3,
    "vague": -0.3,
    "animate": 0.4,
}
"""Chosen on training questions of NarrativeQA and FairytaleQA and on the tuning stories."""

_ROLES = {"subject": {"subject", "agent"}, "object": {"object"}}
_KEPT = 8_192  # tokens of which it is known whether they have content
_KEPT_WORDS = 20_000  # of which the vectors are kept: 30 MB, many stories' words
_WHOLE = frozenset({"action", "clause"})
_CONTENT = frozenset({"NOUN", "VERB", "PROPN", "ADJ", "NUM"})
_SAME = 0.75
_RESTATED = 0.7  # share of the question from which on a clause says it again
_SOMEBODY = ("man", "woman", "child", "friend", "brother", "daughter", "king", "worker", "animal")
_LIGHT = frozenset(
    "do does did have has had be is are was were happen happens happened get".split()
)
_BE = frozenset("is are was were be been being".split())
_BEFORE_NAMES = frozenset("the a an old young little big mr mrs ms dr".split())
_WORD = re.compile(r"[\w'’-]+")
_PARTICIPLE = re.compile(r"^\w{2,}(?:ed|en|ught|ung|own|ost|old|eft|ade)$")
_AUXILIARY = "do|does|did|is|are|was|were|has|have|had|will|would|can|could|should|must|might"
_ASKED = re.compile(
    rf"\b(?P<wh>who|whom|whose|what|which|when|where|why|how)\b"
    rf"(?:(?:\s+\w+){{0,2}}?\s+(?P<auxiliary>{_AUXILIARY})\b)?(?P<rest>.*)",
    re.IGNORECASE,
)
_ACTION = re.compile(
    rf"\bwhat\s+(?:(?:{_AUXILIARY})\b.*\b(?:do|doing|done|happen\w*)\b|happen\w*\b)",
    re.IGNORECASE,
)
_LEAST = 0.3  # similarity below which two words have nothing to do with each other
_NAME_WEIGHT = 0.6  # a name says less than a verb: it stands in half of the passages


@dataclass(frozen=True, slots=True)
class _Asked:
    """The question's content words, and the roles that its names play."""

    words: tuple[str, ...]
    weights: NDArray[np.float32]
    names: frozenset[str]
    subject: frozenset[str]
    wants: str
    """Role left open by the wh-word: "subject", "object", or "" where it is neither."""
    thing: bool
    """Whether it asks "what"."""
    reason: bool
    """Whether it asks why: what merely says again what happened is no reason."""
    action: bool
    """Whether it asks what somebody does: the verb itself is the answer."""


class BaselineReader(Reader):
    """Finds answer spans by rules on the parse and word similarities.

    Args:
        encoder: embeds single words; their vectors are kept for the next questions, up to 20,000.
    """

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._vectors: dict[str, NDArray[np.float32]] = {}

    def read(self, question: Question, passages: Sequence[Retrieved]) -> Reading:
        """Return spans of the passages, best first, each inside one passage.

        A span's score is between about 0 and 5.
        """
        asked = self._analysed(question, passages)
        found: list[tuple[float, Retrieved, Candidate]] = []
        likeness = self._similarities(asked.words, passages)
        liveliness = self._alive(question, passages)
        for passage, similar, alive in zip(passages, likeness, liveliness, strict=True):
            tree = Tree(passage.tokens)
            told = float(asked.weights @ similar.max(axis=1, initial=0.0))
            here = list(candidates(question, tree))
            for candidate, values in zip(
                here, _features(asked, tree, here, similar, alive), strict=True
            ):
                values |= {"passage": passage.score, "sentence": told}
                score = sum(WEIGHTS[name] * value for name, value in values.items())
                found.append((score, passage, candidate))
        if not found:
            return Reading(())
        found.sort(key=lambda row: (-row[0], row[1].rank, row[2].first))
        spans: list[Span] = []
        for score, passage, candidate in found:
            tokens = passage.tokens
            span = Span(tokens[candidate.first].start, tokens[candidate.last - 1].end, score)
            if all(span.end <= s.start or span.start >= s.end for s in spans):
                spans.append(span)
        return Reading(tuple(spans))

    def _analysed(self, question: Question, passages: Sequence[Retrieved]) -> _Asked:
        known = {t.text.lower() for p in passages for t in p.tokens if t.pos == "PROPN"}
        words = tuple(
            w for w in dict.fromkeys(content_words(question.text)) if w not in _LIGHT
        ) or tuple(content_words(question.text))
        names = frozenset(w for w in words if w in known)
        weights = np.array([_NAME_WEIGHT if w in names else 1.0 for w in words], dtype=np.float32)
        wants, who_acts = _roles(question.text, known)
        action = (
            question.type is QuestionType.WHAT
            and not question.focus
            and bool(_ACTION.search(question.text))
        )
        return _Asked(
            words,
            weights / max(float(weights.sum()), 1e-6),
            names,
            who_acts,
            wants,
            question.type is QuestionType.WHAT,
            question.type is QuestionType.WHY,
            action,
        )

    def _alive(self, question: Question, passages: Sequence[Retrieved]) -> list[list[float]]:
        """Return for each token how much it is somebody, between 0 and 1; only who asks that."""
        if question.type is not QuestionType.WHO:
            return [[0.0] * len(passage.tokens) for passage in passages]
        return [
            [
                1.0 if t.ent == "PERSON" or t.refers_to else float(value) * (t.pos == "NOUN")
                for t, value in zip(passage.tokens, similar.max(axis=0), strict=True)
            ]
            for passage, similar in zip(
                passages, self._similarities(_SOMEBODY, passages), strict=True
            )
        ]

    def _similarities(
        self, words: Sequence[str], passages: Sequence[Retrieved]
    ) -> list[Similarities]:
        texts = [[token.text.lower() for token in passage.tokens] for passage in passages]
        content = sorted({text for row in texts for text in row if _is_content(text)})
        vectors = self._vectors  # the same one throughout: another thread may begin a new one
        missing = sorted({*words, *content} - vectors.keys())
        if missing:
            vectors.update(zip(missing, self._encoder.encode(missing), strict=True))
        if len(vectors) > _KEPT_WORDS:
            self._vectors = {}
        columns = {text: column for column, text in enumerate(content)}
        table = np.zeros((len(words), len(content) + 1), dtype=np.float32)  # the last for the rest
        if words and content:
            left, right = (np.array([vectors[w] for w in side]) for side in (words, content))
            table[:, :-1] = np.clip((left @ right.T - _LEAST) / (1 - _LEAST), 0, 1)
        found = []
        for passage, row in zip(passages, texts, strict=True):
            similar = table[:, [columns.get(text, -1) for text in row]]
            for n, token in enumerate(passage.tokens):
                if token.refers_to:
                    same = set(token.refers_to.lower().split())
                    similar[[word in same for word in words], n] = 1.0
            found.append(similar)
        return found


@lru_cache(maxsize=_KEPT)
def _is_content(text: str) -> bool:
    return bool(content_words(text))


def _features(
    asked: _Asked,
    tree: Tree,
    found: Sequence[Candidate],
    similar: Similarities,
    alive: Sequence[float],
) -> Iterator[dict[str, float]]:
    """Yield what speaks for and against each candidate of a passage, named as in `WEIGHTS`."""
    if not found:
        return
    tokens = tree.tokens
    rows = range(len(tokens))
    firsts, lasts = (np.array([[getattr(c, side)] for c in found]) for side in ("first", "last"))
    places = np.array(rows)
    inside = (firsts <= places) & (places < lasts)  # shape (n_candidates, n_tokens), as all below
    clauses = [tree.clause_of(candidate.anchor) for candidate in found]
    around = np.array([tree.clause_of(row) for row in rows]) == np.array(clauses)[:, None]
    whole = np.array([[candidate.kind in _WHOLE] for candidate in found])
    # What the question says should stand around the answer and not in it; the answer to
    # "what did X do" is the exception: it holds the words that the question asks about.
    near = _aligned(asked, similar, np.where(whole, inside | around, around & ~inside))
    again = _aligned(asked, similar, inside)
    content = inside & np.array([token.pos in _CONTENT for token in tokens])
    said = (content & (similar.max(axis=0, initial=0.0) > _SAME)).sum(axis=1)
    repeats = said / np.maximum(content.sum(axis=1), 1)
    living = np.where(inside, alive, 0.0).max(axis=1)
    names = [tree.who(row) for row in rows]
    named = (inside & ~whole & np.array([bool(name) for name in names])).any(axis=1)
    given = (inside & ~whole & np.array([bool(name & asked.names) for name in names])).any(axis=1)
    wanted = _ROLES.get(asked.wants)
    actors = {clause: _role_fit(asked, tree, clause) for clause in set(clauses)}
    for n, candidate in enumerate(found):
        size = candidate.last - candidate.first
        vague = size == 1 and tokens[candidate.first].pos == "PRON"
        restated = asked.reason and candidate.kind == "clause" and again[n] > _RESTATED
        yield {
            "clause": float(near[n]),
            "fit": candidate.fit,
            "role": 0.0 if wanted is None else (1.0 if candidate.role in wanted else -1.0),
            "actor": actors[clauses[n]],
            "action": float(asked.action == (candidate.kind == "action")) if asked.thing else 0.0,
            "repeats": 2.0 * restated if whole[n] else float(repeats[n]),
            "given": float(given[n]) * (2.0 if vague or size < 3 else 1.0),
            "vague": float(vague and not named[n]),
            "animate": float(living[n]) if candidate.kind == "name" else 0.0,
        }


def _aligned(
    asked: _Asked, similar: Similarities, chosen: NDArray[np.bool_]
) -> NDArray[np.float32]:
    """Return how much of the question is said among the chosen tokens of each row of `chosen`."""
    best = np.where(chosen[:, None], similar, np.float32(0)).max(axis=2)
    found: NDArray[np.float32] = best @ asked.weights
    return found


def _roles(text: str, known: set[str]) -> tuple[str, frozenset[str]]:
    """Return the role that the wh-word leaves open, and the words of the name that acts.

    Read off the order of the words: "Who hit Ann?" leaves the subject open, "Whom did Ann hit?"
    and "Who was hit?" the object.
    """
    found = _ASKED.search(text)
    if not found:
        return "", frozenset()
    words = [word.lower() for word in _WORD.findall(found["rest"])]
    named = takewhile(lambda word: word in known or word in _BEFORE_NAMES, words)
    names = frozenset(named) & known
    auxiliary = (found["auxiliary"] or "").lower()
    passive = auxiliary in _BE and any(_PARTICIPLE.search(word) for word in words)
    open_role = found["wh"].lower() in {"who", "whom", "what", "which"}
    if not auxiliary:
        return ("subject" if open_role else ""), frozenset()
    if auxiliary in _BE and not passive:
        return "", names
    return ("object" if open_role else ""), (frozenset() if passive else names)


def _role_fit(asked: _Asked, tree: Tree, clause: int) -> float:
    """Return 1 where the clause's subject is the one asked about, -1 where it is another."""
    acting = tree.subject(clause)
    if not asked.subject or acting is None:
        return 0.0
    name = tree.who(acting)
    passive = tree.tokens[acting].dep == "nsubjpass"
    if not name:
        return 0.0
    return 1.0 if bool(name & asked.subject) != passive else -1.0
