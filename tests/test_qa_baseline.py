from __future__ import annotations

import pytest
from conftest import LetterEncoder
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from qa_texts import retrieved

from index.encoder import Encoder
from qa.baseline import BaselineReader
from qa.candidates import candidates
from qa.question import analyse
from qa.records import Retrieved
from qa.syntax import Tree

STORY = """\
Orla Penn, a clockmaker, lived in Hask beneath the old tower. One winter she mended the tower \
clock with a silver needle. The mayor paid her nothing.

In March the stone bridge collapsed because the river had risen. Orla Penn left Hask after the \
flood. She travelled by mule. At the gate of Velmora she met Imre Vass (Dan Reyes), who lent her \
thirty crowns. “You will pay me back,” he said.
"""


@pytest.fixture(scope="module")
def passages() -> list[Retrieved]:
    return retrieved(STORY)


def phrases(question: str, passages: list[Retrieved]) -> dict[str, float]:
    """Return the candidates' texts and how well their kind suits the question."""
    found: dict[str, float] = {}
    for passage in passages:
        tokens = passage.tokens
        for c in candidates(analyse(question), Tree(tokens)):
            text = STORY[tokens[c.first].start : tokens[c.last - 1].end]
            found[text] = max(c.fit, found.get(text, -9.0))
    return found


@pytest.mark.parametrize(
    ("question", "best", "others"),
    [
        (
            "Who mended the clock?",
            {"Orla Penn", "Imre Vass", "she", "She", "her", "he"},
            {"The mayor"},
        ),
        ("Who is Orla Penn?", {"a clockmaker"}, {"Orla Penn"}),
        ("Which bridge collapsed?", {"the stone bridge"}, {"the river", "thirty crowns"}),
        ("What clock did she mend?", {"the tower clock"}, {"a silver needle", "Hask"}),
        ("When did the bridge collapse?", {"In March", "after the flood"}, {"One winter"}),
        ("Where did Orla live?", {"in Hask"}, {"beneath the old tower"}),
        ("Why did the bridge collapse?", {"because the river had risen"}, set()),
        ("How did she travel?", {"by mule", "with a silver needle"}, {"in Hask"}),
        ("How many crowns did she get?", {"thirty crowns"}, set()),
    ],
)
def test_the_phrases_that_suit_a_question(
    question: str, best: set[str], others: set[str], passages: list[Retrieved]
) -> None:
    found = phrases(question, passages)
    assert best | others <= found.keys()
    assert {text for text, fit in found.items() if fit == max(found.values())} <= best
    assert max((found[text] for text in others), default=0.0) < max(found.values())


def test_a_yes_no_question_is_answered_by_clauses(passages: list[Retrieved]) -> None:
    found = phrases("Did she travel?", passages)
    assert {"She travelled by mule", "The mayor paid her nothing"} <= found.keys()
    assert all(len(text.split()) >= 3 for text in found)


def test_who_plays_somebody_answers_only_that(passages: list[Retrieved]) -> None:
    assert phrases("Who lent her money?", passages)["Dan Reyes"] < 0
    played = phrases("Which actor plays Imre Vass?", passages)
    assert max(played, key=lambda text: played[text]) == "Dan Reyes"


@pytest.mark.parametrize("question", ["Where?", "When?", "How many?", "Why?", "Who?"])
def test_nothing_read_nothing_found(question: str) -> None:
    reading = BaselineReader(LetterEncoder()).read(analyse(question), [])
    assert (reading.spans, reading.null_score, dict(reading.evidence)) == ((), 0.0, {})


def test_no_more_words_are_kept_than_fit(
    passages: list[Retrieved], monkeypatch: pytest.MonkeyPatch
) -> None:
    question = analyse("Who mended the clock?")
    reader = BaselineReader(LetterEncoder())
    first = reader.read(question, passages)
    assert reader._vectors
    monkeypatch.setattr("qa.baseline._KEPT_WORDS", 3)
    assert reader.read(question, passages) == first
    assert not reader._vectors
    assert reader.read(question, passages) == first


def test_no_phrase_of_the_kind_no_span() -> None:
    reader = BaselineReader(LetterEncoder())
    assert reader.read(analyse("How many sheep?"), retrieved("Orla slept.")).spans == ()


WORDS = st.sampled_from(
    "who what when where why how many did the clock Orla Penn she mend not bridge of ? ,".split()
)


@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(WORDS, min_size=1, max_size=9).map(" ".join))
def test_spans_are_apart_each_in_one_passage_and_best_first(
    passages: list[Retrieved], text: str
) -> None:
    question = analyse(f"{text} a")
    reading = BaselineReader(LetterEncoder()).read(question, passages)
    assert [s.score for s in reading.spans] == sorted(
        (s.score for s in reading.spans), reverse=True
    )
    covered: set[int] = set()
    for s in reading.spans:
        assert sum(p.passage.start <= s.start < s.end <= p.passage.end for p in passages) == 1
        assert STORY[s.start : s.end].strip() == STORY[s.start : s.end] != ""
        assert covered.isdisjoint(range(s.start, s.end))
        covered |= set(range(s.start, s.end))
    again = BaselineReader(LetterEncoder()).read(question, passages)
    assert again == reading


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Who mended the clock?", "she"),
        ("Why did the bridge collapse?", "because the river had risen"),
        ("How did Orla travel?", "by mule"),
        ("How many crowns did Imre Vass lend Orla?", "thirty crowns"),
        ("Which bridge fell down?", "the stone bridge"),
    ],
)
def test_the_best_span(
    question: str, answer: str, encoder: Encoder, passages: list[Retrieved]
) -> None:
    level = [Retrieved(p.rank, p.passage, 0.5, p.tokens) for p in passages]  # reading alone decides
    best = BaselineReader(encoder).read(analyse(question), level).spans[0]
    assert STORY[best.start : best.end] == answer
