import random

import pytest

from qa.train.data import Document, Example, tell_sentences
from qa.train.negatives import alter, names, oppose, roles
from qa.train.targets import lcs, overlap, targets

TEXT = (
    "Oskar Blom sold his boat. Then Oskar Blom bought a grey mule from the miller. The mule, said "
    "Ingrid, was lame. Later, in Dorvik, Ingrid sued the miller and the king freed Oskar Blom."
)


def example(question, *answers, spans=(), text=TEXT, region=None):
    document = Document("d", text, tell_sentences(text))
    return Example(question, document, answers, region or (0, len(text)), spans)


def found(e):
    return [(e.document.text[t.start : t.end], t.weight) for t in targets(e)]


def test_lcs_by_hand():
    assert lcs(["a", "b", "c", "d"], ["b", "x", "d", "a"]) == 2
    assert lcs([], ["a"]) == 0


def test_overlap_is_the_f1_of_the_common_subsequence():
    assert overlap(["the", "grey", "mule"], ["a", "grey", "mule"]) == pytest.approx(4 / 6)
    assert overlap(["a"], ["b"]) == 0.0


def test_the_span_that_says_the_answer_is_best():
    best, weight = found(example("What did Oskar buy?", "He bought a grey mule"))[0]
    assert best == "bought a grey mule"
    assert weight == 1.0


def test_of_equal_spans_that_near_the_question_words_weighs_more():
    rain = "It rained on the flat roofs of the town for days. " * 6
    text = f"Jon stole a mule. {rain}Jon stole the bell. {rain}Jon came."
    e = example("Who stole the bell?", "Jon", text=text)
    best, other = targets(e)  # the third is near none of the question's words
    assert (best.start, best.weight) == (text.index("Jon stole the"), 1.0)
    assert other.start == 0
    assert other.weight == pytest.approx((0.3 + 0.7 / 2) / 1)


def test_no_span_crosses_a_sentence():
    e = example("What?", "his boat then Oskar Blom bought")
    ends = [end for _, end in e.document.sentences]
    assert targets(e)
    for t in targets(e):
        assert not any(t.start < end < t.end for end in ends)


def test_an_answer_that_the_text_does_not_hold_has_no_target():
    assert found(example("How did he feel?", "unhappy")) == []
    assert found(example("How did he feel?", "...")) == []


def test_only_the_region_is_searched():
    e = example("Who?", "miller", region=(80, len(TEXT)))
    assert all(t.start >= 80 for t in targets(e))


def test_marked_spans_are_taken_and_cut_at_the_sentence():
    start = TEXT.index("boat")
    e = example("?", "x", spans=((start, start + 4), (start - 4, start + 7)))
    assert found(e) == [("his boat.", 1.0), ("boat", 1.0)]


def test_names_and_roles_of_a_text():
    assert names(TEXT) == ("Ingrid", "Dorvik", "Oskar Blom")
    assert roles(TEXT) == ("miller", "king")


def test_a_name_gives_way_to_another_of_the_story():
    document = example("?").document
    for seed in range(10):
        text = alter("Why did Oskar Blom sell his boat?", document, (), random.Random(seed))
        assert text.startswith("Why did ")
        assert text.endswith(" sell his boat?")
        assert "Oskar" not in text
        assert "Blom" not in text


def test_two_names_change_places_unless_that_is_as_true():
    text = "He saw Ann and Bob. In May, Ann hit Bob, and later Cyril came."
    document = Document("d", text, tell_sentences(text))
    made = {alter("Why did Ann hit Bob?", document, (), random.Random(s)) for s in range(20)}
    assert "Why did Bob hit Ann?" in made
    made = {alter("When did Ann marry Bob?", document, (), random.Random(s)) for s in range(20)}
    assert "When did Bob marry Ann?" not in made


def test_a_role_gives_way_to_another():
    document = example("?").document
    assert alter("Why was the king kind?", document, (), random.Random(0)) == (
        "Why was the miller kind?"
    )


def test_what_the_answer_holds_is_not_put_into_the_question():
    document = example("?").document
    assert alter("Whom did the king free?", document, ("the miller",), random.Random(0)) is None


def test_a_question_without_names_or_roles_stays():
    assert alter("What happened?", example("?").document, (), random.Random(0)) is None


def test_a_word_turns_into_its_opposite_or_a_number_into_another():
    made = {oppose("Who was the oldest of 12 sons?", random.Random(s)) for s in range(40)}
    assert "Who was the youngest of 12 sons?" in made
    numbers = {int(text.split()[5]) for text in made if "oldest" in text}
    assert numbers
    assert 12 not in numbers
    assert oppose("Where did it happen before?", random.Random(0)) == "Where did it happen after?"


def test_a_question_without_opposites_or_numbers_stays():
    assert oppose("Why did Ann hit Bob?", random.Random(0)) is None
