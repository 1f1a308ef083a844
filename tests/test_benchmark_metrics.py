"""The benchmarks' metrics against values computed by hand."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.best_spans import CAPTION, ROUGE, ROUGE_STEMMED, Measure, Word, best_spans, words_in
from eval.caption_metrics import (
    bleu,
    bleu_counts,
    caption_rouge_l,
    lcs_length,
    treebank_words,
)
from eval.squad_metrics import best_threshold, squad_em, squad_f1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("THE ACTOR", ["the", "actor"]),
        ("By night.", ["by", "night"]),
        ("By night .", ["by", "night"]),
        ("Bessy's mill", ["bessy", "s", "mill"]),
        ("Bessy s mill", ["bessy", "s", "mill"]),
        ("He didn't.", ["he", "did", "n't"]),
        ("Mr. Tam left. He ran!", ["mr.", "tam", "left", ".", "he", "ran"]),
        ('In 1850. "Yes." So', ["in", "1850", ".", "``", "yes", ".", "''", "so"]),
        ("bread, salt, and oil", ["bread", ",", "salt", ",", "and", "oil"]),
        ("...", []),
        ("", []),
    ],
)
def test_treebank_words(text: str, words: list[str]):
    assert treebank_words(text) == words


def test_lcs_length():
    assert lcs_length(["a", "b", "c", "d"], ["b", "x", "d"]) == 2
    assert lcs_length([], ["a"]) == 0


def test_caption_rouge_l_of_one_reference():
    # LCS "the mill": precision 2/4, recall 2/2; 2.44 * .5 / (1 + 1.44 * .5).
    value = caption_rouge_l(["the", "old", "grey", "mill"], [["the", "mill"]])
    assert value == pytest.approx(1.22 / 1.72)


def test_caption_rouge_l_takes_precision_and_recall_from_different_references():
    # Precision 3/4 from the second, recall 1/1 from the first.
    value = caption_rouge_l(["a", "b", "c", "d"], [["a"], ["a", "b", "c", "x", "y", "z"]])
    assert value == pytest.approx(2.44 * 0.75 / (1 + 1.44 * 0.75))


def test_caption_rouge_l_without_words_or_without_a_match_is_zero():
    assert caption_rouge_l([], [["a"]]) == 0
    assert caption_rouge_l(["a"], [[]]) == 0
    assert caption_rouge_l(["a"], [["b"], ["c"]]) == 0
    assert caption_rouge_l(["a"], [[], ["a"]]) == pytest.approx(1)


def test_bleu_clips_matches_and_multiplies_precisions():
    counts = bleu_counts(["the", "the", "cat", "sat"], [["the", "cat", "sat", "down"]])
    assert counts.tolist() == [3, 2, 1, 0, 4, 3, 2, 1, 4, 4]
    assert bleu(counts, 1) == pytest.approx(3 / 4)
    assert bleu(counts, 2) == pytest.approx(math.sqrt(3 / 4 * 2 / 3))
    assert bleu(counts, 3) == pytest.approx((3 / 4 * 2 / 3 * 1 / 2) ** (1 / 3))
    assert bleu(counts, 4) < 1e-3


def test_bleu_counts_take_the_reference_that_has_an_ngram_most_and_the_nearest_length():
    counts = bleu_counts(["a", "a", "b"], [["a"], ["a", "a", "c", "c", "c"]])
    assert counts.tolist() == [
        2,
        1,
        0,
        0,
        3,
        2,
        1,
        0,
        3,
        1,
    ]  # 1 and 5 are equally near: the shorter


def test_bleu_adds_up_over_answers_and_punishes_brevity():
    one = bleu_counts(["a", "b"], [["a", "b", "c", "d"]])
    two = bleu_counts(["x"], [["y", "z"]])
    # 2 of 3 words match; 3 words against 6.
    assert bleu(one + two, 1) == pytest.approx(2 / 3 * math.exp(1 - 6 / 3))
    assert bleu(one, 1) == pytest.approx(math.exp(1 - 4 / 2))


def test_squad_em_and_f1_as_the_official_script():
    assert squad_em("The old mill!", ["old mill"]) == 1
    assert squad_em("mill", ["old mill", "barn"]) == 0
    # "old mill" and "grey old mill": 2 words shared of 2 and 3.
    assert squad_f1("the old mill", ["barn", "grey old mill"]) == pytest.approx(4 / 5)


def test_squad_declining_is_right_only_without_an_answer():
    assert (squad_em("", []), squad_f1("", [])) == (1, 1)
    assert (squad_em("mill", []), squad_f1("mill", [])) == (0, 0)
    assert (squad_em("", ["mill"]), squad_f1("", ["mill"])) == (0, 0)
    assert squad_em("mill", ["the", "mill"]) == 1  # "the" normalises to nothing: left out


def threshold(scores: list[float], confidence: list[float], answerable: list[int]):
    given_ = np.ones(len(scores), dtype=bool)
    return best_threshold(
        np.array(scores), np.array(confidence), np.array(answerable, bool), given_
    )


def test_best_threshold_by_hand():
    # Declining all gives 2 of 4. Answering down to .8: 2 + 1 = 3; down to .6: 2; down to .4: 2.5.
    value, least = threshold([1, 0, 0.5, 0], [0.8, 0.6, 0.4, 0.2], [1, 0, 1, 0])
    assert (value, least) == (pytest.approx(3 / 4), pytest.approx(0.8))


def test_best_threshold_takes_equal_confidence_together_and_may_decline_everything():
    value, least = threshold([1, 0], [0.5, 0.5], [1, 0])
    assert (value, least) == (0.5, math.inf)
    assert threshold([1, 1], [0.9, 0.1], [1, 1]) == (1, pytest.approx(0.1))


def test_best_threshold_does_not_punish_what_was_declined_anyway():
    value, _ = best_threshold(
        np.array([0.0, 1.0]), np.array([0.9, 0.5]), np.array([False, True]), np.array([False, True])
    )
    assert value == 1


def spans(text: str, *references: str, measure: Measure = ROUGE) -> list[tuple[str, float]]:
    wanted = [[word.text for word in measure.words(r)] for r in references]
    found = best_spans(measure.words(text), wanted, measure)
    return [(text[s.start : s.end], round(s.score, 4)) for s in found]


def test_best_span_bridges_a_word_where_that_pays():
    text = "Tam kept the old, grey mill by the sea."
    assert spans(text, "the grey mill") == [("the old, grey mill", round(6 / 7, 4))]
    assert spans("the a b c d e mill", "the mill") == [("the", 0.6667), ("mill", 0.6667)]


def test_best_spans_are_all_of_them_and_none_without_a_shared_word():
    assert spans("A bell, and a Bell.", "bell") == [("bell", 1.0), ("Bell", 1.0)]
    assert spans("A bell.", "fox") == []
    assert spans("A bell.", "") == []
    assert spans("", "bell") == []


def test_best_span_stems_only_when_asked():
    assert spans("She was singing songs.", "sing a song", measure=ROUGE) == []
    assert spans("She was singing songs.", "sing a song", measure=ROUGE_STEMMED) == [
        ("singing songs", 0.8)
    ]


def test_best_span_for_captions_is_at_most_thirty_words():
    text = " ".join(["x", *["w"] * 28, "y", "z"])
    assert [len(found.split()) for found, _ in spans(text, text, measure=CAPTION)] == [30, 30]


def test_best_span_for_captions_is_scored_as_the_metric_scores_it():
    text = "Mr. Tam didn't burn it. Bessy's lamp fell."
    ((found, score),) = spans(text, "her lamp", "Bessy s lamp", measure=CAPTION)
    assert found == "Bessy's lamp"
    wanted = [treebank_words("her lamp"), treebank_words("Bessy s lamp")]
    assert score == round(caption_rouge_l(treebank_words(found), wanted), 4)


def test_words_in_stand_where_they_say():
    text = 'Mr. Tam said: "I can\'t." İn 1850, he left the U.S. He ran.'
    for word in words_in(text):
        assert text[word.start : word.end].lower() in (word.text, '"')


word_lists = st.lists(st.sampled_from("abcd"), max_size=8)


@given(word_lists, st.lists(word_lists, min_size=1, max_size=2))
def test_best_spans_find_what_trying_all_finds(text: list[str], references: list[list[str]]):
    words = [Word(w, n, n + 1) for n, w in enumerate(text)]
    tried = {
        (a, b): caption_rouge_l(text[a:b], references)
        for a in range(len(text))
        for b in range(a + 1, len(text) + 1)
    }
    best = max(tried.values(), default=0.0)
    found = best_spans(words, references, CAPTION)
    assert bool(found) == (best > 0)
    for span in found:
        assert tried[span.start, span.end] == pytest.approx(best)
        assert span.score == pytest.approx(best)
    ends = [(a, b) for (a, b), s in tried.items() if best and s > best - 1e-9]
    assert {(s.start, s.end) for s in found} == set(ends)
