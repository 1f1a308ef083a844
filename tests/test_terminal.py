from __future__ import annotations

from dataclasses import replace

import pytest

from index.records import Passage
from qa.records import Alternative, Answer, Citation, Retrieved
from qa.terminal import answer_lines, confidence_words, source_lines

SENTENCE = "Old Bram,\nwho \x1b[31mlied, sold a whale to the master."


def make(citation: tuple[int, int] | None, confidence: float = 0.834) -> Answer:
    passage = Passage(4, "gull", SENTENCE, 100, 100 + len(SENTENCE))
    cited = (
        [Citation(SENTENCE[citation[0] : citation[1]], 100 + citation[0], 100 + citation[1])]
        if citation
        else []
    )
    return Answer(
        question="Who sold it?", interpreted_as="Who sold the whale?", answer="Old Bram sold it.",
        short_answer="Old Bram" if citation else None, answerable=bool(citation),
        confidence=confidence, citations=tuple(cited), passages=(Retrieved(1, passage, 0.914),),
        story="gull",
    )  # fmt: skip


def test_answer_with_its_sentence() -> None:
    assert answer_lines(make((0, 8))) == [
        "Old Bram sold it.",
        "",
        "Confidence: sure (83%)",
        "Understood as: Who sold the whale?",
        "",
        "[1] “Old Bram” (characters 100 to 108 of gull)",
        "    Old Bram, who �[31mlied, sold a whale to the master.",
    ]


def test_another_reading_is_told_in_one_line() -> None:
    other = Alternative("Bram's\nson", "Who sold\x07 the boat?")
    lines = answer_lines(replace(make((0, 8)), alternatives=(other,)))
    assert lines[4] == "Did you mean Bram's son? Then ask: Who sold� the boat?"
    assert lines[:4] == answer_lines(make((0, 8)))[:4]


def test_cited_words_are_marked_on_a_terminal() -> None:
    lines = answer_lines(make((25, 37)), marked=True)
    assert lines[-1] == "    Old Bram, who �[31mlied, \x1b[1msold a whale\x1b[0m to the master."


def test_whole_sentence_is_not_said_twice() -> None:
    lines = answer_lines(make((0, len(SENTENCE))))
    assert lines[-1].startswith("[1] “Old Bram, who")


def test_declined() -> None:
    lines = answer_lines(make(None, 0.12))
    assert lines[2] == "Confidence: unlikely that the story tells (12%)"
    assert len(lines) == 4


def test_sources() -> None:
    assert source_lines(make((0, 8)))[0] == (
        f"1. characters 100 to {100 + len(SENTENCE)}, score 0.91"
    )


@pytest.mark.parametrize(
    ("confidence", "words"),
    [
        (1.0, "sure (99%)"),
        (0.8, "sure (80%)"),
        (0.79, "likely (79%)"),
        (0.55, "likely (55%)"),
        (0.3, "a guess (30%)"),
        (0.0, "a guess (1%)"),
    ],
)
def test_confidence_in_words(confidence: float, words: str) -> None:
    assert confidence_words(confidence) == words
