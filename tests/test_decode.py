import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.decode import MAX_ANSWER, Logits, PassagePieces, Scale, Window, decode, windows

LOW = -30.0


def made(ids, starts, ends, inside):
    return PassagePieces(*map(np.array, (ids, starts, ends, inside)))


def passage(number, size, *, first=0):
    starts = [first + 10 * n for n in range(size)]
    ids = [1000 * number + n for n in range(size)]
    return made(ids, starts, [a + 9 for a in starts], [False] * size)


def story(*sizes):
    found, at = [], 0
    for number, size in enumerate(sizes):
        found.append(passage(number, size, first=at))
        at += 10 * size
    return found


def logits(window, start=(), end=(), null=0.0, answerable=0.0):
    starts = np.full(len(window.ids), LOW, np.float32)
    ends = np.full(len(window.ids), LOW, np.float32)
    for place, value in start:
        starts[place] = value
    for place, value in end:
        ends[place] = value
    return Logits(starts, ends, null, answerable)


class TestWindows:
    def test_a_short_story_is_one_window(self):
        (window,) = windows(story(5, 7, 3), 100)
        assert window.passage.tolist() == [0] * 5 + [1] * 7 + [2] * 3
        assert window.starts.tolist() == [10 * n for n in range(15)]

    def test_no_passages_no_windows(self):
        assert windows([], 100) == []
        assert windows([passage(0, 0)], 100) == []

    def test_a_passage_is_whole_in_one_window_and_windows_are_about_equal(self):
        first, second = windows(story(20, 20, 10, 20, 20), 80, overlap=15)
        assert sorted(set(first.passage.tolist())) == [0, 1, 2]
        assert sorted(set(second.passage.tolist())) == [3, 4]

    def test_a_long_passage_is_cut_with_overlap(self):
        found = windows(story(100), 50, overlap=10)
        assert [(w.starts[0] // 10, len(w.ids)) for w in found] == [(0, 50), (40, 50), (80, 20)]

    def test_a_budget_no_larger_than_the_overlap_is_refused(self):
        with pytest.raises(ValueError, match="10 pieces cannot share 10"):
            windows(story(5), 10, overlap=10)

    @given(st.lists(st.integers(0, 70), max_size=25), st.integers(30, 90), st.integers(0, 29))
    def test_every_piece_is_read_and_no_window_is_too_long(self, sizes, budget, overlap):
        found = windows(story(*sizes), budget, overlap)
        read = {int(place) for window in found for place in window.starts}
        assert read == {10 * n for n in range(sum(sizes))}
        assert all(0 < len(window.ids) <= budget for window in found)
        assert all((np.diff(window.starts) > 0).all() for window in found)


class TestDecode:
    def test_the_best_span_comes_first_with_its_story_offsets(self):
        (window,) = windows(story(4, 4), 100)
        reading = decode([window], [logits(window, [(1, 5), (5, 4)], [(2, 5), (6, 4)])], Scale())
        assert [(s.start, s.end) for s in reading.spans[:2]] == [(10, 29), (50, 69)]

    def test_no_span_crosses_a_passage(self):
        (window,) = windows(story(4, 4), 100)
        reading = decode([window], [logits(window, [(3, 9)], [(4, 9)])], Scale())
        assert all((s.start < 40) == (s.end <= 40) for s in reading.spans)

    def test_a_span_begins_and_ends_with_whole_words(self):
        pieces = made([1, 2, 3], [0, 3, 6], [3, 6, 9], [False, True, True])
        (window,) = windows([pieces], 100)
        reading = decode([window], [logits(window, [(1, 9)], [(1, 9)])], Scale())
        assert [(s.start, s.end) for s in reading.spans] == [(0, 9)]

    def test_scores_are_log_probabilities_that_add_up_to_one(self):
        (window,) = windows(story(2), 100)
        found = logits(window, [(0, 1.0), (1, 0.5)], [(0, 0.2), (1, 0.7)], null=0.4, answerable=0.3)
        reading = decode([window], [found], Scale(bias=0.1))
        raw = {(0, 9): 1.2, (0, 19): 1.7, (10, 19): 1.2}
        total = math.log(sum(map(math.exp, raw.values())))
        odds = 0.1 + 0.5 * (total - 0.4) + 0.5 * 0.3
        answered = 1 / (1 + math.exp(-odds))
        for span in reading.spans:
            expected = answered * math.exp(raw[span.start, span.end] - total)
            assert math.exp(span.score) == pytest.approx(expected, rel=1e-4)
        assert math.exp(reading.null_score) == pytest.approx(1 - answered, rel=1e-5)

    def test_a_span_read_in_two_windows_counts_once(self):
        both = windows(story(100), 60, overlap=20)
        where = [int(np.flatnonzero(w.starts == 450)[0]) for w in both]
        found = [logits(w, [(n, v)], [(n, v)]) for w, n, v in zip(both, where, (3, 4), strict=True)]
        reading = decode(both, found, Scale())
        assert [(s.start, s.end) for s in reading.spans].count((450, 459)) == 1

    def test_the_same_words_elsewhere_are_one_answer_with_both_scores(self):
        twice = [made([7, 8], [a, a + 5], [a + 4, a + 9], [False, False]) for a in (0, 10)]
        (window,) = windows(twice, 100)
        found = logits(window, [(0, 2.0), (2, 2.5)], [(0, 2.0), (2, 2.5)])
        one = decode([window], [found], Scale()).spans
        assert [(s.start, s.end) for s in one].count((10, 14)) == 1
        assert (0, 4) not in [(s.start, s.end) for s in one]
        both = math.exp(4.0) + math.exp(5.0)  # all other spans are 27 logits and more below
        odds = 0.5 * math.log(both)
        assert one[0].score == pytest.approx(-math.log1p(math.exp(-odds)), abs=1e-4)

    def test_a_window_that_answers_outweighs_one_that_does_not(self):
        pair = windows(story(30, 30), 40, overlap=5)
        found = [
            logits(pair[0], [(0, 3)], [(0, 3)], answerable=-4),
            logits(pair[1], [(9, 2)], [(9, 2)], answerable=4),
        ]
        assert decode(pair, found, Scale(window=0.0)).spans[0].start == 0
        assert decode(pair, found, Scale(window=1.0)).spans[0].start == int(pair[1].starts[9])

    def test_nothing_to_read(self):
        reading = decode([], [], Scale())
        assert reading.spans == ()
        assert reading.null_score == 0.0

    @given(st.integers(1, 80), st.integers(0, 2**32 - 1))
    def test_spans_are_ordered_short_enough_and_inside_the_story(self, size, seed):
        rng = np.random.default_rng(seed)
        found = windows(story(*[size] * 3), 90, overlap=20)
        rows = [
            Logits(
                rng.normal(0, 9, len(w.ids)).astype(np.float32),
                rng.normal(0, 9, len(w.ids)).astype(np.float32),
                float(rng.normal()),
                float(rng.normal()),
            )
            for w in found
        ]
        reading = decode(found, rows, Scale(), limit=7)
        assert 1 <= len(reading.spans) <= 7
        scores = [s.score for s in reading.spans]
        assert scores == sorted(scores, reverse=True)
        assert all(0 < s.end - s.start <= 10 * MAX_ANSWER for s in reading.spans)
        assert all(s.start // (10 * size) == (s.end - 1) // (10 * size) for s in reading.spans)
        assert sum(math.exp(v) for v in [*scores, reading.null_score]) <= 1 + 1e-6


def test_a_window_has_one_entry_a_piece():
    (window,) = windows(story(3, 2), 100)
    assert isinstance(window, Window)
    assert {len(getattr(window, name)) for name in Window.__slots__} == {5}
