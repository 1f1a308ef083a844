"""Two readers as one."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest

from index.records import Passage
from qa.ensemble import EnsembleReader
from qa.question import Question, analyse
from qa.records import Reading, Retrieved, Span

TEXT = "Ida rowed home before the storm."
PASSAGES = [Retrieved(n, Passage(n, "s", TEXT, 0, len(TEXT)), 1.0) for n in (1, 2, 3)]
ASKED = analyse("When did Ida row home?")


class Says:
    """Reads the same whatever is asked, and remembers how many passages it was handed."""

    def __init__(self, *spans: tuple[int, int, float], null: float = -1.0) -> None:
        self.reading = Reading(tuple(Span(*s) for s in spans), null, {"clause": 0.5})
        self.seen = 0

    def read(self, question: Question, passages: Sequence[Retrieved]) -> Reading:
        self.seen = len(passages)
        return self.reading


def test_the_sum_of_both_decides() -> None:
    trained = Says((0, 3, -1.0), (15, 31, -1.5))
    rules = Says((15, 31, 1.0), (0, 3, 0.5))
    read = EnsembleReader(trained, rules).read(ASKED, PASSAGES)
    assert [(s.start, s.end) for s in read.spans] == [(15, 31), (0, 3)]
    # -1.5 + 8 * 1.0 = 6.5 against -1.0 + 8 * 0.5 = 3.0
    assert read.spans[0].score - read.spans[1].score == pytest.approx(3.5)
    assert sum(math.exp(s.score) for s in read.spans) == pytest.approx(1.0)
    assert read.null_score == -1.0
    assert read.likely == trained.reading.spans
    assert read.evidence == {"clause": 0.5, "read": -1.5, "ruled": 1.0}


def test_a_span_of_one_gets_the_share_of_what_overlaps_in_the_other() -> None:
    trained = Says((22, 31, -2.0))
    rules = Says((15, 31, 2.0))
    read = EnsembleReader(trained, rules).read(ASKED, PASSAGES)
    whole, part = read.spans
    assert (whole.start, part.start) == (15, 22)
    shared = 9 / 16
    expected = (-2.0 + math.log(shared) + 8 * 2.0) - (-2.0 + 8 * 2.0 * shared)
    assert whole.score - part.score == pytest.approx(expected)


def test_what_the_trained_one_never_heard_of_has_its_floor() -> None:
    read = EnsembleReader(Says((0, 3, -20.0)), Says((15, 31, 0.1))).read(ASKED, PASSAGES)
    assert [s.start for s in read.spans] == [15, 0]
    assert read.evidence["read"] == -8.0


def test_the_rules_read_the_best_passages_only() -> None:
    trained, rules = Says(), Says()
    assert EnsembleReader(trained, rules, depth=2).read(ASKED, PASSAGES) == Reading((), -1.0)
    assert (trained.seen, rules.seen) == (3, 2)
