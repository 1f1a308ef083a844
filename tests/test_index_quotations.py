from __future__ import annotations

import pytest

from index.quotations import spoken
from index.records import Token


def tokens(text: str, start: int = 0) -> list[Token]:
    """Tokens of a text whose marks and words are set apart by "|", blanks kept between."""
    found, place = [], start
    for part in text.split("|"):
        word = part.strip()
        place += len(part) - len(part.lstrip())
        tag = "POS" if word == "'" and text.startswith("The boys") else "NN"
        pos = "PUNCT" if not word.isalnum() else "NOUN"
        found.append(Token(word, word, pos, tag, "dep", 0, "", place, place + len(word)))
        place += len(word) + len(part) - len(part.rstrip())
    return found


def words(text: str) -> list[str]:
    """Return the words of one passage that are spoken."""
    parse = tokens(text)
    return [t.text for t, inside in zip(parse, spoken([parse])[0], strict=True) if inside]


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ('He |said|, |"|go|"| and |left', ['"', "go"]),
        ("He |said|, |“|go|”| and |left", ["“", "go"]),
        ("He |said|, |'|go|'| and |left", ["'", "go"]),
        ("The boys|'| boat |sank", []),  # a genitive opens nothing
        ('so |wide|"| and |high', []),  # inches: no blank before, none opened
        ("“|I |heard |‘|go|’| then|”| he |said", ["“", "I", "heard", "‘", "go", "’", "then"]),
        ("nothing |here", []),
    ],
)
def test_what_stands_in_quotation_marks(text: str, inside: list[str]) -> None:
    assert words(text) == inside


def test_quotation_goes_on_in_the_next_passage_of_its_paragraph() -> None:
    first = tokens('"|Go')
    near = tokens('Now|"| he |said', first[-1].end + 1)
    far = tokens("Now |then", first[-1].end + 2)
    assert spoken([first, near])[1] == [True, False, False, False]
    assert spoken([first, far])[1] == [False, False]
    assert spoken([]) == []
