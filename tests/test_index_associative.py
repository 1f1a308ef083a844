from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

from index.associative import AssociativeStore
from index.encoder import Encoder
from index.query import make_query

TEXTS = [
    "Old Benno Ruud was assigned to the lighthouse.",
    "The lighthouse had a green door.",
    "Sera bought a mule at the market.",
    "They quarrelled about the price of oats.",
    "It snowed on the pass for a week.",
]


class AngleEncoder:
    """Words as angles: the similarity of two is the cosine between them."""

    name, digest = "angles", "1"
    degrees: ClassVar = {"baker": 0, "cook": 30, "miller": 60, "ship": 150}

    def encode(self, texts: Sequence[str]) -> Any:
        angles = np.radians([self.degrees.get(text, 200) for text in texts])
        return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


def weight(degrees: float) -> float:
    """What a match counts: from 0 at a similarity of 0.3 to 1 for the same word."""
    return float((np.cos(np.radians(degrees)) - 0.3) / 0.7)


def test_scores_of_two_words_by_hand() -> None:
    encoder = AngleEncoder()
    store = AssociativeStore.from_texts(["a cook", "a miller and a cook", "a ship"], encoder)
    hits = {h.passage_id: h.score for h in store.search(make_query("baker ship", encoder), 5)}
    # "baker" is 30 degrees from "cook", 60 from "miller"; nothing but itself is near "ship".
    expected = 2 * weight(30) + weight(60)
    rarity = np.log1p(3.5 / (expected + 0.5))
    assert hits == pytest.approx(
        {0: weight(30) * rarity, 1: weight(30) * rarity, 2: np.log1p(3.5 / 1.5)}, rel=1e-4
    )


def test_a_name_counts_less_than_another_word() -> None:
    encoder = AngleEncoder()
    store = AssociativeStore.from_texts(["a cook", "a ship"], encoder)
    query = make_query("cook ship", encoder)
    plain = {h.passage_id: h.score for h in store.search(query, 5)}
    named = replace(query, names=frozenset({"cook"}))
    less = {h.passage_id: h.score for h in store.search(named, 5)}
    assert less == pytest.approx({0: 0.6 * plain[0], 1: plain[1]})


def test_ties_come_in_story_order_and_k_bounds_them() -> None:
    encoder = AngleEncoder()
    store = AssociativeStore.from_texts(["a ship", "a cook", "the cook", "a cook"], encoder)
    hits = store.search(make_query("cook", encoder), 2)
    assert [hit.passage_id for hit in hits] == [1, 2]


@pytest.mark.parametrize(
    ("question", "row"),
    [
        ("Who was hired?", 0),
        ("Who purchased a donkey?", 2),
        ("What did they argue over?", 3),
        ("What was the weather like?", 4),
    ],
)
def test_a_reworded_question_finds_its_passage(encoder: Encoder, question: str, row: int) -> None:
    store = AssociativeStore.from_texts(TEXTS, encoder)
    assert store.search(make_query(question, encoder), 5)[0].passage_id == row


def test_what_is_saved_searches_the_same(tmp_path: Path, make_letters: Any) -> None:
    encoder = make_letters()
    store = AssociativeStore.from_texts(TEXTS, encoder)
    store.save(tmp_path / "words")
    loaded = AssociativeStore.load(tmp_path / "words")
    asked = make_query("Who priced the green mule?", encoder)
    assert len(loaded) == len(store) == 5
    assert loaded.search(asked, 5) == store.search(asked, 5) != []
    assert sorted(p.name for p in (tmp_path / "words").iterdir()) == [
        "bounds.npy",
        "passages.npy",
        "words.faiss",
        "words.json",
    ]
