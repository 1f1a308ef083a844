"""The rates of follow-ups and of their standalone forms, by a system that knows its answers."""

from __future__ import annotations

import pytest
from eval_fakes import TEXTS, FakeSystem

from eval.dataset import Dataset, Example
from eval.followups import pairs, with_follow_ups
from eval.harness import run_system
from eval.summary import Summary, SystemSummary, score_run, summarise
from index.stories import make_story
from qa.records import Turn

PAST = (Turn("Who bought the mill?", "Bram"),)


def turn(name: str, question: str, alone: str | None, answer: str | None) -> Example:
    return Example(
        name, "mill", question, "what", answer is not None,
        (answer,) if answer else (), history=PAST if name != "t1" else (), standalone=alone,
    )  # fmt: skip


EXAMPLES = (
    turn("t1", "Who bought the mill?", "Who bought the mill?", "Bram"),
    turn("t2", "When?", "When did Bram buy the mill?", "in June"),
    turn("t3", "What with?", "What did Bram pay with?", "a grey horse"),
    turn("t4", "How old was it?", "How old was the horse?", None),
    turn("t5", "And then?", None, "nothing"),
)
DATASET = Dataset("talk", {"mill": make_story("mill", TEXTS["mill"])}, EXAMPLES)


def test_only_follow_ups_with_a_standalone_form_are_paired() -> None:
    asked, alone = pairs(DATASET)
    assert [e.question for e in asked.examples] == ["When?", "What with?", "How old was it?"]
    assert [e.question for e in alone.examples] == [
        "When did Bram buy the mill?",
        "What did Bram pay with?",
        "How old was the horse?",
    ]
    assert not any(e.history for e in alone.examples)
    assert not {e.example_id for e in asked.examples} & {e.example_id for e in alone.examples}


def figures(known: tuple[tuple[str, str], ...]) -> SystemSummary:
    system = FakeSystem(knows=known)
    scored = score_run(DATASET, run_system(system, DATASET))
    summary: Summary = with_follow_ups(summarise(DATASET, [scored]), DATASET, [system])
    return summary.systems[0]


def test_the_rates_and_their_ratio() -> None:
    found = figures((
        ("Who bought the mill?", "Bram"),
        ("When?", "in June"),
        ("When did Bram buy the mill?", "in June"),
        ("What did Bram pay with?", "a grey horse"),
    ))  # fmt: skip
    assert found.value("follow-up-right") == pytest.approx(2 / 3)  # "How old" is declined rightly
    assert found.value("standalone-right") == 1.0
    assert found.value("follow-up-ratio") == pytest.approx(2 / 3)


def test_without_a_right_standalone_answer_there_is_no_ratio() -> None:
    found = figures((("How old was the horse?", "nine"), ("How old was it?", "nine")))
    assert found.value("follow-up-right") == 0.0
    assert found.value("follow-up-ratio") is None


def test_without_follow_ups_nothing_is_added() -> None:
    first = Dataset("talk", DATASET.stories, EXAMPLES[:1])
    system = FakeSystem()
    summary = summarise(first, [score_run(first, run_system(system, first))])
    assert with_follow_ups(summary, first, [system]) == summary
