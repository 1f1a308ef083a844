"""Small stories with facts of their own, from a template: one a client of a load test."""

from __future__ import annotations

import random
from dataclasses import dataclass

__all__ = ["MadeStory", "book", "made_story"]

_ONSETS = "B Br D Dr F G Gr H J K Kr L M N P R S St T Tr V W Z".split()
_VOWELS = "a e i o u ai au ea".split()
_CODAS = "l n r s m d rn ld nd st".split()
_WHO_KEPT = "bakery smithy tannery chandlery tavern pharmacy laundry brewery".split()
_ANIMALS = "goat mare heifer donkey ram goose mule hound".split()
_COLOURS = "grey brown black white yellow red blue green".split()
_THINGS = "lantern compass kettle fiddle ledger telescope clock mirror".split()
_METALS = "copper silver brass pewter iron bronze tin golden".split()
_PLACES = "chapel granary lighthouse quarry sawmill cistern windmill orchard".split()
_COINS = "crowns florins shillings guilders ducats thalers francs pesos".split()
_FEARS = "thunder wolves fire ghosts floods strangers darkness snakes".split()

_TEMPLATE = """\
{a} lived in {town}, a small village at the end of a long valley, and nobody there was poorer. \
{b} kept the {shop} beside the bridge and worked there from early morning until late at night. \
In the spring {a} bought a {colour} {animal} from {c} for {n} {coins}, which was all there was. \
The {animal} was old, and the neighbours laughed when they saw it on the road to {town}. \
{c} was a dealer from {city}, and always wore a heavy coat, even in the heat of the summer. \
One night {d} stole the {metal} {thing} from the {shop} and hid it in the {place}. \
{b} noticed the loss at once and ran through all the streets of the village to call for help. \
The sheriff of {town} was {e}, a soldier for many years, who feared nothing but {fear}. \
{e} searched every house near the bridge, but found only dust, empty bottles and a broken chair. \
After three weeks the {animal} began to dig behind the {place} and would not come away. \
There {a} found the {metal} {thing} under a heap of wet leaves and carried it home with care. \
{b} was so glad that {a} was given a room above the {shop} and a warm meal every evening. \
{d} left {town} before the winter and went to {city} on foot, without a word to anyone. \
{c} heard of it and told the story in every inn between the hills and the sea. \
In the end {a} married {b}, and {e} danced at the wedding until the morning. \
The {animal} got a stable of its own, and it is said that it lived for another twenty years.
"""

_QUESTIONS = (
    ("Who stole the {metal} {thing}?", "{d}"),
    ("Who kept the {shop}?", "{b}"),
    ("Who found the {metal} {thing} under the leaves?", "{a}"),
    ("Who was the sheriff of {town}?", "{e}"),
    ("Where did {d} hide the {metal} {thing}?", "{place}"),
    ("What did {a} buy from {c}?", "{animal}"),
)


@dataclass(frozen=True, slots=True)
class MadeStory:
    """A story, what to ask about it, and for each question the word that a right answer has.

    `names` are its people's and places', which no other story of a load test has.
    """

    text: str
    questions: tuple[str, ...]
    facts: tuple[str, ...]
    names: frozenset[str]


def made_story(number: int) -> MadeStory:
    """Return the story of that number, the same each time; names of two numbers differ."""
    rng = random.Random(f"story {number}")  # noqa: S311 - no secret
    firsts = [onset + vowel + coda for onset in _ONSETS for vowel in _VOWELS for coda in _CODAS]
    # The last syllables tell the story, so that its names are its own.
    names = [first + _syllables(number) for first in rng.sample(firsts, 7)]
    a, b, c, d, e, town, city = names
    facts = {
        "a": a, "b": b, "c": c, "d": d, "e": e, "town": town, "city": city,
        "shop": rng.choice(_WHO_KEPT),
        "animal": rng.choice(_ANIMALS),
        "colour": rng.choice(_COLOURS),
        "thing": rng.choice(_THINGS),
        "metal": rng.choice(_METALS),
        "place": rng.choice(_PLACES),
        "coins": rng.choice(_COINS),
        "fear": rng.choice(_FEARS),
        "n": rng.choice("nine twelve sixteen twenty thirty forty sixty ninety".split()),
    }  # fmt: skip
    return MadeStory(
        text=_TEMPLATE.format(**facts),
        questions=tuple(question.format(**facts) for question, _ in _QUESTIONS),
        facts=tuple(fact.format(**facts) for _, fact in _QUESTIONS),
        names=frozenset(names),
    )


def book(chapters: int) -> str:
    """Return a text of many made stories, 16 sentences each, whose vocabulary grows with it."""
    return "\n".join(made_story(number).text for number in range(chapters))


def _syllables(number: int) -> str:
    onsets = "b d f g k l m n p r s t v z".split()
    vowels = "a e i o u".split()
    text = ""
    while True:
        number, rest = divmod(number, len(onsets) * len(vowels))
        onset, vowel = divmod(rest, len(vowels))
        text += onsets[onset] + vowels[vowel]
        if not number:
            return text
