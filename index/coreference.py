"""Whom pronouns mean: each is tied to a character where the text makes it likely, else left open.

Rules in the line of Hobbs (1978) and Lappin and Leass (1994): nearness, grammatical role,
parallelism and binding weigh the candidates; gender rules them out. A tie that is not clearly
better than the next is not made: a wrong tie costs more than a missing one.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from index.cast import Cast, find_cast
from index.records import Passage, Token

__all__ = ["resolve", "story_cast", "with_genders", "with_names"]

_GENDER = {
    **dict.fromkeys(("he", "him", "his", "himself"), "m"),
    **dict.fromkeys(("she", "her", "hers", "herself"), "f"),
}
_REACH = 3
_DECAY = 0.55
_MARGIN = 1.15
_UNKNOWN_GENDER = 0.75
_PROMINENCE = 0.2
_SUBJECTS = frozenset({"nsubj", "nsubjpass"})
_WEIGHT = {"nsubj": 3.0, "nsubjpass": 3.0, "dobj": 1.6, "dative": 1.6, "poss": 1.2, "agent": 1.5}


@dataclass(slots=True)
class _Reference:
    """One place where a character is spoken of, by name or by a pronoun tied to it."""

    character: int
    passage_id: int
    row: int
    dep: str


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
    ties = _ties(parses, cast)
    names = [character.name for character in cast.characters]
    return [
        [
            replace(token, refers_to=names[ties[place, row]]) if (place, row) in ties else token
            for row, token in enumerate(tokens)
        ]
        for place, tokens in enumerate(parses)
    ]


def with_names(passage: Passage, tokens: Sequence[Token]) -> str:
    """Return the passage's text with names in place of the pronouns that are tied to one."""
    parts, done = [], passage.start
    for token in tokens:
        if token.refers_to:
            name = token.refers_to + ("'s" if token.dep == "poss" else "")
            parts += [passage.text[done - passage.start : token.start - passage.start], name]
            done = token.end
    return "".join([*parts, passage.text[done - passage.start :]])


def _ties(parses: Sequence[Sequence[Token]], cast: Cast) -> dict[tuple[int, int], int]:
    """Return the character of each pronoun that can be tied, by (passage_id, row)."""
    named = {
        (mention.passage_id, row): mention.character
        for mention in cast.mentions
        for row in range(mention.first, mention.last + 1)
    }
    counts = Counter(mention.character for mention in cast.mentions)
    ties: dict[tuple[int, int], int] = {}
    past: list[_Reference] = []
    for place, tokens in enumerate(parses):
        past = [r for r in past if place - r.passage_id <= _REACH]
        spoken = _inside_quotation(tokens)
        for row, token in enumerate(tokens):
            character = named.get((place, row))
            if character is None and token.tag in {"WP", "WDT"}:
                character = named.get((place, _relative_head(tokens, row)))
            elif character is None and token.text.lower() in _GENDER and not spoken[row]:
                character = _antecedent(place, row, tokens, past, cast, counts)
                if character is not None:
                    ties[place, row] = character
            if character is not None:
                past.append(_Reference(character, place, row, _role(tokens, row)))
    return ties


def with_genders(cast: Cast, parses: Sequence[Sequence[Token]]) -> Cast:
    """Give the characters of unknown gender the one of most pronouns tied to them."""
    votes = {character.name: Counter[str]() for character in cast.characters}
    for tokens in parses:
        for token in tokens:
            if token.refers_to in votes:
                # A subject that takes up a subject is the surest tie.
                gender = _GENDER[token.text.lower()]
                votes[token.refers_to][gender] += 2 if token.dep in _SUBJECTS else 1
    characters = tuple(
        character
        if character.gender or abs(vote["m"] - vote["f"]) < 2
        else replace(character, gender=max(vote, key=vote.__getitem__))
        for character, vote in zip(cast.characters, votes.values(), strict=True)
    )
    return replace(cast, characters=characters)


