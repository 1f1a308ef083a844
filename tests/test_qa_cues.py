from __future__ import annotations

import pytest
from qa_texts import indexed

from index.persist import StoryIndex
from qa.cues import place_bonus
from qa.question import analyse

GAIN = 0.35
LINES = [
    "The road was long.",
    "A cart came by.",
    "Sera Quill drove the cart.",
    *(f"The {word} mile was hard." for word in "first second third fourth fifth".split()),
    "Old Benno Ruud sat beside Sera Quill.",
    *(f"The {word} mile was dry." for word in "sixth seventh eighth ninth tenth".split()),
    "They came to the sea.",
    "The sea was calm.",
    "Nobody spoke.",
]


@pytest.fixture(scope="module")
def index() -> StoryIndex:
    found = indexed(" ".join(LINES))
    assert [p.text for p in found.passages] == LINES
    return found


def gains(question: str, index: StoryIndex) -> dict[int, float]:
    return place_bonus(analyse(question), index)


@pytest.mark.parametrize(
    "question",
    [
        "What happens at the end?",
        "What do they do in the very end?",
        "How does the story end?",
        "Where do they end up?",
        "What do they finally see?",
        "What is the last scene about?",
    ],
)
def test_the_end_is_the_last_eighth(question: str, index: StoryIndex) -> None:
    # 17 passages: a reach of 2.04, so the last three.
    assert gains(question, index) == {14: GAIN, 15: GAIN, 16: GAIN}


@pytest.mark.parametrize(
    "question",
    [
        "What happens in the beginning?",
        "What came by at first?",
        "How does the tale begin?",
        "What does the opening scene show?",
    ],
)
def test_the_beginning_is_the_first_eighth(question: str, index: StoryIndex) -> None:
    assert gains(question, index) == {0: GAIN, 1: GAIN, 2: GAIN}


def test_a_question_may_point_to_both(index: StoryIndex) -> None:
    asked = "What was long in the beginning and calm at the end?"
    assert gains(asked, index).keys() == {0, 1, 2, 14, 15, 16}


@pytest.mark.parametrize(
    ("question", "row"), [("Who is Sera Quill?", 2), ("who was benno?", 8), ("Who is Ruud?", 8)]
)
def test_who_is_points_to_the_first_passage_with_the_name(
    question: str, row: int, index: StoryIndex
) -> None:
    assert gains(question, index) == {row: GAIN}


@pytest.mark.parametrize(
    "question",
    [
        "Who is Ottoline?",  # nobody of that name
        "Who drove Sera Quill's cart?",  # not who-is
        "Who mended the road?",
        "Where does the fifth mile end?",
        "What did they spend?",
    ],
)
def test_other_questions_point_nowhere(question: str, index: StoryIndex) -> None:
    assert gains(question, index) == {}


def test_in_a_story_of_one_passage_all_cues_point_to_it() -> None:
    assert gains("What happens at the end?", indexed("It rained.")) == {0: GAIN}
