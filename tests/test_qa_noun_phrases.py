"""Where the noun phrases of a question begin and end."""

from __future__ import annotations

import pytest

from qa.conversation.noun_phrases import phrases


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Why does the brother of the dealer kill Osk?", ["the brother of the dealer"]),
        ("Why does the old dealer kill Osk?", ["the old dealer"]),
        ("Who is the brother of the dealer?", ["the brother of the dealer"]),
        ("Did the wife of the miller drink the wine?", ["the wife of the miller", "the wine"]),
        ("Who was the keeper of the old stone bridge?", ["the keeper of the old stone bridge"]),
        ("Who left?", []),
    ],
)
def test_a_phrase_ends_before_the_verb(text: str, expected: list[str]) -> None:
    assert [text[a:b] for a, b in phrases(text, [])] == expected