def _relative_head(tokens: Sequence[Token], row: int) -> int:
    """Return the row of the noun that the relative pronoun at `row` stands for, or -1."""
    place = row
    while tokens[place].head != place:
        if tokens[place].dep == "relcl":
            return tokens[place].head
        place = tokens[place].head
    return -1


def _antecedent(
    passage_id: int,
    row: int,
    tokens: Sequence[Token],
    past: Sequence[_Reference],
    cast: Cast,
    counts: Mapping[int, int],
) -> int | None:
    gender = _GENDER[tokens[row].text.lower()]
    subject = _clause_subject(passage_id, row, tokens, past)
    if tokens[row].text.lower().endswith("self"):
        return subject
    scores: dict[int, float] = {}
    for reference in past:
        known = cast.characters[reference.character].gender
        if known and known != gender:
            continue
        if reference.character == subject and tokens[row].dep not in {"poss", *_SUBJECTS}:
            continue  # "she saw her": somebody else
        score = _score(reference, passage_id, row, tokens)
        score *= 1.0 if known else _UNKNOWN_GENDER
        score *= 1.0 + _PROMINENCE * math.log1p(counts[reference.character])
        if reference.character == subject and tokens[row].dep == "poss":
            score += 1.5
        scores[reference.character] = max(scores.get(reference.character, 0.0), score)
    if not scores:
        return None
    ranked = sorted(scores.values(), reverse=True)
    if len(ranked) > 1 and ranked[0] < _MARGIN * ranked[1]:
        return None
    return max(scores, key=lambda character: scores[character])


def _score(reference: _Reference, passage_id: int, row: int, tokens: Sequence[Token]) -> float:
    distance = passage_id - reference.passage_id
    score = _WEIGHT.get(reference.dep, 1.0)
    if _role(tokens, row) in _SUBJECTS and reference.dep in _SUBJECTS:
        score += 1.0
    return float(score * _DECAY**distance)


def _clause_subject(
    passage_id: int, row: int, tokens: Sequence[Token], past: Sequence[_Reference]
) -> int | None:
    """Return the character that is subject of the clause that token `row` stands in."""
    subjects = {
        tokens[r.row].head: r.character
        for r in past
        if r.passage_id == passage_id and tokens[r.row].dep in _SUBJECTS
    }
    place = row
    while tokens[place].head != place:
        place = tokens[place].head
        if tokens[place].pos in {"VERB", "AUX"}:
            break
    while place not in subjects and tokens[place].dep in {"conj", "xcomp", "advcl"}:
        if any(t.head == place and t.dep in _SUBJECTS for t in tokens):
            return None  # the clause has a subject of its own, which is nobody known
        place = tokens[place].head
    return subjects.get(place)


def _role(tokens: Sequence[Token], row: int) -> str:
    """Return the dependency label of the noun phrase that the name at `row` belongs to."""
    while tokens[row].dep in {"compound", "flat", "appos"} and _is_nominal(
        tokens[tokens[row].head]
    ):
        row = tokens[row].head
    token = tokens[row]
    if token.dep == "compound" and row < 2 and not any(t.dep in _SUBJECTS for t in tokens):
        return "nsubj"  # a short sentence that the parser took for a noun phrase
    return "agent" if token.dep == "pobj" and tokens[token.head].dep == "agent" else token.dep


def _is_nominal(token: Token) -> bool:
    return token.pos == "PROPN" or (token.pos == "NOUN" and token.dep in _SUBJECTS)


def _inside_quotation(tokens: Sequence[Token]) -> list[bool]:
    """Tell for each token whether it stands within quotation marks that open in this passage."""
    inside, marks = False, []
    for token in tokens:
        if token.text in {"“", "”", '"', "``", "''"}:
            inside = {"“": True, "”": False}.get(token.text, not inside)
        marks.append(inside)
    return marks
