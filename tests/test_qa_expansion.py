"""Names beside the roles of a question, for searching."""

from __future__ import annotations

import pytest
from qa_texts import indexed

from index.build import build_index
from index.encoder import Encoder
from index.stories import make_story
from qa.agent import StoryAgent
from qa.facts.expansion import expanded
from qa.facts.participants import Known

STORY = (
    "Anna Holm is the captain of the ferry. "
    "The pilot, Hugo Brandt, cannot swim. "
    "Ida Moe, the cook, wept. "
    "Nils Aho, another cook, slept. "
    "The harbour was quiet. "
    "Anna Holm hid the money beneath a loose board. "
    "A captain must never sleep, said the old song."
)


@pytest.fixture(scope="module")
def known() -> Known:
    index = indexed(STORY)
    return Known(index.cast, index.parses)


@pytest.mark.parametrize(
    ("question", "searched"),
    [
        ("Where did the captain hide it?", "Where did the captain Anna Holm hide it?"),
        ("Can the old pilot swim?", "Can the old pilot Hugo Brandt swim?"),
        ("What is the captain's secret?", "What is the captain Anna Holm's secret?"),
    ],
)
def test_the_name_of_the_only_one_with_a_role(known: Known, question: str, searched: str) -> None:
    assert expanded(question, known) == searched


@pytest.mark.parametrize(
    "question",
    [
        "What did the cook do?",  # two are
        "What did the sailor do?",  # nobody is
        "What did a captain do?",  # not this one
        "Did the captain, Anna, sleep?",  # named already
        "What did the captain-general do?",
    ],
)
def test_a_question_stays_where_no_name_is_meant(known: Known, question: str) -> None:
    assert expanded(question, known) == question


def test_what_is_told_of_a_name_is_found_by_the_role(encoder: Encoder) -> None:
    index = build_index(make_story("ferry", f"{STORY} The pilot hid a rope."), encoder)
    answer = StoryAgent(index, encoder).ask("What did the captain hide?")
    assert answer.passages[0].passage.text.startswith("Anna Holm hid")
    assert answer.interpreted_as is None
