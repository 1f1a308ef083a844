from __future__ import annotations

import re

import numpy as np
import pytest
from conftest import LetterEncoder
from hypothesis import given, settings
from hypothesis import strategies as st
from qa_texts import indexed

from index.errors import PointError
from index.persist import StoryIndex
from index.query import make_query
from index.view import first_passages, passages_up_to, up_to

STORY = """\
Tobias kept bees in Hask. He sold the honey. One day the bees flew away.

Greta, a weaver, found them in her attic. Later Tobias Renn, for that was his name, thanked her. \
She kept “the old queen” and he took the swarm\
"""


@pytest.fixture(scope="module")
def index() -> StoryIndex:
    return indexed(STORY)


@pytest.mark.parametrize(
    ("point", "count"),
    [
        ("1", 1),
        ("6", 6),
        ("100%", 6),
        ("99.9%", 5),
        ("40 %", 3),
        ("12,5%", 1),
        ("bees", 1),
        ("The HONEY!", 2),
        ("greta a weaver", 4),
        ("“bees flew away.” Greta", 4),
        ("the old queen", 6),
    ],
)
def test_how_far_a_point_reaches(index: StoryIndex, point: str, count: int) -> None:
    assert len(index.passages) == 6
    assert passages_up_to(index, point) == count


@pytest.mark.parametrize(
    ("point", "message"),
    [
        ("0%", "'0%' is no part of a story; give a percentage"),
        ("101%", "'101%' is no part of a story"),
        ("-5%", "'-5%' is no part of a story"),
        ("2%", "no sentence ends within '2%' of the story, the first at 11.6%"),
        ("0", "no passage number '0': the story has passages 1 to 6; give"),
        ("7", "no passage number '7'"),
        ("-1", "no passage number '-1'"),
        ("9" * 5000, "do not stand in the story"),
        ("the young queen", "the words 'the young queen' do not stand in the story; give"),
        ("oney", "the words 'oney' do not"),
        ("", "the words '' do not"),
        ("…\n!", "do not stand in the story"),
    ],
)
def test_a_point_that_is_none_is_refused_in_one_line(
    index: StoryIndex, point: str, message: str
) -> None:
    with pytest.raises(PointError) as caught:
        up_to(index, point)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 300


@settings(max_examples=30, deadline=None)
@given(st.text() | st.from_regex(r"[0-9]{1,3}%?", fullmatch=True))
def test_whatever_is_given_is_a_point_or_refused(index: StoryIndex, point: str) -> None:
    try:
        count = passages_up_to(index, point)
    except PointError as error:
        message, count = str(error), 1
    else:
        message = ""
    assert "\n" not in message
    assert 1 <= count <= len(index.passages)


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5])
def test_what_comes_later_is_in_no_part_of_the_view(index: StoryIndex, count: int) -> None:
    view = first_passages(index, count)
    end = index.passages[count - 1].end
    assert view.story.text == STORY[:end]
    assert view.passages == index.passages[:count]
    assert (
        len(view.parses) == len(view.dense) == len(view.lexical) == len(view.associative) == count
    )
    assert np.array_equal(view.dense.vectors(range(count)), index.dense.vectors(range(count)))
    later = set(re.findall(r"\w+", STORY[end:])) - set(re.findall(r"\w+", STORY[:end]))
    said = {word for tokens in view.parses for t in tokens for word in t.refers_to.split()}
    said |= {word for c in view.cast.characters for a in c.aliases for word in a.split()}
    assert not said & later
    query = make_query(f"Who is Greta the weaver, Tobias Renn? {' '.join(later)}", LetterEncoder())
    for store in (view.dense, view.lexical, view.associative):
        assert all(hit.passage_id < count for hit in store.search(query, 100))
    assert not {word.lower() for word in later} & view.lexical.vocabulary


def test_a_name_that_is_told_later_is_not_used_before(index: StoryIndex) -> None:
    def meant(found: StoryIndex) -> str:
        return next(t.refers_to for t in found.parses[1] if t.text == "He")

    assert meant(index) == "Tobias Renn"
    assert meant(first_passages(index, 4)) == "Tobias"
    assert meant(first_passages(index, 5)) == "Tobias Renn"
    assert [c.name for c in first_passages(index, 3).cast.characters] == ["Tobias"]


def test_words_are_searched_with_the_embeddings_that_there_are(index: StoryIndex) -> None:
    view = first_passages(index, 2)
    fresh = indexed(view.story.text)
    query = make_query("Who keeps honeybees?", LetterEncoder())
    assert view.associative.search(query, 9) == pytest.approx(fresh.associative.search(query, 9))
    assert view.lexical.search(query, 9) == fresh.lexical.search(query, 9)


def test_the_whole_story_is_the_index_itself(index: StoryIndex) -> None:
    assert up_to(index, "100%") is index
    assert first_passages(index, 99) is index


def test_a_story_of_stop_words_has_a_view() -> None:
    view = first_passages(indexed("It was. She had been there."), 1)
    assert view.associative.search(make_query("who was", LetterEncoder()), 5) == []
    assert len(view.associative) == 1
