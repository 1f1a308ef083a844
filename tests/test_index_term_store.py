"""Postings of stories, and BM25 over them worked out by hand."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from index.lexical import LexicalStore
from index.term_store import TermStore, bm25

STORIES = [{"ship": 3, "sea": 1}, {"mill": 2}, {"sea": 5, "mill": 1, "ram": 1}]


def listed(store: TermStore, term: str) -> list[tuple[int, int]]:
    stories, counts = store.posting(term)
    return list(zip(stories.tolist(), counts.tolist(), strict=True))


def test_postings_survive_the_disk(tmp_path: Path) -> None:
    made = TermStore.from_frequencies(STORIES)
    made.save(tmp_path / "terms")
    for store in (made, TermStore.load(tmp_path / "terms")):
        assert len(store) == 3
        assert listed(store, "sea") == [(0, 1), (2, 5)]
        assert listed(store, "ship") == [(0, 3)]
        assert listed(store, "mill") == [(1, 2), (2, 1)]
        assert listed(store, "zeppelin") == []
        assert store.lengths.tolist() == [4, 2, 7]


def test_stories_without_words() -> None:
    assert len(TermStore.from_frequencies([])) == 0
    store = TermStore.from_frequencies([{}, {"a": 1}, {}])
    assert listed(store, "a") == [(1, 1)]
    assert store.lengths.tolist() == [0, 1, 0]


def test_bm25_is_lucenes() -> None:
    # Two of three stories have the term; the average length is 13 / 3.
    scores = bm25(np.array([1, 5], np.int32), np.array([4, 7], np.int32), 3, 13 / 3)
    rarity = math.log(1 + (3 - 2 + 0.5) / (2 + 0.5))
    for score, count, length in zip(scores, (1, 5), (4, 7), strict=True):
        norm = 1.5 * (1 - 0.75 + 0.75 * length / (13 / 3))
        assert score == pytest.approx(rarity * count / (count + norm))
    assert bm25(np.zeros(0, np.int32), np.zeros(0, np.int32), 0, 0.0).tolist() == []


def test_a_story_gives_its_frequencies(tmp_path: Path) -> None:
    store = LexicalStore.from_texts(["a ship at sea", "the sea, the sea", "the and of"])
    store.save(tmp_path)
    for kept in (store, LexicalStore.load(tmp_path)):
        assert kept.frequencies() == {"ship": 1, "sea": 2}
