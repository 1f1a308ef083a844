from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.associative import AssociativeStore
from index.lexical import LexicalStore, content_words, terms
from index.query import Query, make_query
from index.records import Hit
from index.stopwords import STOP_WORDS
from index.store import DenseStore


def query(text: str = "", vector: Any = (1.0, 0.0)) -> Query:
    return Query(text, np.asarray(vector, dtype=np.float32), (), np.zeros((0, 2), dtype=np.float32))


def unit_vectors(seed: int, n: int, dimension: int) -> Any:
    rows = np.random.default_rng(seed).normal(size=(n, dimension)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    n=st.integers(1, 60),
    dimension=st.integers(2, 40),
    k=st.integers(0, 70),
)
def test_dense_search_is_that_of_numpy(seed: int, n: int, dimension: int, k: int) -> None:
    vectors = unit_vectors(seed, n, dimension)
    asked = unit_vectors(seed + 1, 1, dimension)[0]
    hits = DenseStore.from_vectors(vectors).search(query(vector=asked), k)
    products = vectors @ asked
    best = sorted(range(n), key=lambda row: -products[row])[:k]
    assert [hit.passage_id for hit in hits] == best
    assert np.allclose([hit.score for hit in hits], products[best], atol=1e-5)


def test_dense_ties_come_in_story_order() -> None:
    store = DenseStore.from_vectors(np.array([[0, 1], [1, 0], [1, 0], [1, 0]], dtype=np.float32))
    assert [hit.passage_id for hit in store.search(query(), 4)] == [1, 2, 3, 0]


def test_dense_store_gives_back_its_vectors_and_survives_the_disk(tmp_path: Path) -> None:
    vectors = unit_vectors(3, 9, 8)
    store = DenseStore.from_vectors(vectors)
    store.save(tmp_path / "v.faiss")
    loaded = DenseStore.load(tmp_path / "v.faiss")
    assert (len(loaded), loaded.dimension) == (9, 8)
    assert np.array_equal(loaded.vectors([4, 0]), vectors[[4, 0]])
    asked = query(vector=unit_vectors(4, 1, 8)[0])
    assert loaded.search(asked, 5) == store.search(asked, 5)


def test_terms_are_stemmed_words_without_stop_words() -> None:
    assert terms("The bakers' daughter was baking bread, and it's well-known!") == [
        "baker",
        "daughter",
        "bake",
        "bread",
        "well",
        "known",
    ]


def test_hyphenated_words_are_found_by_their_parts_and_kept_whole() -> None:
    assert terms("cover-up") == terms("cover up")
    assert content_words("The cover-up of Tobin's affair") == ["cover-up", "tobin", "affair"]


TEXTS = ["the miller baked bread", "bread and more bread", "a ship sailed", "the and of"]


def test_lexical_scores_are_those_of_lucene_bm25() -> None:
    # Worked by hand: idf = ln(1 + (N - n + .5) / (n + .5)); tf / (tf + k1 (1 - b + b len/avg)).
    lengths = [len(terms(text)) for text in TEXTS]
    average = sum(lengths) / len(lengths)
    idf = np.log(1 + (4 - 2 + 0.5) / (2 + 0.5))

    def score(frequency: int, row: int) -> float:
        norm = 1.5 * (1 - 0.75 + 0.75 * lengths[row] / average)
        return float(idf * frequency / (frequency + norm))

    hits = LexicalStore.from_texts(TEXTS).search(query("Where is the bread?"), 10)
    assert [hit.passage_id for hit in hits] == [1, 0]
    assert hits[0].score == pytest.approx(score(2, 1), rel=1e-5)
    assert hits[1].score == pytest.approx(score(1, 0), rel=1e-5)


