from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from qa_texts import indexed

from index.persist import StoryIndex
from index.query import Query
from index.records import Hit
from qa.retriever import Retriever, convex_sum, reciprocal_rank_fusion

QUERY = Query("?", np.array([1.0], np.float32), (), np.zeros((0, 1), np.float32))


def run(*rows: int) -> list[Hit]:
    return [Hit(row, 1.0 - n / 10) for n, row in enumerate(rows)]


class FixedStore:
    def __init__(self, *hits: tuple[int, float]) -> None:
        self._hits = [Hit(*hit) for hit in hits]

    def search(self, query: Query, k: int) -> list[Hit]:
        return self._hits[:k]


def first_scores(runs: Sequence[Sequence[Hit]]) -> Mapping[int, float]:
    return {hit.passage_id: hit.score for hit in runs[0]}


@pytest.fixture(scope="module")
def index() -> StoryIndex:
    return indexed("One came. Two came. Three came. Four came. Five came. Six came.")


class TestReciprocalRankFusion:
    def test_by_hand(self) -> None:
        fused = reciprocal_rank_fusion([run(7, 3), run(3, 5)])
        # 61 times the sum of 1 / (60 + rank), over two runs
        assert fused == pytest.approx(
            {7: 0.5 * 61 / 61, 3: 0.5 * (61 / 62 + 61 / 61), 5: 0.5 * 61 / 62}
        )
        assert max(fused, key=lambda row: fused[row]) == 3

    def test_k_says_how_much_the_first_ranks_count(self) -> None:
        assert reciprocal_rank_fusion([run(1, 2)], k=1) == pytest.approx({1: 1.0, 2: 2 / 3})

    def test_scores_do_not_matter(self) -> None:
        assert reciprocal_rank_fusion([[Hit(4, 90.0), Hit(2, -8.0)]]) == reciprocal_rank_fusion(
            [run(4, 2)]
        )

    def test_of_nothing(self) -> None:
        assert reciprocal_rank_fusion([]) == reciprocal_rank_fusion([[], []]) == {}

    @given(st.lists(st.lists(st.integers(0, 9), unique=True).map(lambda r: run(*r)), max_size=4))
    def test_one_is_the_most_and_is_first_everywhere(self, runs: list[list[Hit]]) -> None:
        for row, score in reciprocal_rank_fusion(runs).items():
            assert 0 < score <= 1 + 1e-9
            assert (score > 1 - 1e-9) == all(r and r[0].passage_id == row for r in runs)


class TestConvexSum:
    def test_by_hand(self) -> None:
        meaning = [Hit(0, 0.8), Hit(1, 0.2), Hit(2, -0.2)]  # from -0.2 to 0.8
        words = [Hit(1, 12.0), Hit(0, 3.0)]  # from zero to 12
        fused = convex_sum([meaning, words], weights=(0.25, 0.75))
        assert fused == pytest.approx(
            {0: 0.25 * 1.0 + 0.75 * 0.25, 1: 0.25 * 0.4 + 0.75 * 1.0, 2: 0.0}
        )

    def test_a_run_of_one_score_counts_in_full_above_zero_and_not_at_zero(self) -> None:
        assert convex_sum([[Hit(3, 5.0)], [Hit(3, 0.0)]], weights=(0.5, 0.5)) == {3: 0.5}

    def test_a_run_without_hits_gives_nothing(self) -> None:
        assert convex_sum([[], [Hit(1, 2.0)]], weights=(0.5, 0.5)) == {1: 0.5}
        assert convex_sum([[], []], weights=(0.5, 0.5)) == {}


