"""The parses of a story as they are stored: a line of JSON a passage, read when it is asked for."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, overload

from index.records import Passage, Token

__all__ = ["StoredParses", "parse_line"]


class StoredParses(Sequence[Sequence[Token]]):
    """The tokens of each passage. A line is read once: most questions need few of them.

    Args:
        lines: what `parse_line` returned for each passage.
        passages: the passages, row for row.

    Raises:
        ValueError: there are not as many lines as passages.
    """

    def __init__(self, lines: Sequence[str], passages: Sequence[Passage]) -> None:
        if len(lines) != len(passages):
            raise ValueError(f"{len(lines)} parses of {len(passages)} passages")
        self._lines = lines
        self._passages = passages
        self._read: dict[int, Sequence[Token]] = {}

    def __len__(self) -> int:
        return len(self._lines)

    @overload
    def __getitem__(self, row: int) -> Sequence[Token]: ...

    @overload
    def __getitem__(self, row: slice) -> Sequence[Sequence[Token]]: ...

    def __getitem__(self, row: int | slice) -> Sequence[Token] | Sequence[Sequence[Token]]:
        """Return the tokens of one passage, or those of several; IndexError beyond the last."""
        if isinstance(row, slice):
            return [self[n] for n in range(*row.indices(len(self)))]
        place = range(len(self))[row]
        if place not in self._read:
            passage = self._passages[place]
            self._read[place] = [_token(t, passage) for t in json.loads(self._lines[place])]
        return self._read[place]


def parse_line(tokens: Sequence[Token], passage: Passage) -> str:
    """Return a passage's tokens as one line of JSON, offsets counted from the passage's start."""
    rows = [_row(token, passage) for token in tokens]
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"))


def _row(token: Token, passage: Passage) -> list[Any]:
    place = [token.start - passage.start, token.end - passage.start]
    tags = [token.lemma, token.pos, token.tag, token.dep, token.head, token.ent]
    return [*place, *tags, token.refers_to]


def _token(row: list[Any], passage: Passage) -> Token:
    start, end, lemma, pos, tag, dep, head, ent, refers_to = row
    text, offset = passage.text[start:end], passage.start
    return Token(text, lemma, pos, tag, dep, head, ent, offset + start, offset + end, refers_to)