def test_lexical_search_is_that_of_bm25s(tmp_path: Path) -> None:
    import bm25s

    store = LexicalStore.from_texts(TEXTS)
    store.save(tmp_path / "bm25")
    peer = bm25s.BM25(method="lucene")
    peer.index([terms(text) for text in TEXTS], show_progress=False)
    for asked in ("bread", "who baked the bread, the bread?", "sailed miller"):
        scores = peer.get_scores(terms(asked))
        hits = LexicalStore.load(tmp_path / "bm25").search(query(asked), 9)
        assert {hit.passage_id: hit.score for hit in hits} == {
            row: score for row, score in enumerate(scores.tolist()) if score > 0
        }


def test_stop_words_are_those_of_bm25s() -> None:
    from bm25s.stopwords import STOPWORDS_EN_PLUS

    assert frozenset(STOPWORDS_EN_PLUS) == STOP_WORDS


@pytest.mark.parametrize("text", ["", "the of and", "zeppelin", "?!", "誰ですか"])
def test_lexical_search_without_a_known_word_finds_nothing(text: str) -> None:
    assert LexicalStore.from_texts(TEXTS).search(query(text), 5) == []


def test_lexical_search_is_bounded_and_survives_the_disk(tmp_path: Path) -> None:
    store = LexicalStore.from_texts(TEXTS)
    store.save(tmp_path)
    loaded = LexicalStore.load(tmp_path)
    assert len(loaded) == 4
    assert loaded.search(query("bread"), 1) == store.search(query("bread"), 1)
    assert loaded.search(query("bread"), 0) == []
    assert not list(tmp_path.rglob("*.pkl"))


def test_story_of_stop_words_can_be_stored(tmp_path: Path) -> None:
    store = LexicalStore.from_texts(["it was", "he is"])
    store.save(tmp_path)
    assert len(LexicalStore.load(tmp_path)) == 2
    assert store.search(query("who was it"), 3) == []


class TableEncoder:
    """Vectors by hand, so that expected scores can be worked out on paper."""

    name, digest = "table", "1"
    table: ClassVar = {
        "baker": (1.0, 0.0, 0.0),
        "cook": (0.8, 0.6, 0.0),
        "ship": (0.0, 0.0, 1.0),
        "boat": (0.0, 0.28, 0.96),
    }

    def encode(self, texts: Sequence[str]) -> Any:
        rows = [self.table.get(text, (0.0, 1.0, 0.0)) for text in texts]
        return np.array(rows, dtype=np.float32)


def test_associative_search_finds_words_like_the_questions(tmp_path: Path) -> None:
    encoder = TableEncoder()
    store = AssociativeStore.from_texts(["a cook", "the ship", "the baker"], encoder)
    asked = make_query("baker", encoder)
    assert asked.words == ("baker",)
    # "baker" itself weighs (1 - .3) / .7 = 1, "cook" (.8 - .3) / .7; "ship" is too far.
    weights = {2: 1.0, 0: 0.5 / 0.7}
    rarity = np.log1p(3.5 / (sum(weights.values()) + 0.5))
    hits = store.search(asked, 5)
    assert [hit.passage_id for hit in hits] == [2, 0]
    assert [hit.score for hit in hits] == pytest.approx([w * rarity for w in weights.values()])
    store.save(tmp_path / "words")
    assert AssociativeStore.load(tmp_path / "words").search(asked, 5) == hits
    assert store.search(make_query("boat", encoder), 5)[0].passage_id == 1
    assert store.search(asked, 0) == []


def test_associative_search_of_a_question_without_content_words_finds_nothing() -> None:
    encoder = TableEncoder()
    store = AssociativeStore.from_texts(["a cook", "the and"], encoder)
    assert store.search(make_query("who is it?", encoder), 5) == []
    assert len(AssociativeStore.from_texts(["it was"], encoder)) == 1


def test_query_embeds_each_word_once() -> None:
    asked = make_query("the ship and a boat, the ship", TableEncoder())
    assert asked.words == ("ship", "boat")
    assert np.allclose(asked.word_vectors, [[0, 0, 1], [0, 0.28, 0.96]])


def test_hits_compare_by_value() -> None:
    assert Hit(1, 0.5) == Hit(1, 0.5) != Hit(2, 0.5)
