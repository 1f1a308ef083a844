"""Stories for a library of any size: a seeded grammar, so that no two passages need be the same.

A story opens with one of `stories`, whose facts can be asked for by names that no other story has,
and goes on with sentences of its people from the frames below.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from eval.speed.stories import made_story

__all__ = ["SENTENCES", "ScaleStory", "scale_story"]

SENTENCES = 100
"""Sentences a story."""

_FRAMES = """\
{x} {carried} the {adj} {thing} from the {place} to the {place2} before {time}.
On {day} {x} and {y} {spoke} about the {adj} {thing} until {time}.
Nobody at the {place} knew why {x} {wanted} a {adj} {thing} so badly.
{x} had never seen a {adj} {animal} at the {place} before that {day}.
When the {animal} ran past the {place}, {y} {laughed} and called for {x}.
"There is a {adj} {thing} in the {place}," said {x}, but {y} did not believe a word of it.
{y} {wrote} to {x} that the {place} had been sold for {number} {coins}.
For {number} years {x} worked as a {trade} at the {place} near {town}.
The {trade} of {town} {wanted} {number} {coins} for the {adj} {thing}.
{x} was afraid of the {animal}, and so was {y}, although neither ever said it.
After {time} the {adj} road between {town} and the {place} was empty.
{y} hid behind the {place} while {x} {spoke} with the {trade}.
In {town} people {laughed} about the {trade} who had lost a {adj} {thing}.
It rained for {number} days, and the {place} at {town} stood under water.
{x} gave the {animal} to {y}, who {carried} it home in a {adj} basket.
Without the {thing}, thought {y}, the {trade} would never open the {place} again.
{x} found {number} {coins} beneath the {adj} floor of the {place}.
The {adj} {thing} was worth less than the {animal}, as the {trade} told {x}.
By {time} {y} had painted the {place} and mended the {adj} {thing}.
{x} dreamt of a {adj} {animal} that {spoke} with the voice of {y}.
They {carried} {number} sacks of salt past the {place}, and {x} counted each of them.
{y} swore at the {place} that the {thing} had been {adj} from the beginning.
At {time} the {trade} came to {town} and {wanted} to see {x} alone.
A letter lay under the {adj} {thing}, and {y} {wrote} an answer the same {day}.
""".splitlines()
_WORDS = {
    "carried": "carried dragged brought rolled pushed sent threw pulled lifted shipped".split(),
    "spoke": "spoke argued whispered quarrelled joked talked shouted sang wept bargained".split(),
    "wanted": "wanted demanded needed asked begged offered promised paid saved owed".split(),
    "laughed": "laughed wept smiled cursed wondered cheered sighed complained boasted".split(),
    "wrote": "wrote admitted explained confessed promised reported swore answered".split(),
    "adj": "broken heavy crooked shining ancient hollow painted narrow frozen stolen bitter "
    "silent wooden golden rusty torn empty foreign forgotten polished crimson dusty sacred "
    "borrowed cracked muddy feathered smoky leaking haunted".split(),
    "thing": "ladder lamp violin barrel anchor map wheel crown mask spoon rope chest saddle "
    "trumpet loom needle carpet bell candle oar statue key telescope drum blanket harp "
    "sword mirror teapot plough".split(),
    "place": "harbour mill forge library tower stable market cellar ferry monastery garden "
    "theatre barracks prison vineyard school bridge hospital shipyard orchard tavern "
    "observatory cemetery warehouse lighthouse bathhouse quarry brewery customs-house".split(),
    "animal": "goat falcon mare hound crow heron ox weasel parrot tortoise swan mule badger "
    "otter raven fox pig peacock bear cat".split(),
    "trade": "cooper notary sailor surgeon carpenter priest barber pedlar miller weaver judge "
    "beekeeper mason actor teacher smuggler baker clerk glazier gardener".split(),
    "coins": "crowns florins shillings guilders ducats thalers francs pesos".split(),
    "day": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split(),
    "time": "dawn noon midnight dusk sunrise supper harvest Easter Christmas midsummer".split(),
    "number": "three four five seven eight nine eleven twelve fifteen twenty forty ninety".split(),
}


@dataclass(frozen=True, slots=True)
class ScaleStory:
    """A story in sentences.

    Attributes:
        name: its own.
        sentences: as they follow each other, parted by a space.
        frames: the number of the frame that each sentence was made from.
        asked: questions that name somebody of this story, and the word that a right answer has.
    """

    name: str
    sentences: tuple[str, ...]
    frames: tuple[int, ...]
    asked: tuple[tuple[str, str], ...]

    @property
    def text(self) -> str:
        """The whole story."""
        return " ".join(self.sentences)


def scale_story(number: int, sentences: int = SENTENCES) -> ScaleStory:
    """Return the story of that number, the same each time; `sentences` is at least 16."""
    rng = random.Random(f"library {number}")  # noqa: S311 - no secret
    opening = made_story(number)
    names = sorted(opening.names)
    said = opening.text.strip().replace(". ", ".\n").split("\n")
    frames = list(range(len(said)))
    while len(said) < sentences:
        frame = rng.randrange(len(_FRAMES))
        x, y, town = rng.sample(names, 3)
        place2 = rng.choice(_WORDS["place"])
        words = {slot: rng.choice(choices) for slot, choices in _WORDS.items()}
        line = _FRAMES[frame].format(x=x, y=y, town=town, place2=place2, **words)
        said.append(line[0].upper() + line[1:])
        frames.append(16 + frame)
    pairs = zip(opening.questions, opening.facts, strict=True)
    asked = [(q, fact) for q, fact in pairs if any(name in q for name in opening.names)]
    return ScaleStory(f"story-{number}", tuple(said), tuple(frames), tuple(asked))
