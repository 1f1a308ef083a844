import random

import pytest

from qa.train.polar import polar, wrong_answer


@pytest.mark.parametrize(
    ("question", "answer", "expected"),
    [
        ("Who stole the hen?", "the fox", "Did the fox steal the hen?"),
        ("who chases the cat", "the dog.", "Did the dog chase the cat?"),
        ("Who was Bob's wife?", "Mary", "Was Mary Bob's wife?"),
        ("What is the name of the boat?", "Swallow", "Is the name of the boat Swallow?"),
        ("Where did the miller go?", "to the mill", "Did the miller go to the mill?"),
        ("How did he get out?", "by climbing", "Did he get out by climbing?"),
        ("How did she feel?", "tired", "Did she feel tired?"),
        ("Why did they leave?", "it rained", "Did they leave because it rained?"),
        ("Why did they leave?", "to eat", "Did they leave to eat?"),
    ],
)
def test_question_and_answer_make_a_yes_no_question(question, answer, expected):
    assert polar(question, answer) == expected


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("What did the girl do?", "ran away"),
        ("What happened in the end?", "he died"),
        ("How did he get out?", "he climbed"),
        ("Which door was open?", "the red one"),
        ("Who stole the hen?", " "),
        ("Where did he go?", "to the " + "very " * 12 + "old mill"),
    ],
)
def test_where_that_would_be_unclear_there_is_none(question, answer):
    assert polar(question, answer) is None


def test_a_wrong_answer_is_one_to_a_question_that_begins_alike():
    others = [
        ("Who left?", "the fox"),
        ("Who came?", "a red fox"),
        ("Where did he go?", "to the mill"),
        ("Who slept?", "the cook"),
    ]
    rng = random.Random(0)
    drawn = {wrong_answer("Who stole it?", ["the fox"], others, rng) for _ in range(20)}
    assert drawn == {"the cook"}


def test_no_wrong_answer_that_the_question_names():
    others = [("Who slept?", "the cook")]
    assert wrong_answer("Who saw the cook?", ["Al"], others, random.Random(0)) is None
