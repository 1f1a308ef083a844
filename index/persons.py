"""Which common nouns mean one person or animal: by the word, and by what a story shows of it."""

from __future__ import annotations

from collections.abc import Sequence

from index.gender import FEMALE, MALE, Gender
from index.records import Token

__all__ = ["GENERAL", "person_gender", "person_nouns"]

_EITHER = frozenset(
    "accomplice ally apprentice artist assassin baby bandit baker banker beggar bishop builder "
    "burglar butler captain carpenter chief child clerk colleague companion constable cook cousin "
    "customer dealer detective dentist doctor driver employee employer enchanter enemy enforcer "
    "farmer fiddler follower friend gangster gardener ghost giant goldsmith guard guest guide "
    "helper heir hermit hunter huntsman inspector journalist judge keeper killer lawyer leader "
    "lover magician manager master mayor member merchant messenger miller minister mobster "
    "murderer musician neighbour neighbor nurse officer orphan owner painter parent paramour "
    "partner passenger pastor patient peasant physician pilot pirate player poet president "
    "prisoner professor pupil rival robber ruler sailor schoolmaster schoolteacher servant "
    "shepherd sheriff shoemaker sibling singer smith smuggler soldier somebody someone stranger "
    "student surgeon tailor teacher thief traitor traveller traveler twin vicar victim villager "
    "visitor warrior witness woodcutter worker writer youth "
    "bear cat cock crow dog donkey dragon duck dwarf eagle elf fairy fish fox frog giant gnome "
    "goat goblin goose hare hen horse lion monkey monster mouse ogre owl ox pig rabbit raven "
    "serpent snake sparrow squirrel stag tiger toad troll turtle wolf".split()
)
GENERAL = frozenset(
    "man woman boy girl lad lady gentleman fellow child youth person creature maiden".split()
)
"""Nouns by which somebody who has a name may be taken up ("the girl")."""
_SAYING = frozenset(
    "say ask tell reply answer cry exclaim shout whisper think believe know wish want promise "
    "decide remember weep laugh smile".split()
)


def person_nouns(parses: Sequence[Sequence[Token]]) -> frozenset[str]:
    """Return the lemmas of the common nouns of a story that mean persons, or act like them.

    Besides known words these are nouns that "who" takes up, and those that say or think something.
    """
    shown = set()
    for tokens in parses:
        for token in tokens:
            above = tokens[token.head]
            if token.dep == "nsubj" and token.pos == "NOUN" and above.lemma in _SAYING:
                shown.add(token.lemma)
            elif token.text.lower() in {"who", "whom"} and above.dep == "relcl":
                noun = tokens[above.head]
                if noun.pos == "NOUN":
                    shown.add(noun.lemma)
    return frozenset(shown | _EITHER | GENERAL | MALE | FEMALE)


def person_gender(lemma: str) -> Gender:
    """Return the gender that the noun itself tells, "" for none."""
    return "m" if lemma in MALE else "f" if lemma in FEMALE else ""
