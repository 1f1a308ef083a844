"""The characters of a story: what each is called, and whether the text shows he or she."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.names import name_runs
from index.records import Token

__all__ = ["Cast", "Character", "Mention", "find_cast"]

Gender = str
"""`"m"`, `"f"`, or `""` where the text does not tell."""

_MALE = frozenset(
    "man men boy son brother father uncle nephew grandfather grandson husband king prince lord sir "
    "duke baron count emperor mr. mr mister gentleman lad fellow boss godfather monk priest groom "
    "widower wizard waiter actor landlord knight bachelor stepfather stepson he him his".split()
)
_FEMALE = frozenset(
    "woman women girl daughter sister mother aunt niece grandmother granddaughter wife queen "
    "princess lady madam duchess baroness countess empress mrs. mrs ms. ms miss mistress maid "
    "maiden nun bride widow witch waitress actress landlady girlfriend heroine stepmother "
    "stepdaughter spinster she her hers".split()
)

_SUFFIXES = frozenset({"Jr", "Sr"})


@dataclass(frozen=True, slots=True)
class Character:
    """One character: the fullest name, every name used, and the gender."""

    name: str
    aliases: tuple[str, ...]
    gender: Gender


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in the text: tokens `first` to `last` (inclusive) of a passage."""

    passage_id: int
    first: int
    last: int
    character: int


@dataclass(frozen=True, slots=True)
class Cast:
    """The characters, and where each is named, in story order."""

    characters: tuple[Character, ...]
    mentions: tuple[Mention, ...]


def find_cast(parses: Sequence[Sequence[Token]]) -> Cast:
    """Group the person names of a story into characters.

    A shorter name belongs to the one longer name that holds all its words ("Anna" to "Anna
    Berg"); where two longer names do, to the one named more often. A name in brackets right
    behind another is who plays it, and no character.
    """
    runs = [
        (row, a, b, tuple(t.text for t in tokens[a:b]))
        for row, tokens in enumerate(parses)
        for a, b in name_runs(tokens)
        if tokens[a].ent == "PERSON" and not _is_actor(tokens, a)
    ]
    counts = Counter(words for *_, words in runs)
    owner = {words: _fullest(words, counts) for words in counts}
    names = sorted(
        set(owner.values()),
        key=lambda words: next(i for i, r in enumerate(runs) if owner[r[3]] == words),
    )
    number = {words: n for n, words in enumerate(names)}
    mentions = tuple(Mention(row, a, b - 1, number[owner[words]]) for row, a, b, words in runs)
    genders = _genders(parses, mentions, len(names))
    characters = tuple(
        Character(
            name=" ".join(words),
            aliases=tuple(sorted({" ".join(w) for w, o in owner.items() if o == words})),
            gender=genders[n],
        )
        for n, words in enumerate(names)
    )
    return Cast(characters, mentions)


def _is_actor(tokens: Sequence[Token], first: int) -> bool:
    return first >= 2 and tokens[first - 1].text == "(" and tokens[first - 2].pos == "PROPN"


def _fullest(words: tuple[str, ...], counts: Counter[tuple[str, ...]]) -> tuple[str, ...]:
    longer = [w for w in counts if len(w) > len(words) and set(words) <= set(w)]
    if not longer and words[-1:] and words[-1].rstrip(".") in _SUFFIXES:
        longer = [
            w
            for w in counts
            if w[0] == words[0] and len(w) >= len(words) and w[-1].rstrip(".") not in _SUFFIXES
        ]
    return max(longer, key=lambda w: (counts[w], w)) if longer else words


def _genders(
    parses: Sequence[Sequence[Token]], mentions: Sequence[Mention], n_characters: int
) -> list[Gender]:
    votes = [Counter[Gender]() for _ in range(n_characters)]
    for mention in mentions:
        for word, weight in _telling(parses[mention.passage_id], mention):
            if word in _MALE:
                votes[mention.character]["m"] += weight
            elif word in _FEMALE:
                votes[mention.character]["f"] += weight
    return [max(v, key=lambda g: v[g]) if v and abs(v["m"] - v["f"]) >= 1 else "" for v in votes]


def _telling(tokens: Sequence[Token], mention: Mention) -> Iterator[tuple[str, int]]:
    """Yield (word, weight) that may tell the gender: title, apposition, "is a …", "her own …"."""
    if mention.first > 0 and tokens[mention.first - 1].pos in {"NOUN", "PROPN", "ADJ"}:
        yield tokens[mention.first - 1].text.lower(), 3
    for word in tokens[mention.first : mention.last + 1]:
        yield word.text.lower(), 3
    head = tokens[mention.last]
    for n, token in enumerate(tokens):
        if token.dep == "appos" and tokens[token.head] == head:
            yield token.lemma, 3
        if head.dep == "appos" and tokens[head.head] == token:
            yield token.lemma, 3
        if token.dep == "attr" and head.dep == "nsubj" and token.head == head.head:
            yield token.lemma, 3
        owned = token.dep == "poss" and head.dep == "nsubj" and n > mention.last
        if owned and tokens[token.head].head == head.head:
            # "Anna sold her house": a possessive below the verb is most often the subject's.
            yield token.text.lower(), 1
