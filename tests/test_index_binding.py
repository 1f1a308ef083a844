from __future__ import annotations

import pytest

from index.binding import barred, clause, grammatical_role, in_doubt, subject, within
from index.passages import split
from index.records import Token
from index.stories import make_story


def parsed(text: str) -> list[Token]:
    return split(make_story("s", text))[1][0]


def row(tokens: list[Token], word: str, nth: int = 0) -> int:
    return [n for n, t in enumerate(tokens) if t.text == word][nth]


@pytest.mark.parametrize(
    ("text", "pronoun", "other"),
    [
        ("Mr. Lund saw him.", "him", "Lund"),  # the subject of its clause
        ("He left when Mr. Lund came.", "He", "Lund"),  # named below it
        ("He gave Mr. Lund a boat.", "He", "Lund"),
        ("Mr. Lund refused to let him sell the boat.", "him", "Lund"),
        ("Mr. Lund listened to him.", "him", "Lund"),
        ("Mr. Lund came in and struck him.", "him", "Lund"),  # the subject is shared
        ("She thanked his brother Osk.", "his", "Osk"),  # what it owns
        ("Lund is his brother.", "his", "Lund"),
    ],
)
def test_whom_a_pronoun_cannot_mean(text: str, pronoun: str, other: str) -> None:
    tokens = parsed(text)
    assert row(tokens, other) in barred(tokens, row(tokens, pronoun))


@pytest.mark.parametrize(
    ("text", "pronoun", "other"),
    [
        ("Mr. Lund sold his boat.", "his", "Lund"),
        ("Mr. Lund shut the door behind him.", "him", "Lund"),  # a place
        ("When he came in, Mr. Lund sat down.", "he", "Lund"),  # the clause is not above the name
        ("Mr. Lund says that he is ill.", "he", "Lund"),
    ],
)
def test_whom_a_pronoun_may_mean(text: str, pronoun: str, other: str) -> None:
    tokens = parsed(text)
    assert row(tokens, other) not in barred(tokens, row(tokens, pronoun))


@pytest.mark.parametrize(
    ("text", "verb", "word", "sure"),
    [
        ("Mr. Lund came in and ate the bread.", "ate", "Lund", True),
        ("Mr. Lund asked Mrs. Finch to sell the boat.", "sell", "Finch", True),
        ("Mr. Lund wants to sell the boat.", "sell", "Lund", True),
        ("Mr. Lund left the house, slamming the door.", "slamming", "Lund", False),
    ],
)
def test_subject_of_a_verb(text: str, verb: str, word: str, sure: bool) -> None:
    tokens = parsed(text)
    found, certain = subject(tokens, row(tokens, verb))
    assert tokens[found].text == word
    assert certain == sure


def test_verb_without_a_subject_has_none() -> None:
    tokens = parsed("Sell the boat!")
    assert subject(tokens, row(tokens, "Sell")) == (-1, True)
    assert subject(tokens, -1) == (-1, True)


def test_adjunct_leaves_its_subject_in_doubt() -> None:
    tokens = parsed("Mr. Lund left the house, giving him a lantern.")
    assert tokens[in_doubt(tokens, row(tokens, "him"))].text == "Lund"
    assert row(tokens, "Lund") not in barred(tokens, row(tokens, "him"))
    plain = parsed("Mr. Lund saw him.")
    assert in_doubt(plain, row(plain, "him")) == -1


def test_grammatical_role_is_that_of_the_whole_phrase() -> None:
    tokens = parsed("Mr. Lund and Mrs. Finch were seen by Mr. Osk.")
    assert grammatical_role(tokens, row(tokens, "Lund")) == "nsubjpass"
    assert grammatical_role(tokens, row(tokens, "Finch")) == "nsubjpass"
    assert grammatical_role(tokens, row(tokens, "Osk")) == "agent"


def test_clause_and_what_is_within_it() -> None:
    tokens = parsed("Mr. Lund was beaten by one of his men.")
    his = row(tokens, "his")
    assert tokens[clause(tokens, his)].text == "beaten"
    assert within(tokens, his, "agent")
    assert not within(tokens, row(tokens, "Lund"), "agent")
    assert clause(tokens, row(tokens, "beaten")) == -1
