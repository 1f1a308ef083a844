"""From passages to windows of word pieces, and from a reader's logits to spans of the story."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from qa.records import Reading, Span

__all__ = ["MAX_ANSWER", "Logits", "PassagePieces", "Scale", "Window", "decode", "windows"]

MAX_ANSWER = 40
"""Longest span, in word pieces."""

_IMPOSSIBLE = -1e4


@dataclass(frozen=True, slots=True)
class PassagePieces:
    """A passage as word pieces: ids and offsets (int64), and which pieces go on a word (bool)."""

    ids: NDArray[np.int64]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    inside_word: NDArray[np.bool_]

    def at(self, offset: int) -> PassagePieces:
        """Return the passage as it stands `offset` characters further on."""
        return replace(self, starts=self.starts + offset, ends=self.ends + offset)


@dataclass(frozen=True, slots=True)
class Window:
    """What the reader reads at once: word pieces of neighbouring passages, in story order.

    All arrays have one entry a piece: `ids` int64, `starts` and `ends` int64 offsets in the story,
    `passage` int64 number of the passage, `opens` and `closes` bool: a span may begin or end here.
    """

    ids: NDArray[np.int64]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    passage: NDArray[np.int64]
    opens: NDArray[np.bool_]
    closes: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Logits:
    """A reader's output for one window: logits of its pieces, and of there being no answer.

    `null` is that of the null span, `answerable` the log-odds that the window answers.
    """

    start: NDArray[np.float32]
    end: NDArray[np.float32]
    null: float
    answerable: float


@dataclass(frozen=True, slots=True)
class Scale:
    """How logits become probabilities, fitted on validation data.

    A span's logit is start + end + `window` times its window's answerability. The log-odds that
    there is an answer: `bias` + `evidence` times the best window's log-odds of all its spans
    against its null span + `head` times the best window's answerability.
    """

    window: float = 0.0
    bias: float = 0.0
    evidence: float = 0.5
    head: float = 0.5


def windows(passages: Sequence[PassagePieces], budget: int, overlap: int = 64) -> list[Window]:
    """Lay passages out in windows of at most `budget` pieces, about equally long.

    A passage is in one window, and whole: read beside other passages a second time it gains
    nothing. Only one longer than the budget is cut, its parts sharing `overlap` pieces.

    Raises:
        ValueError: the budget is not larger than the overlap.
    """
    if budget <= overlap:
        raise ValueError(f"a window of {budget} pieces cannot share {overlap} with the next")
    rows: list[tuple[int, int, int]] = []  # passage, first piece, last + 1
    for number, passage in enumerate(passages):
        size = len(passage.ids)
        for begin in range(0, max(1, size - overlap), budget - overlap) if size > budget else (0,):
            if size:
                rows.append((number, begin, min(size, begin + budget)))
    sizes = [b - a for _, a, b in rows]
    goal = sum(sizes) / max(1, math.ceil(sum(sizes) / budget))  # pieces a window, if all fits well
    found, first = [], 0
    while first < len(rows):
        last, length = first + 1, sizes[first]
        while last < len(rows) and length + sizes[last] <= budget:
            if length + sizes[last] / 2 > goal and length >= goal * 0.8:
                break
            length += sizes[last]
            last += 1
        found.append(_window(passages, rows[first:last]))
        first = last
    return found


def decode(
    found: Sequence[Window], logits: Sequence[Logits], scale: Scale, limit: int = 20
) -> Reading:
    """Return the best spans, each inside one passage and of whole words, and the null score.

    Scores are natural logarithms of probabilities: those of all spans that could be and of there
    being no answer add up to one. Spans of the same word pieces count as one answer: the best of
    them stands for all and has their scores together.
    """
    if not found:
        return Reading((), 0.0)
    rows: list[tuple[float, int, int, tuple[int, ...]]] = []
    totals, evidence = [], []
    for window, logit in zip(found, logits, strict=True):
        scores = _scores(window, logit)
        places = np.flatnonzero(scores > _IMPOSSIBLE / 2)
        flat = scores.ravel()[places]
        total = _log_sum(flat) if len(flat) else _IMPOSSIBLE
        evidence.append(total - logit.null)
        shift = scale.window * logit.answerable
        totals.append(total + shift)
        for best in np.argsort(-flat, kind="stable")[: 4 * limit]:
            first, more = divmod(int(places[best]), scores.shape[1])
            last = first + more
            ids = tuple(window.ids[first : last + 1].tolist())
            rows.append(
                (float(flat[best]) + shift, int(window.starts[first]), int(window.ends[last]), ids)
            )
    odds = scale.bias + scale.evidence * max(evidence)
    odds += scale.head * max(logit.answerable for logit in logits)
    answered = -float(np.logaddexp(0.0, -odds)) - _log_sum(np.array(totals))
    return Reading(
        tuple(
            Span(start, end, min(0.0, score + answered))
            for score, start, end in _merged(rows)[:limit]
        ),
        -float(np.logaddexp(0.0, odds)),
    )


def _merged(
    rows: list[tuple[float, int, int, tuple[int, ...]]],
) -> list[tuple[float, int, int]]:
    """Merge spans found twice (the better score stays), then those of the same words (added up)."""
    places: dict[tuple[int, int], tuple[float, int, int, tuple[int, ...]]] = {}
    for row in sorted(rows, key=lambda row: (-row[0], row[1], row[2])):
        places.setdefault(row[1:3], row)
    texts: dict[tuple[int, ...], tuple[float, int, int]] = {}
    for score, start, end, ids in places.values():
        if ids in texts:
            kept = texts[ids]
            texts[ids] = (float(np.logaddexp(kept[0], score)), kept[1], kept[2])
        else:
            texts[ids] = (score, start, end)
    return sorted(texts.values(), key=lambda row: (-row[0], row[1], row[2]))


def _scores(window: Window, logits: Logits) -> NDArray[np.float64]:
    """Return start_i + end_(i+k), shape (pieces, MAX_ANSWER), very low where no span may be."""
    size = len(window.ids)
    pad = MAX_ANSWER - 1
    ends = np.pad(
        np.where(window.closes, logits.end, _IMPOSSIBLE).astype(np.float64),
        (0, pad),
        constant_values=_IMPOSSIBLE,
    )
    starts = np.where(window.opens, logits.start, _IMPOSSIBLE).astype(np.float64)
    passages = sliding_window_view(np.pad(window.passage, (0, pad), constant_values=-1), MAX_ANSWER)
    same = passages == window.passage[:, None]
    scores = starts[:, None] + sliding_window_view(ends, MAX_ANSWER)
    return np.where(same, scores, _IMPOSSIBLE).reshape(size, MAX_ANSWER)


def _log_sum(values: NDArray[np.float64]) -> float:
    highest = float(values.max())
    return highest + math.log(float(np.exp(values - highest).sum()))


def _window(passages: Sequence[PassagePieces], rows: Sequence[tuple[int, int, int]]) -> Window:
    parts = [(number, passages[number], slice(a, b)) for number, a, b in rows]
    inside = np.concatenate([passage.inside_word[cut] for _, passage, cut in parts])
    return Window(
        np.concatenate([passage.ids[cut] for _, passage, cut in parts]),
        np.concatenate([passage.starts[cut] for _, passage, cut in parts]),
        np.concatenate([passage.ends[cut] for _, passage, cut in parts]),
        np.repeat([number for number, _, _ in parts], [cut.stop - cut.start for *_, cut in parts]),
        ~inside,
        ~np.append(inside[1:], False),
    )
