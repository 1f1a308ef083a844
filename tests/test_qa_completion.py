"""Answers to "who" as whole noun phrases."""

from __future__ import annotations

import pytest
from qa_texts import retrieved, span

from qa.completion import completed
from qa.question import analyse


@pytest.mark.parametrize(
    ("question", "text", "found", "expected"),
    [
        ("Who is Vera?", "He met his young cousin, Vera.", "cousin", "his young cousin"),
        ("Who is Hugo?", "Hugo, a son from a clan, left.", "a son", "a son from a clan"),
        (
            "Who is Vera?",
            "Vera, a teacher who rises at five, is the first to see it.",
            "a teacher who rises at five, is the first",
            "a teacher who rises at five",
        ),
        ("Who is Vera?", "Vera, a teacher who rises at five, left.", "teacher", "a teacher"),
        ("Who is the teacher?", "The teacher, Vera Holm, left.", "Vera Holm", "Vera Holm"),
        ("Who opened the door?", "Vera opened the door to him.", "Vera opened the door", "Vera"),
        (
            "Who did Hugo fear?",
            "Hugo feared one of his brothers, who was asleep, but he went in.",
            "one of his brothers, who was asleep, but he went",
            "one of his brothers, who was asleep",
        ),
        ("Who left?", "The girl who was asleep left.", "The girl who was asleep",
         "The girl who was asleep"),
        ("Who left?", "Vera and Hugo left.", "Vera and Hugo", "Vera and Hugo"),
        ("Why did Vera leave?", "Vera left since the mill had burned.", "the mill",
         "the mill had burned"),
        ("Why did Vera leave?", "Vera left because of the burned mill.", "of the burned mill",
         "of the burned mill"),
        ("Why did Hugo punish Vera?", "He forced Vera into telling why she left until he slept.",
         "into telling why she left until he slept", "she left"),
        ("Why did Vera leave?", "Vera left to hide while the mill burned.",
         "to hide while the mill burned", "to hide"),
        ("Why did Vera leave?", "Vera left since the mill had burned.", "since the mill",
         "since the mill"),
        ("Why did Vera leave?", "Vera left since the mill had burned.", "had burned", "had burned"),
        ("Why did Vera sue?", "Vera sued the mill for the damage.", "the damage", "for the damage"),
        ("Why did it fail?", "It failed on account of damp.", "damp", "on account of damp"),
        ("Why did Vera stop?", "Vera stopped because of her eyes.", "her eyes",
         "because of her eyes"),
        ("Why was Vera sued?", "Vera was sued by the town for the damage.", "the damage",
         "for the damage"),
        ("Why did Vera stop?", "Vera stopped in the room with the dog.", "the dog",
         "Vera stopped in the room with the dog"),
        ("Why did Vera help?", "Vera helped him out of pity.", "pity", "out of pity"),
        ("What did Vera do?", "Vera opened the door.", "opened the", "opened the"),
        ("What is Vera?", "He met his young cousin, Vera.", "cousin", "cousin"),
    ],
)  # fmt: skip
def test_who_is_a_whole_phrase(question: str, text: str, found: str, expected: str) -> None:
    passage = retrieved(text)[0]
    whole = completed(analyse(question), span(text, found), passage)
    assert text[whole.start : whole.end] == expected


def test_a_span_between_tokens_stays() -> None:
    text = "Vera opened the door."
    passage = retrieved(text)[0]
    inside = span(text, "pen")
    assert completed(analyse("Who opened the door?"), inside, passage) == inside