class TestRetriever:
    def test_a_passage_gains_a_share_of_its_better_neighbour(self, index: StoryIndex) -> None:
        store = FixedStore((2, 1.0), (1, 0.4), (4, 0.6), (5, 0.1))
        found = Retriever(index, [store], first_scores, neighbour=0.5).retrieve(QUERY, 6)
        # (own + 0.5 best neighbour) / 1.5; passages 0 and 3 were not found and stay out.
        assert [(r.rank, r.passage.passage_id) for r in found] == [(1, 2), (2, 1), (3, 4), (4, 5)]
        assert [r.score for r in found] == pytest.approx(
            [(1 + 0.2) / 1.5, (0.4 + 0.5) / 1.5, (0.6 + 0.05) / 1.5, (0.1 + 0.3) / 1.5]
        )

    def test_without_a_share_the_fused_scores_stay(self, index: StoryIndex) -> None:
        found = Retriever(index, [FixedStore((3, 0.7), (2, 0.3))], first_scores, 0.0).retrieve(
            QUERY
        )
        assert [(r.passage.passage_id, r.score) for r in found] == [(3, 0.7), (2, 0.3)]

    def test_ties_come_in_story_order(self, index: StoryIndex) -> None:
        store = FixedStore((5, 0.5), (1, 0.5), (3, 0.5))
        found = Retriever(index, [store], first_scores, neighbour=0.0).retrieve(QUERY, 2)
        assert [r.passage.passage_id for r in found] == [1, 3]

    def test_a_bonus_lifts_also_what_was_not_found(self, index: StoryIndex) -> None:
        retriever = Retriever(index, [FixedStore((0, 0.6), (1, 0.9))], first_scores, 0.0)
        found = retriever.retrieve(QUERY, 3, bonus={4: 0.35, 0: 0.35, 1: 0.35})
        assert [r.passage.passage_id for r in found] == [1, 0, 4]
        assert [r.score for r in found] == pytest.approx([1.0, 0.95, 0.35])  # 1 is the most

    def test_of_two_wordings_a_passage_has_the_mean(self, index: StoryIndex) -> None:
        other = Query("other", QUERY.vector, (), QUERY.word_vectors)

        class Worded(FixedStore):
            def search(self, query: Query, k: int) -> list[Hit]:
                return [Hit(2, 0.8), Hit(1, 0.2)] if query is other else super().search(query, k)

        retriever = Retriever(index, [Worded((1, 0.6), (4, 0.4))], first_scores, neighbour=0.0)
        found = retriever.retrieve(QUERY, 3, bonus={4: 0.1}, also=other)
        assert [(r.passage.passage_id, r.score) for r in found] == [
            (1, pytest.approx(0.4)),
            (2, pytest.approx(0.4)),
            (4, pytest.approx(0.3)),
        ]

    def test_fewer_passages_than_asked_for(self, index: StoryIndex) -> None:
        assert len(Retriever(index).retrieve(QUERY_WITH_WORDS, 50)) == len(index.passages)
        assert Retriever(index).retrieve(QUERY_WITH_WORDS, 0) == []
        assert Retriever(index, [FixedStore()], first_scores).retrieve(QUERY) == []

    def test_found_passages_bring_their_text_and_parse(self, index: StoryIndex) -> None:
        (found,) = Retriever(index, [FixedStore((3, 1.0))], first_scores).retrieve(QUERY, 1)
        assert found.passage.text == "Four came."
        assert [token.text for token in found.tokens] == ["Four", "came", "."]


QUERY_WITH_WORDS = Query("Who came?", np.ones(32, np.float32), (), np.zeros((0, 32), np.float32))


class HeardStore:
    def __init__(self) -> None:
        self.heard: list[Query] = []

    def search(self, query: Query, k: int) -> list[Hit]:
        self.heard.append(query)
        return []


def test_stores_are_told_which_words_are_names() -> None:
    store = HeardStore()
    story = indexed("Captain Osman Quill met Tobias Renn. Osman Quill left.")
    words = ("captain", "quill", "leave")
    query = Query("Did Captain Quill leave?", QUERY.vector, words, np.zeros((3, 1), np.float32))
    Retriever(story, [store]).retrieve(query)
    assert store.heard[0].names == {"quill"}
    assert store.heard[0].words == words
