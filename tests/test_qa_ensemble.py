"""Two readers as one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import pytest

from index.records import Passage, Token
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
    # -1.5 + 3 * 1.0 = 1.5 against -1.0 + 3 * 0.5 = 0.5; the passage is the same
    assert read.spans[0].score - read.spans[1].score == pytest.approx(1.0)
    assert sum(math.exp(s.score) for s in read.spans) == pytest.approx(1.0)
    assert read.null_score == -1.0
    assert read.likely == trained.reading.spans
    assert read.evidence == {"read": -1.5, "ruled": 1.0}


def test_a_span_of_one_gets_its_share_of_what_overlaps_in_the_other() -> None:
    trained = Says((22, 31, -2.0), (0, 3, -1.9))
    rules = Says((15, 31, 2.0))
    read = EnsembleReader(trained, rules).read(ASKED, PASSAGES)
    part, whole, other = read.spans
    assert (part.start, whole.start, other.start) == (22, 15, 0)
    # Both have all that the rules give; of what the network gives, the longer one has a share.
    assert part.score - whole.score == pytest.approx(-math.log(9 / 16))
    assert part.score - other.score == pytest.approx(3 * 2.0 - 0.1)


def test_the_rules_count_more_where_a_name_or_a_time_is_asked_for() -> None:
    trained = Says((0, 3, -1.0), (15, 31, -6.0))
    rules = Says((15, 31, 2.0))
    reader = EnsembleReader(trained, rules)
    assert reader.read(ASKED, PASSAGES).spans[0].start == 15  # -6 + 3 * 2 against -1
    assert reader.read(analyse("What did Ida do?"), PASSAGES).spans[0].start == 0  # -6 + 0.3 * 2


def test_a_reason_does_not_say_over_again_what_was_asked() -> None:
    text = "Ida rowed home fast because rain was near."
    passages = [Retrieved(1, Passage(0, "s", text, 0, len(text)), 1.0)]
    reader = EnsembleReader(Says((0, 41, -1.0), (20, 41, -2.5)), Says())
    read = reader.read(analyse("Why did Ida row home?"), passages)
    assert [s.start for s in read.spans] == [20, 0]
    # The network gives the shorter one its share of the longer, which loses 2 points.
    assert read.spans[0].score - read.spans[1].score == pytest.approx(2 + math.log(21 / 41))
    # Half of the question's words are not yet a restatement, and other questions may have them.
    for asked in ("Why did Ida flee the island home?", "What did Ida row home for?"):
        assert reader.read(analyse(asked), passages).spans[0].start == 0


def test_who_is_asked_for_is_no_clause() -> None:
    words = [("Bo", "PROPN", 1), ("ran", "VERB", 1), ("who", "PRON", 3), ("sang", "VERB", 0)]
    tokens, at = [], 0
    for word, pos, head in words:
        tokens.append(Token(word, word, pos, "", "", head, "", at, at + len(word)))
        at += len(word) + 1
    passages = [Retrieved(1, Passage(0, "s", "Bo ran who sang", 0, 15), 1.0, tokens=tokens)]
    reader = EnsembleReader(Says((0, 6, -1.0), (0, 2, -3.0)), Says())
    assert reader.read(analyse("Who ran?"), passages).spans[0].end == 2
    assert reader.read(analyse("What happened?"), passages).spans[0].end == 6
    # A relative clause hangs on the one that it tells of.
    tokens[1] = replace(tokens[1], head=0, dep="relcl")
    assert reader.read(analyse("Who ran?"), passages).spans[0].end == 6


@pytest.mark.parametrize(("named", "first"), [(0, 0), (1, 0), (2, 15), (5, 15)])
def test_rules_count_less_where_few_are_named(named: int, first: int) -> None:
    """Of ten subjects none to five are named: trusted from a tenth on, wholly from four tenths."""
    told = [subject("PROPN")] * named + [subject("NOUN")] * (10 - named)
    passages = [replace(PASSAGES[0], tokens=told)]
    reader = EnsembleReader(Says((0, 3, -1.0), (15, 31, -2.5)), Says((15, 31, 2.0)))
    # -2.5 + 3 * 2 * (2 - 1) / 3 = -0.5 against -1
    assert reader.read(ASKED, passages).spans[0].start == first


def subject(pos: str) -> Token:
    return Token("Ida", "Ida", pos, "NNP", "nsubj", 0, "", 0, 3)


def test_half_a_pair_of_brackets_is_no_phrase() -> None:
    text = "Bo (a miller), a friend (of Ida), rowed."
    passages = [Retrieved(1, Passage(1, "s", text, 0, len(text)), 1.0)]
    said = ["Bo (a miller", "a miller), a friend", "Bo (a miller)", "a friend (of Ida)", "rowed"]
    places = [(text.index(words), text.index(words) + len(words)) for words in said]
    trained = Says(*((a, b, -1.0 - n / 10) for n, (a, b) in enumerate(places)))
    read = EnsembleReader(trained, Says()).read(ASKED, passages)
    assert {text[s.start : s.end] for s in read.spans} == set(said[2:])


def test_a_span_in_a_better_passage_is_better() -> None:
    two = [
        Retrieved(1, Passage(1, "s", TEXT[15:], 15, len(TEXT)), 0.9),
        Retrieved(2, Passage(0, "s", TEXT[:14], 0, 14), 0.4),
    ]
    read = EnsembleReader(Says((0, 3, -1.0), (22, 31, -1.5)), Says()).read(ASKED, two)
    # -1.5 + 2 * 0.9 = 0.3 against -1 + 2 * 0.4 = -0.2
    assert [s.start for s in read.spans] == [22, 0]
    assert read.spans[0].score - read.spans[1].score == pytest.approx(0.5)


def test_what_the_trained_one_never_heard_of_has_its_floor() -> None:
    read = EnsembleReader(Says((0, 3, -20.0)), Says((15, 31, 0.1))).read(ASKED, PASSAGES)
    assert [s.start for s in read.spans] == [15, 0]
    assert read.evidence["read"] == -8.0


def test_the_rules_read_the_best_passages_only() -> None:
    trained, rules = Says(), Says()
    assert EnsembleReader(trained, rules, depth=2).read(ASKED, PASSAGES) == Reading((), -1.0)
    assert (trained.seen, rules.seen) == (3, 2)
