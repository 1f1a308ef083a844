"""What of a story stands in quotation marks, where "he" is somebody whom a character speaks of."""

from __future__ import annotations

from collections.abc import Sequence

from index.records import Token

__all__ = ["spoken"]

_OPENING = frozenset({"“", "‘", "``", "«"})
_CLOSING = {"”": "“", "’": "‘", "''": "``", "»": "«"}
_STRAIGHT = frozenset({'"', "'"})


def spoken(parses: Sequence[Sequence[Token]]) -> list[list[bool]]:
    """Tell for each token of each passage whether it stands within quotation marks.

    A quotation goes on into the next passage of its paragraph (which is a blank away), not beyond:
    whoever speaks on opens new marks. Straight marks open where a blank is before and none behind.
    """
    found, mark, end = [], "", 0
    for tokens in parses:
        if tokens and tokens[0].start - end > 1:
            mark = ""  # another paragraph
        inside = []
        for row, token in enumerate(tokens):
            mark = _after(tokens, row, mark, end)
            inside.append(bool(mark))
            end = token.end
        found.append(inside)
    return found


def _after(tokens: Sequence[Token], row: int, mark: str, end: int) -> str:
    """Return the mark that is open behind token `row`, "" for none; `end` is that before it."""
    token = tokens[row]
    if token.tag == "POS":
        return mark  # "the dealers' boat"
    if token.text in _OPENING:
        return mark or token.text
    if token.text in _CLOSING:
        return "" if mark == _CLOSING[token.text] else mark
    if token.text in _STRAIGHT:
        if mark == token.text:
            return ""
        opens = row + 1 < len(tokens) and tokens[row + 1].start == token.end
        free = row == 0 or token.start > end or tokens[row - 1].pos == "PUNCT"
        return token.text if not mark and opens and free else mark
    return mark
