from __future__ import annotations

import json
from typing import Any

import pytest

import index.parses
from index.parses import StoredParses, parse_line
from index.records import Passage, Token

TEXT = "Ada rowed. “She” sang 🌊."
PASSAGES = [Passage(0, "s", TEXT[:10], 0, 10), Passage(1, "s", TEXT[11:], 11, len(TEXT))]
PARSES = [
    [
        Token("Ada", "ada", "PROPN", "NNP", "nsubj", 1, "PERSON", 0, 3),
        Token("rowed", "row", "VERB", "VBD", "ROOT", 1, "", 4, 9),
    ],
    [
        Token("She", "she", "PRON", "PRP", "nsubj", 1, "", 12, 15, "Ada"),
        Token("🌊", "🌊", "X", "FW", "ROOT", 1, "", 22, 23),
    ],
]


@pytest.fixture
def lines() -> list[str]:
    return [parse_line(tokens, p) for tokens, p in zip(PARSES, PASSAGES, strict=True)]


def test_parses_come_back_as_they_were(lines: list[str]) -> None:
    stored = StoredParses(lines, PASSAGES)
    assert [list(tokens) for tokens in stored] == PARSES
    assert len(stored) == 2
    assert [list(tokens) for tokens in stored[1:]] == PARSES[1:]
    assert list(stored[-1]) == PARSES[1]
    with pytest.raises(IndexError):
        stored[2]


def test_offsets_are_stored_as_the_passage_counts_them(lines: list[str]) -> None:
    assert json.loads(lines[1])[0][:2] == [1, 4]
    assert "\n" not in "".join(lines)


def test_a_line_is_read_when_asked_for_and_once(
    lines: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []

    def loads(line: str) -> Any:
        read.append(line)
        return json.loads(line)

    monkeypatch.setattr(index.parses, "json", type("Json", (), {"loads": staticmethod(loads)}))
    stored = StoredParses(lines, PASSAGES)
    assert not read
    assert stored[1] is stored[1]
    assert read == [lines[1]]


def test_counts_must_agree(lines: list[str]) -> None:
    with pytest.raises(ValueError, match="1 parses of 2 passages"):
        StoredParses(lines[:1], PASSAGES)
