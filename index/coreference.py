"""Whom pronouns mean: each is tied to a character where the text makes it likely, else left open.

A wrong tie costs more than a missing one (see `ties` for how sure each is).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from index.binding import SUBJECTS
from index.cast import Cast, find_cast
from index.people import TITLES, folded
from index.records import Passage, Token
from index.ties import PRONOUN_GENDER, find_ties

__all__ = ["resolve", "story_cast", "with_genders", "with_names"]


def resolve(parses: Sequence[Sequence[Token]]) -> list[list[Token]]:
    """Return `parses` with `refers_to` set on third-person pronouns that can be tied to a name.

    Two passes: the pronouns tied in the first show the gender of characters whose gender nothing
    else tells, and so rule out wrong ties in the second.
    """
    cast = find_cast(parses)
    return _tied(parses, with_genders(cast, _tied(parses, cast)))


def story_cast(parses: Sequence[Sequence[Token]]) -> Cast:
    """Return the characters of a story whose pronouns are tied (see `resolve`)."""
    return with_genders(find_cast(parses), parses)


def _tied(parses: Sequence[Sequence[Token]], cast: Cast) -> list[list[Token]]:
    ties = find_ties(parses, cast)
    names = [character.name for character in cast.characters]
    return [
        [
            replace(token, refers_to=names[ties[place, row].character])
            if (place, row) in ties
            else token
            for row, token in enumerate(tokens)
        ]
        for place, tokens in enumerate(parses)
    ]


def with_names(passage: Passage, tokens: Sequence[Token]) -> str:
    """Return the passage's text with a name for the first pronoun that is tied to it.

    Once is enough, and where the passage says the name itself, it is not said again: more often, it
    would outweigh what the passage tells of the character.
    """
    parts, done = [], passage.start
    said = {folded(token.text) for token in tokens}
    for token in tokens:
        words = {folded(word) for word in token.refers_to.split()} - TITLES.keys()
        if words and not words & said:
            name = token.refers_to + ("'s" if token.dep == "poss" else "")
            parts += [passage.text[done - passage.start : token.start - passage.start], name]
            done = token.end
            said |= words
    return "".join([*parts, passage.text[done - passage.start :]])


def with_genders(cast: Cast, parses: Sequence[Sequence[Token]]) -> Cast:
    """Give the characters of unknown gender the one of most pronouns tied to them."""
    votes = {character.name: Counter[str]() for character in cast.characters}
    for tokens in parses:
        for token in tokens:
            if token.refers_to in votes:
                # A subject that takes up a subject is the surest tie.
                gender = PRONOUN_GENDER[token.text.lower()]
                votes[token.refers_to][gender] += 2 if token.dep in SUBJECTS else 1
    characters = tuple(
        character
        if character.gender or abs(vote["m"] - vote["f"]) < 2
        else replace(character, gender=max(vote, key=vote.__getitem__))
        for character in cast.characters
        for vote in (votes[character.name],)
    )
    return replace(cast, characters=characters)
