"""Persons spoken of without a name: "the landlord", "an old woman", "his sister"."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from index.cast import Cast
from index.persons import GENERAL, person_gender, person_nouns
from index.records import Token

__all__ = ["Description", "descriptions"]

_NEW = frozenset({"a", "an", "another", "some", "one", "any", "every", "each"})
_NOBODY = frozenset({"no", "neither", "what", "which", "many", "several", "these", "those", "all"})
_TELLS = frozenset({"appos", "attr", "compound", "oprd", "nmod", "npadvmod", "amod"})
_NAMED = frozenset({"name", "call", "nickname", "dub"})


@dataclass(frozen=True, slots=True)
class Description:
    """A noun for one person: the character whom it means by the text, or -1.

    `new` tells that it brings somebody in ("a stranger"), `general` that it may take up anybody
    of its gender ("the girl").
    """

    lemma: str
    gender: str
    character: int
    new: bool
    general: bool


def descriptions(
    parses: Sequence[Sequence[Token]], cast: Cast
) -> dict[tuple[int, int], Description]:
    """Return the descriptions of single persons in a story, by (passage_id, row of the noun).

    Left out are nouns that only say what somebody is ("Osk is a smith", "the smith Osk"), so that
    each is one person on the scene.
    """
    named = cast.named_rows()
    nouns, called = person_nouns(parses), _called(cast)
    found = _unlabelled(parses, cast, named)
    for place, tokens in enumerate(parses):
        for row, token in enumerate(tokens):
            single = token.tag == "NN" and (place, row) not in named
            if not single or not (token.lemma in nouns or token.lemma.endswith("man")):
                continue
            before = _determiner(tokens, row)
            if before in _NOBODY or _only_tells(tokens, row):
                continue
            same = {named[place, n] for n in _names_of(tokens, row) if (place, n) in named}
            new = before in _NEW
            if not same and not new and before:
                same = called.get(token.lemma, set())
            found[place, row] = Description(
                lemma=token.lemma,
                gender=person_gender(token.lemma),
                character=same.copy().pop() if len(same) == 1 else -1,
                new=new,
                general=not new and token.lemma in GENERAL,
            )
    return found


def _unlabelled(
    parses: Sequence[Sequence[Token]], cast: Cast, named: Mapping[tuple[int, int], int]
) -> dict[tuple[int, int], Description]:
    """Return the names that are in no mention of the cast, of what does something in the story.

    A character's in capitals is still the character's; others are of unknown gender.
    """
    spelt: dict[str, set[int]] = defaultdict(set)
    for n, character in enumerate(cast.characters):
        for alias in character.aliases:
            spelt[alias.casefold()].add(n)
    places = [
        (place, row)
        for place, tokens in enumerate(parses)
        for row, token in enumerate(tokens)
        if token.tag == "NNP" and token.dep != "compound" and (place, row) not in named
    ]
    acting = {
        parses[place][row].text.casefold()
        for place, row in places
        if parses[place][row].dep == "nsubj" and _head(parses[place], row).pos == "VERB"
    }
    found = {}
    for place, row in places:
        name = parses[place][row].text.casefold()
        same = spelt.get(name, set())
        if same or (name in acting and parses[place][row].ent):
            one = min(same) if len(same) == 1 else -1
            found[place, row] = Description(name, "", one, new=False, general=False)
    return found


def _head(tokens: Sequence[Token], row: int) -> Token:
    return tokens[tokens[row].head]


def _called(cast: Cast) -> Mapping[str, set[int]]:
    """Return whom each noun describes by the roles and titles of the cast."""
    found: dict[str, set[int]] = defaultdict(set)
    for n, character in enumerate(cast.characters):
        for role in character.roles:
            words = role.lower().replace(" from ", " of ").split(" of ")[0].split()
            found[words[-1]].add(n)
        for alias in character.aliases:
            found[alias.lower().split()[0]].add(n)  # "Constable Osk": the constable
    return found


def _determiner(tokens: Sequence[Token], row: int) -> str:
    """Return what makes the noun definite or not, "" where nothing does."""
    for token in tokens[:row]:
        if token.head == row and token.dep in {"det", "poss", "predet", "nummod"}:
            return token.text.lower()
    return ""


def _only_tells(tokens: Sequence[Token], row: int) -> bool:
    """Tell whether the noun only says what somebody is, and is nobody on the scene."""
    token = tokens[row]
    while token.dep == "conj" and token.head != row:
        row = token.head
        token = tokens[row]
    if token.dep == "attr":  # "there was a smith" brings him in
        return all(t.dep != "expl" for t in tokens if t.head == token.head)
    return token.dep in _TELLS or (
        token.dep == "pobj" and tokens[token.head].text.lower() in {"as", "like", "but"}
    )


def _names_of(tokens: Sequence[Token], row: int) -> Iterator[int]:
    """Yield the rows that may name the person: "the smith, Osk", "a smith called Osk"."""
    for n, token in enumerate(tokens):
        above = tokens[token.head]
        called = token.dep in {"oprd", "dobj", "attr"} and above.lemma in _NAMED
        apposed = token.dep == "appos" and token.head == row
        if apposed or (called and above.dep == "acl" and above.head == row):
            yield n
