"""Yes or no where one of the roles is open, or where only the order of the words tells them."""

from __future__ import annotations

import pytest

from index.coreference import story_cast
from index.passages import split
from index.records import Token
from index.stories import make_story
from qa.facts.claim import claimed
from qa.facts.qualities import qualities
from qa.facts.support import LIKELY, POSSIBLE, Support, supported
from qa.facts.table import FactTable
from qa.question import analyse

STORY = (
    "The fox met the hen at the mill. "
    "The hen found the lantern, and the fox broke it. "
    "The goose chased the fox. "
    "The miller wept, and then he sold a barrel. "
    "Ada Lund hired Bruno Falk. "
    "Bruno loves Ada. "
    "Clara Moss slept."
)


def table_of(text: str) -> FactTable:
    _, parses = split(make_story("x", text))
    return FactTable(parses, story_cast(parses))


@pytest.fixture(scope="module")
def table() -> FactTable:
    return table_of(STORY)


def support(question: str, table: FactTable) -> Support | None:
    claim = claimed(analyse(question), table)
    return supported(claim, table) if claim else None


@pytest.mark.parametrize(
    ("question", "verdict", "level", "contrast"),
    [
        ("Did the fox break the lantern?", "yes", LIKELY, False),  # "it"
        ("Did the miller sell a barrel?", "yes", LIKELY, False),  # "he"
        ("Did the fox chase the goose?", "no", POSSIBLE, True),  # roles changed round
        ("Did Ada hire Clara?", "no", POSSIBLE, True),  # another of the same kind
        ("Did the hen break the lantern?", "no", POSSIBLE, True),  # the fox, who met the hen
    ],
)
def test_what_is_likely(
    question: str, verdict: str, level: float, contrast: bool, table: FactTable
) -> None:
    found = support(question, table)
    assert found is not None
    assert (found.verdict, found.level, found.contrast) == (verdict, level, contrast)


@pytest.mark.parametrize(
    "question",
    [
        "Did the miller chase the fox?",  # no clause sets the miller apart from the goose
        "Did the fox sell a barrel?",  # "he" is the miller
        "Did the hen marry the fox?",
        "Does Bruno love Clara?",  # he may, too
        "Did the lantern shine?",
    ],
)
def test_what_is_left_open(question: str, table: FactTable) -> None:
    assert support(question, table) is None


def tagged_amiss(text: str, word: str) -> FactTable:
    """Return the facts of `text` where the parser took the verb `word` for a noun."""
    _, parses = split(make_story("x", text))
    spoilt = [
        [
            Token(t.text, word, "NOUN", "NNS", "ROOT", t.head, t.ent, t.start, t.end)
            if t.lemma == word
            else t
            for t in tokens
        ]
        for tokens in parses
    ]
    return FactTable(spoilt, story_cast(spoilt))


def test_the_order_of_the_words_tells_the_roles() -> None:
    table = tagged_amiss("Ada Lund hires Bruno Falk. Clara Moss slept.", "hire")
    forwards = support("Did Ada hire Bruno?", table)
    turned = support("Did Bruno hire Ada?", table)
    assert forwards is not None
    assert turned is not None
    assert (forwards.verdict, forwards.contrast) == ("yes", False)
    assert (turned.verdict, turned.contrast) == ("no", True)
    assert support("Did Clara hire Bruno?", table) is None


def test_the_order_of_the_words_is_not_trusted_where_it_may_be_denied() -> None:
    table = tagged_amiss("Ada Lund never hires Bruno Falk.", "hire")
    assert support("Did Ada hire Bruno?", table) is None


def test_qualities_that_decide_on_another() -> None:
    found = dict(qualities("furious"))
    assert found == {"angri": False, "enrag": False}
    assert dict(qualities("blue"))["red"] is True
    assert dict(qualities("round")) == {}
