"""Spans that say what a free-form answer says: the targets of training.

Nobody marked where a free-form answer stands, so each span that overlaps with a reference is a
candidate, weighted by its overlap; training marginalises over them (Min et al. 2019).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from qa.train.data import Document, Example

__all__ = ["MAX_WORDS", "Target", "lcs", "overlap", "targets"]

MAX_WORDS = 30
"""Longest candidate, in words."""

_THRESHOLD = 0.4
_KEPT = 8
_NEAR = 30
_WORD = re.compile(r"\w+")
_STOP = frozenset(
    """
    a an the of to in on at by for with from and or is are was were be been do does did has
    have had he she it they his her its their him them who what when where why how which that
    this as because s t not will would
    """.split()
)


@dataclass(frozen=True, slots=True)
class Target:
    """A span of the document that may be the answer; `weight` in (0, 1], the best one's is 1."""

    start: int
    end: int
    weight: float


def targets(example: Example) -> tuple[Target, ...]:
    """Return the candidate spans, best first: each inside one sentence, at most eight.

    The weight is the overlap cubed, higher where words of the question are near. Of spans that
    the data marks, those that fit into one sentence are taken as they are; the others are cut.
    """
    if example.spans:
        kept = {_inside(example.document, span) for span in example.spans}
        return tuple(Target(a, b, 1.0) for a, b in sorted(kept) if b > a)
    asked = {word for word in _stems(example.question) if word not in _STOP}
    words = _words(example.document)
    references = [_stems(answer) for answer in example.answers]
    references = [reference for reference in references if reference]
    found: dict[tuple[int, int], float] = {}
    for first, last in _sentence_words(example.document):
        if words[first][1] < example.region[0] or words[last - 1][0] >= example.region[1]:
            continue
        for reference in references:
            _search(words, first, last, reference, found)
    if not found:
        return ()
    near = {
        span: sum(
            words[n][2] in asked
            for n in range(max(0, span[0] - _NEAR), span[1] + _NEAR)
            if n < len(words)
        )
        for span in found
    }
    most = max(near.values()) or 1
    weights = {span: score**3 * (0.3 + 0.7 * near[span] / most) for span, score in found.items()}
    best = sorted(weights, key=lambda span: (-weights[span], span))[:_KEPT]
    top = weights[best[0]]
    return tuple(
        Target(words[a][0], words[b - 1][1], weights[a, b] / top)
        for a, b in best
        if weights[a, b] >= top / 3
    )


def overlap(words: Sequence[str], reference: Sequence[str]) -> float:
    """Return the F1 of the longest common subsequence of two lists of words (ROUGE-L, Lin 2004)."""
    common = lcs(words, reference)
    return 2 * common / (len(words) + len(reference)) if common else 0.0


def lcs(words: Sequence[str], reference: Sequence[str]) -> int:
    """Return the length of the longest common subsequence."""
    row = [0] * (len(reference) + 1)
    for word in words:
        previous = 0
        for n, other in enumerate(reference, 1):
            previous, row[n] = row[n], previous + 1 if word == other else max(row[n], row[n - 1])
    return row[-1]


def _search(
    words: Sequence[tuple[int, int, str]],
    first: int,
    last: int,
    reference: Sequence[str],
    found: dict[tuple[int, int], float],
) -> None:
    """Add to `found` the spans of words first to last - 1 that overlap enough."""
    counts = Counter(reference)
    marks = [n for n in range(first, last) if words[n][2] in counts]
    content = {word for word in counts if word not in _STOP} or set(counts)
    longest = min(MAX_WORDS, 3 * len(reference) + 3)
    for place, a in enumerate(marks):
        seen: Counter[str] = Counter()
        common, has_content = 0, False
        for b in marks[place:]:
            if b - a >= longest:
                break
            word = words[b][2]
            seen[word] += 1
            has_content |= word in content
            if seen[word] > counts[word]:
                continue  # the span that ends earlier is as good and shorter
            common += 1
            length = b + 1 - a
            if not has_content or 2 * common < _THRESHOLD * (length + len(reference)):
                continue  # F1 of the words, an upper bound of that of the subsequence
            score = overlap([words[n][2] for n in range(a, b + 1)], reference)
            if score >= _THRESHOLD and score > found.get((a, b + 1), 0.0):
                found[a, b + 1] = score


def _inside(document: Document, span: tuple[int, int]) -> tuple[int, int]:
    """Cut a span to the sentence that holds the most of it."""
    parts = [(max(a, span[0]), min(b, span[1])) for a, b in document.sentences]
    return max(parts, key=lambda part: part[1] - part[0], default=span)


@lru_cache(maxsize=64)
def _words(document: Document) -> tuple[tuple[int, int, str], ...]:
    stem = _stemmer()
    return tuple(
        (m.start(), m.end(), stem(m.group().lower())) for m in _WORD.finditer(document.text)
    )


@lru_cache(maxsize=64)
def _sentence_words(document: Document) -> tuple[tuple[int, int], ...]:
    """Return (first, last + 1) of the words of each sentence that has any."""
    words, rows, n = _words(document), [], 0
    for _, end in document.sentences:
        first = n
        while n < len(words) and words[n][0] < end:
            n += 1
        if n > first:
            rows.append((first, n))
    return tuple(rows)


def _stems(text: str) -> list[str]:
    stem = _stemmer()
    return [stem(word.lower()) for word in _WORD.findall(text)]


@lru_cache(maxsize=1)
def _stemmer():  # type: ignore[no-untyped-def]  # noqa: ANN202
    import Stemmer

    return lru_cache(maxsize=50_000)(Stemmer.Stemmer("english").stemWord)
