"""From examples to windows of word pieces, and from windows to padded batches.

A `Group` holds the windows of one question that are scored together: the softmax over spans runs
over all of them (Clark and Gardner 2018), so that scores of different windows can be compared.
"""

from __future__ import annotations

import random
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from qa.train.data import Document, Example
from qa.train.targets import Target

if TYPE_CHECKING:
    from tokenizers import Tokenizer

__all__ = [
    "Batch",
    "Group",
    "Pieces",
    "Window",
    "anywhere",
    "around",
    "batches",
    "collate",
    "cut",
    "joined",
    "pieces",
    "places",
    "stretch",
]

MAX_QUESTION = 48
"""Longest question in training, in word pieces; what is longer is cut."""

_CLS, _SEP = 101, 102


@dataclass(frozen=True, slots=True)
class Pieces:
    """The word pieces of a document: ids, and the characters where each begins and ends.

    `bounds` are the first word pieces of the sentences, and the number of word pieces.
    """

    ids: NDArray[np.int32]
    starts: list[int]
    ends: list[int]
    bounds: list[int]


@dataclass(frozen=True, slots=True)
class Window:
    """One input row `[CLS] question [SEP] text [SEP]`; the text begins at position `offset`.

    `spans` are (first, last, weight): positions of candidate answers, inclusive, none if the window
    does not answer.
    """

    ids: NDArray[np.int32]
    offset: int
    spans: tuple[tuple[int, int, float], ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Windows of one question; `weight` multiplies its loss.

    `taught` where a teacher may know better, so that its answer counts; `alone` where nobody else
    knows.
    """

    windows: tuple[Window, ...]
    weight: float = 1.0
    taught: bool = True
    alone: bool = False

    @property
    def longest(self) -> int:
        """Length of the longest window, in word pieces."""
        return max(len(window.ids) for window in self.windows)


@dataclass(frozen=True, slots=True)
class Batch:
    """Padded groups: arrays of shape (windows, length), and what belongs where.

    `ids` int64, `mask` and `types` int64, `text` bool (positions that may hold an answer);
    `group` int64 (windows,), group of each window; `weight` float32, `taught` and `alone` bool
    (groups,);
    `targets` int64 (candidates, 3): window, first, last; `target_weight` float32 (candidates,).
    """

    ids: NDArray[np.int64]
    mask: NDArray[np.int64]
    types: NDArray[np.int64]
    text: NDArray[np.bool_]
    group: NDArray[np.int64]
    weight: NDArray[np.float32]
    taught: NDArray[np.bool_]
    alone: NDArray[np.bool_]
    targets: NDArray[np.int64]
    target_weight: NDArray[np.float32]


def pieces(document: Document, tokenizer: Tokenizer) -> Pieces:
    """Split a document into word pieces."""
    encoded = tokenizer.encode(document.text, add_special_tokens=False)
    starts = [a for a, _ in encoded.offsets]
    ends = [b for _, b in encoded.offsets]
    bounds = sorted({bisect_left(starts, a) for a, _ in document.sentences} | {0, len(starts)})
    return Pieces(np.array(encoded.ids, dtype=np.int32), starts, ends, bounds)


def cut(
    question: Sequence[int],
    whole: Pieces,
    start: int,
    end: int,
    targets: Sequence[Target] = (),
) -> Window:
    """Return the window of word pieces start to end - 1, with those targets that lie inside."""
    return joined(question, whole, [(start, end)], targets)


def joined(
    question: Sequence[int],
    whole: Pieces,
    stretches: Sequence[tuple[int, int]],
    targets: Sequence[Target] = (),
) -> Window:
    """Return the window of several stretches of word pieces, (start, end), one after the other.

    Targets that lie inside one of them are marked.
    """
    question = list(question)[:MAX_QUESTION]
    offset = len(question) + 2
    text: list[int] = []
    spans = []
    for start, end in stretches:
        shift = offset + len(text) - start
        for target in targets:
            first = bisect_right(whole.starts, target.start) - 1
            last = bisect_left(whole.ends, target.end)
            if start <= first <= last < end:
                spans.append((first + shift, last + shift, target.weight))
        text += whole.ids[start:end].tolist()
    ids = np.array([_CLS, *question, _SEP, *text, _SEP], dtype=np.int32)
    return Window(ids, offset, tuple(spans))


def around(whole: Pieces, low: int, high: int, length: int, rng: random.Random) -> tuple[int, int]:
    """Return a random stretch of whole sentences that holds the pieces low to high - 1.

    It has up to `length` pieces; a sentence that is longer is cut.
    """
    bounds = whole.bounds
    first = max(0, bisect_right(bounds, low) - 1)
    last = min(len(bounds) - 1, bisect_left(bounds, high))
    while True:
        can_left = first > 0 and bounds[last] - bounds[first - 1] <= length
        can_right = last < len(bounds) - 1 and bounds[last + 1] - bounds[first] <= length
        if not (can_left or can_right):
            break
        if can_left and (not can_right or rng.random() < 0.5):
            first -= 1
        else:
            last += 1
    start, end = bounds[first], bounds[last]
    if end - start > length:  # one long sentence, or a long region
        start = max(start, min(low, high - length)) if high - low <= length else low
        end = min(end, start + length)
    return start, end


def anywhere(whole: Pieces, length: int, rng: random.Random) -> tuple[int, int]:
    """Return a random stretch of whole sentences, wherever in the text; see `around`."""
    place = rng.randrange(len(whole.ids))
    return around(whole, place, place + 1, length, rng)


def places(whole: Pieces, start: int, end: int) -> tuple[int, int]:
    """Return the word pieces of the characters start to end - 1, as (first, last + 1)."""
    return bisect_left(whole.ends, start + 1), bisect_left(whole.starts, end)


def stretch(example: Example, whole: Pieces) -> tuple[int, int]:
    """Return the word pieces of the example's region as (first, last + 1)."""
    return places(whole, *example.region)


def batches(
    groups: Sequence[Group], rng: random.Random, *, tokens: int, windows: int
) -> Iterator[list[Group]]:
    """Yield the groups in batches of like length: up to `tokens` padded pieces, `windows` rows.

    Lengths are sorted within stretches of a thousand groups, so the order of the data is kept
    roughly: what comes first is trained on first.
    """
    for begin in range(0, len(groups), 1000):
        chunk = sorted(groups[begin : begin + 1000], key=lambda group: group.longest)
        found: list[list[Group]] = [[]]
        rows = 0
        for group in chunk:
            more = rows + len(group.windows)
            if found[-1] and (more * group.longest > tokens or more > windows):
                found.append([])
                more = len(group.windows)
            found[-1].append(group)
            rows = more
        rng.shuffle(found)
        yield from found


def collate(groups: Sequence[Group]) -> Batch:
    """Pad the windows of some groups to one length."""
    rows = [(n, window) for n, group in enumerate(groups) for window in group.windows]
    shape = (len(rows), max(len(window.ids) for _, window in rows))
    ids, mask, types = (np.zeros(shape, np.int64) for _ in range(3))
    text = np.zeros(shape, np.bool_)
    targets, weights = [], []
    for row, (_, window) in enumerate(rows):
        length = len(window.ids)
        ids[row, :length] = window.ids
        mask[row, :length] = 1
        types[row, window.offset : length] = 1
        text[row, window.offset : length - 1] = True
        for first, last, weight in window.spans:
            targets.append((row, first, last))
            weights.append(weight)
    return Batch(
        ids,
        mask,
        types,
        text,
        np.array([n for n, _ in rows], np.int64),
        np.array([group.weight for group in groups], np.float32),
        np.array([group.taught for group in groups], np.bool_),
        np.array([group.alone for group in groups], np.bool_),
        np.array(targets, np.int64).reshape(-1, 3),
        np.array(weights, np.float32),
    )
