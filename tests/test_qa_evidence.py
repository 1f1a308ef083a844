"""What speaks for an answer: ranking passages by retrieval and reading together."""

from __future__ import annotations

import math

import pytest
from qa_texts import indexed

from index.records import Passage
from qa.evidence import features, mistaken, reranked
from qa.facts.table import FactTable
from qa.question import analyse
from qa.records import Reading, Retrieved, Span

TEXT = "Ida rowed home. Bo slept. The mill burned."
PLACES = ((0, 15), (16, 25), (26, 42))


def found(*scores: float) -> list[Retrieved]:
    return [
        Retrieved(n + 1, Passage(n, "s", TEXT[a:b], a, b), score)
        for n, ((a, b), score) in enumerate(zip(PLACES, scores, strict=False))
    ]


def test_a_passage_rises_by_what_was_read_in_it() -> None:
    reading = Reading(
        (Span(26, 42, math.log(0.5)), Span(30, 34, math.log(0.1)), Span(0, 3, math.log(0.2))), -2.0
    )
    rows = reranked(found(0.6, 0.5, 0.4), reading, 1.0)
    assert [row.passage.passage_id for row in rows] == [2, 0, 1]
    assert [row.rank for row in rows] == [1, 2, 3]
    assert [row.score for row in rows] == pytest.approx(
        [(0.4 + 0.75) / 2, (0.6 + 0.25) / 2, 0.5 / 2]
    )


def facts(text: str) -> FactTable:
    index = indexed(text)
    return FactTable(index.parses, index.cast)


@pytest.mark.parametrize(("reading", "share"), [(Reading((), 0.0), 1.0), (None, 0.0)])
def test_without_reading_or_share_the_order_stays(reading: Reading | None, share: float) -> None:
    rows = found(0.6, 0.5, 0.4)
    assert reranked(rows, reading or Reading((Span(26, 42, 0.0),), -2.0), share) == rows


def test_likely_spans_rank_the_passages_where_there_are_some() -> None:
    reading = Reading((Span(0, 3, -0.1),), -2.0, likely=(Span(16, 18, -0.5),))
    assert reranked(found(0.5, 0.4, 0.3), reading, 1.0)[0].passage.passage_id == 1


def test_the_features_are_of_the_best_span_and_its_passage() -> None:
    reading = Reading((Span(26, 42, -0.5), Span(0, 3, -2.0)), -1.0, {"ruled": 0.7})
    assert features(reading, found(0.6, 0.5, 0.4), -1.0, 1_000) == {
        "ruled": 0.7,
        "score": -0.5,
        "mass": -0.5,
        "null": -1.0,
        "retrieved": 0.4,
        "premise": -1.0,
        "length": 0.0,
    }


def test_without_a_span_the_null_answer_is_the_best() -> None:
    assert features(Reading((), -0.2), found(0.6), 0.0, 0) == {
        "score": -0.2,
        "mass": -0.2,
        "null": -0.2,
        "retrieved": 0.0,
        "premise": 0.0,
        "length": math.log(0.001),
    }


@pytest.mark.parametrize(
    ("asked", "text", "said", "expected"),
    [
        ("How old is Bo?", "Bo left after nine years of service.", "nine years", True),
        ("How old is Bo?", "Bo, nine years old, left.", "nine years", False),
        ("How old is Bo?", "Bo is seventy-four.", "seventy-four", False),
        ("How old was Bo when he left?", "Bo left at the age of nine years.", "nine years", False),
        ("How long did Bo serve?", "Bo left after nine years of service.", "nine years", False),
    ],
)
def test_a_stretch_of_time_is_no_age(asked: str, text: str, said: str, expected: bool) -> None:
    shift = 100  # offsets count in the story, not in the passage
    passage = Retrieved(1, Passage(3, "s", text, shift, shift + len(text)), 0.9)
    start = shift + text.index(said)
    reading = Reading((Span(start, start + len(said), -0.1),))
    table = facts(text)
    assert mistaken(analyse(asked), reading, [passage], table) is expected
    assert not mistaken(analyse(asked), Reading(()), [passage], table)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("Who is Bo's mother?", True),
        ("Who is Bo's sister?", False),  # the story speaks of her
        ("Who is Ida's Bo?", False),  # a name is no relation
        ("Who is Bo?", False),
        ("Where is Bo's mother?", False),
    ],
)
def test_no_story_tells_who_is_somebodys_what_it_never_speaks_of(
    asked: str, expected: bool
) -> None:
    text = "Bo left with his sister Ida."
    reading = Reading((Span(0, 2, -0.1),))
    passage = Retrieved(1, Passage(0, "s", text, 0, len(text)), 0.9)
    assert mistaken(analyse(asked), reading, [passage], facts(text)) is expected


@pytest.mark.parametrize(
    ("asked", "said", "expected"),
    [
        ("Who is Bo Lund's captain?", "an old captain", True),  # what Bo is himself
        ("Who is Bo Lund's captain?", "Ida", False),
        ("Who is Ida's captain?", "an old captain", False),
        ("Who is Bo Lund?", "an old captain", False),
    ],
)
def test_what_somebody_is_does_not_tell_who_is_his(asked: str, said: str, expected: bool) -> None:
    text = "Bo Lund, an old captain, rowed to Ida."
    start = text.index(said)
    reading = Reading((Span(start, start + len(said), -0.1),))
    passage = Retrieved(1, Passage(0, "s", text, 0, len(text)), 0.9)
    assert mistaken(analyse(asked), reading, [passage], facts(text)) is expected


def test_spans_that_overlap_with_the_best_one_are_as_likely_as_all_together() -> None:
    spans = (Span(26, 42, math.log(0.4)), Span(30, 36, math.log(0.2)), Span(0, 3, math.log(0.3)))
    found_so = features(Reading(spans, -1.0), found(0.6, 0.5, 0.4), 0.5, 900)
    assert found_so["mass"] == pytest.approx(math.log(0.6))
    assert features(Reading((), -1.5), found(0.6), 0.5, 900)["mass"] == -1.5
