"""Claims about what somebody is or has, and what a story tells of it in its noun phrases."""

from __future__ import annotations

import pytest

from index.coreference import story_cast
from index.passages import split
from index.stories import make_story
from qa.facts.claim import claimed
from qa.facts.premise import Finding, found
from qa.facts.table import FactTable
from qa.question import analyse

STORY = (
    "A poor cooper owned a clever parrot called Pim. "
    "Clara Voss, the glazier's daughter, was away on a long journey. "
    "The cooper sold the lantern, which Clara mended in the attic. "
    "The sleepy watchman with two keys met Clara at the well. "
    "There was a wide moat round the tower. "
    "The tower had no roof. "
    "Clara's uncle is afraid of dogs. "
    "Clara and the watchman were tired."
)


@pytest.fixture(scope="module")
def table() -> FactTable:
    _, parses = split(make_story("tower", STORY))
    return FactTable(parses, story_cast(parses))


def finding(question: str, table: FactTable) -> Finding:
    return found(claimed(analyse(question), table), table)


@pytest.mark.parametrize(
    ("question", "verdict"),
    [
        ("Was the cooper poor?", "yes"),
        ("Was the watchman sleepy?", "yes"),
        ("Was the watchman poor?", None),  # the cooper may not be the only one
        ("Was Pim clever?", "yes"),  # the parrot
        ("Was the parrot clever?", "yes"),
        ("Did the watchman have two keys?", "yes"),
        ("Does Clara have an uncle?", "yes"),
        ("Does the watchman have an uncle?", None),
        ("Was Clara on a journey?", "yes"),
        ("Is Clara's uncle afraid of dogs?", "yes"),
        ("Is Clara the glazier's daughter?", "yes"),
        ("Is Clara the cooper's daughter?", "no"),
        ("Was there a moat round the tower?", "yes"),
        ("Was there a roof?", "no"),
        ("Was there a bridge?", None),
        ("Did Clara mend the lantern?", "yes"),  # "which" stands for it
        ("Did Clara meet the watchman?", "yes"),  # each meets the other
        ("Were Clara and the watchman tired?", "yes"),
    ],
)
def test_what_noun_phrases_tell(question: str, verdict: str | None, table: FactTable) -> None:
    assert finding(question, table).verdict == verdict
