from __future__ import annotations

import pytest
from qa_texts import retrieved, span

from qa.polarity import polarity
from qa.question import analyse


def verdict(question: str, text: str, part: str | None = None) -> str:
    return polarity(analyse(question), span(text, part or text), retrieved(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Vera sold the boat.", "yes"),
        ("The boat was sold by Vera.", "yes"),
        ("The boat was sold.", "yes"),
        ("Vera did not sell the boat.", "no"),
        ("Vera didn't sell the boat.", "no"),
        ("Vera never sold the boat.", "no"),
        ("Vera refused to sell the boat.", "no"),
        ("Vera did not refuse to sell the boat.", "yes"),
        ("Nobody sold the boat.", "no"),
        ("Hugo sold the boat.", "no"),
    ],
)
def test_what_the_evidence_says(text: str, expected: str) -> None:
    assert verdict("Did Vera sell the boat?", text) == expected


@pytest.mark.parametrize(
    ("question", "sold", "kept"),
    [
        ("Did Vera not sell the boat?", "no", "yes"),
        ("Is it true that Vera didn't sell the boat?", "no", "yes"),
        # Here "n't" only shows what is expected: the answer is that to "Did Vera sell the boat?"
        ("Didn't Vera sell the boat?", "yes", "no"),
        ("Didn’t Vera sell the boat?", "yes", "no"),
        ("Vera sold the boat, didn't she?", "yes", "no"),
    ],
)
def test_a_negated_question(question: str, sold: str, kept: str) -> None:
    assert verdict(question, "Vera sold the boat.") == sold
    assert verdict(question, "Vera did not sell the boat.") == kept


def test_only_the_clauses_of_the_evidence_count() -> None:
    text = "Vera wept because nobody came, but she sold the boat."
    assert verdict("Did Vera sell the boat?", text, "she sold the boat") == "yes"
    assert verdict("Did anybody come?", text, "nobody came") == "no"


def test_a_negation_outside_the_span_but_in_its_clause_counts() -> None:
    assert verdict("Did Vera sell the boat?", "Vera did not sell the boat.", "sell the boat") == (
        "no"
    )


def test_a_pronoun_stands_for_its_name() -> None:
    text = "Vera Holm sold the boat. She wept."
    assert verdict("Did Vera weep?", text, "She wept") == "yes"
    assert verdict("Did Hugo weep?", text, "She wept") == "no"
