"""Adjectives that say the same, and those that exclude one another.

The kinds of opposition are those of Lyons, Semantics (1977): what is old is not young, and what is
red is not blue.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

from index.lexical import stem

__all__ = ["qualities"]

_SAME = (
    "big large great huge enormous",
    "small little tiny",
    "afraid frightened scared terrified fearful",
    "angry furious enraged",
    "happy glad pleased delighted joyful",
    "sad unhappy sorrowful",
    "beautiful pretty lovely handsome",
    "rich wealthy",
    "ill sick",
    "clever cunning",
    "stupid foolish silly",
    "poor penniless",
    "brave courageous",
    "lazy idle",
    "industrious diligent",
    "naughty mischievous",
    "tired weary",
    "strange odd",
    "bad wicked evil",
    "faithful loyal",
)
_OPPOSED = (
    "old young",
    "big small",
    "fat thin",
    "rich poor",
    "happy sad",
    "alive dead",
    "brave afraid",
    "clever stupid",
    "beautiful ugly",
    "lazy industrious",
    "hot cold",
    "strong weak",
    "tall short",
    "full empty",
    "kind cruel",
    "wide narrow",
    "deep shallow",
    "heavy light",
    "wet dry",
    "hard soft",
    "clean dirty",
    "same different",
    "faithful unfaithful",
    "red blue green yellow white black brown grey golden silver",
)


def qualities(head: str) -> Iterator[tuple[str, bool]]:
    """Yield stems of adjectives that decide on the one with stem `head`, and whether against it."""
    same, against = _classes()
    group = same.get(head, frozenset({head}))
    for other in sorted(group - {head}):
        yield other, False
    opposed = frozenset[str]().union(*(against.get(one, frozenset()) for one in group))
    for one in sorted(opposed):
        for other in sorted(same.get(one, frozenset({one}))):
            yield other, True


@lru_cache(maxsize=1)
def _classes() -> tuple[Mapping[str, frozenset[str]], Mapping[str, frozenset[str]]]:
    same: dict[str, frozenset[str]] = {}
    against: dict[str, frozenset[str]] = {}
    for line in _SAME:
        group = frozenset(map(stem, line.split()))
        same |= dict.fromkeys(group, group)
    for line in _OPPOSED:
        group = frozenset(map(stem, line.split()))
        against |= {one: against.get(one, frozenset()) | (group - {one}) for one in group}
    return same, against
