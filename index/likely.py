"""Whom a passage likely speaks of by pronouns that are too doubtful to be tied: to search for only.

An answer must not take one person for another. A search that does loses little, and one that
knows nobody in a passage does not find what it tells of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from index.cast import Cast
from index.records import Token
from index.ties import PRONOUN_GENDER, find_likely

__all__ = ["with_likely"]


def with_likely(texts: Sequence[str], parses: Sequence[Sequence[Token]], cast: Cast) -> list[str]:
    """Return each passage's text with the names of those whom its open pronouns likely mean.

    Args:
        texts: what is searched, a passage each, with the names of tied pronouns.
        parses: the tokens of the same passages, pronouns tied.
        cast: the characters of the story (`story_cast`).
    """
    names = [character.name for character in cast.characters]
    return [
        " ".join([text, *(names[one] for one in sorted(likely))])
        for text, likely in zip(texts, _likely(parses, cast), strict=True)
    ]


def _likely(parses: Sequence[Sequence[Token]], cast: Cast) -> list[set[int]]:
    """Return for each passage the characters that it likely speaks of, beside those it names.

    Where nobody of a pronoun's gender is named or tied in its passage, that is also the last one
    spoken of before it, however far back.
    """
    spoken_of = _spoken_of(parses, cast)
    found: dict[int, set[int]] = defaultdict(set)
    genders = [character.gender for character in cast.characters]
    last: dict[str, int] = {}
    heard = 0
    for (place, row), likely in sorted(find_likely(parses, cast).items()):
        for passage in range(heard, place):
            last |= {genders[one]: one for one in spoken_of[passage]}
        heard = place
        gender = PRONOUN_GENDER[parses[place][row].text.lower()]
        found[place] |= likely
        if gender in last and all(genders[one] != gender for one in spoken_of[place]):
            found[place].add(last[gender])
    return [found[n] - set(spoken_of[n]) for n in range(len(parses))]


def _spoken_of(parses: Sequence[Sequence[Token]], cast: Cast) -> list[list[int]]:
    """Return the characters that each passage names or means by a tied pronoun, in order."""
    numbers = {character.name: n for n, character in enumerate(cast.characters)}
    named = cast.named_rows()
    return [
        [
            named.get((place, row), numbers.get(token.refers_to, -1))
            for row, token in enumerate(tokens)
            if (place, row) in named or token.refers_to in numbers
        ]
        for place, tokens in enumerate(parses)
    ]
