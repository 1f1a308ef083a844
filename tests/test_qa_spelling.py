from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qa_texts import indexed

from index.persist import StoryIndex
from qa.spelling import Speller

STORY = """\
In Velmora the baker Tobias Renn met Min-jae Orr (Dan Reyes), a sailor. Marta Holm, the wife of \
Tobias, sold him three loaves. Yesterday Katherine Pell came to Velmora. Min-jae sailed away, and \
Tobias Renn wept. Then Marta sang to Katherine. Isa Quill heard Marta. Isa laughed.\
"""


@pytest.fixture(scope="module")
def story() -> StoryIndex:
    return indexed(STORY)


@pytest.fixture(scope="module")
def speller(story: StoryIndex) -> Speller:
    return Speller(story)


def test_the_story_has_the_names_that_these_tests_rest_on(story: StoryIndex) -> None:
    assert {c.name for c in story.cast.characters} == {
        "Tobias Renn", "Min-jae Orr", "Marta Holm", "Katherine Pell", "Isa Quill",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        # A slip of the pen.
        ("What did Tobyas bake?", "What did Tobias bake?"),
        ("What did Tobais bake?", "What did Tobias bake?"),
        ("What is Tobbias's trade?", "What is Tobias's trade?"),
        ("What is Kathrine’s trade?", "What is Katherine’s trade?"),
        ("What did Katehrine do?", "What did Katherine do?"),
        ("Who is Marrta Holm?", "Who is Marta Holm?"),
        ("Who is Martha?", "Who is Marta?"),
        ("Did Tobyas meet Katharine?", "Did Tobias meet Katherine?"),
        ("What did Tobas bake?", "What did Tobias bake?"),
        # Another spelling.
        ("Who is minjae?", "Who is Min-jae?"),
        ("Who is Min Jae?", "Who is Min-jae?"),
        ("Did Tobias meet MinJae Orr?", "Did Tobias meet Min-jae Orr?"),
        ("Min jae?", "Min-jae?"),
    ],
)
def test_a_misspelt_name_is_put_right(speller: Speller, asked: str, meant: str) -> None:
    assert speller.respelled(asked) == meant


@pytest.mark.parametrize(
    "asked",
    [
        # As the story has it, whatever the capitals.
        "Who is Tobias Renn?", "who is tobias?", "Who is MIN-JAE?", "Where did the Bakers go?",
        "What is Marta's trade?",
        # Somebody else.
        "Who is Maria Holm?", "Did Martin come?", "Who is Tobin?", "Who is Renner?",
        "Did Catherine come?", "Who is Mart?", "Who is Holms?", "Did Orri come?", "Who is Belmora?",
        # Ordinary words, a question's first, and no words at all.
        "Is a sailor there?", "was is a fool?", "Marte is who?", "the smarta one", "Who is tobyas?",
        "", "?", "Who?", "What did Velmorra sell?",
    ],
)  # fmt: skip
def test_everything_else_is_left_as_it_is(speller: Speller, asked: str) -> None:
    assert speller.respelled(asked) is None


def test_who_plays_a_character_is_none_to_find(speller: Speller) -> None:
    assert speller.respelled("Who is Reyess?") is None


def test_a_word_near_two_characters_is_left() -> None:
    speller = Speller(indexed("Brannon met Brennan. Brannon wept. Then Brennan left with Brannon."))
    assert speller.respelled("Did Branan weep?") is None


def test_a_story_without_names_corrects_nothing() -> None:
    assert Speller(indexed("It rained on the roof.")).respelled("Who is Tobyas?") is None


@settings(max_examples=80, deadline=None)
@given(st.lists(st.sampled_from("Tobyas Min jae Marta is a ' ’s - — ( Isa x".split()) | st.text()))
def test_a_question_put_right_stays_so(speller: Speller, words: list[str]) -> None:
    text = " ".join(words)
    found = speller.respelled(text)
    assert found != text
    if found is not None:
        assert speller.respelled(found) is None


def test_a_name_that_ends_in_a_full_stop_is_left_alone() -> None:
    junior = Speller(indexed("Ned Hale Jr. ran home. Then Hale Jr. slept, and Ned Hale Jr. woke."))
    assert junior.respelled("Who woke Hale Jr.?") is None
    assert junior.respelled("Who woke Hale Jr?") is None
