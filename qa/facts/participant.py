"""Somebody or something that takes part: two are the same, different, or it is open.

A role that no character is known to have may be anybody's.
"""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["OPEN", "Participant", "same"]


@dataclass(frozen=True, slots=True)
class Participant:
    """Somebody or something that a clause or a question speaks of.

    Attributes:
        characters: numbers of the characters that it may be, by name or by a role of theirs.
        head: stem of its noun, "" where it is named or open.
        modifiers: stems of the words that tell which one.
        owners: numbers of the characters named in it, as in "Anna's brother".
        apart: whether it is surely none of the characters not in `characters`: "two men",
            "her brother" (but not "the man").
        nobody: whether it is "nobody" or "nothing".
        whose: stems of the nouns of its owner, as in "the baker's daughter".
        pronoun: the pronoun, in lower case, that is not tied to anybody.
        row: where its head stands among the tokens of the passage, -1 in a question.
    """

    characters: frozenset[int] = frozenset()
    head: str = ""
    modifiers: frozenset[str] = frozenset()
    owners: frozenset[int] = frozenset()
    apart: bool = False
    nobody: bool = False
    whose: frozenset[str] = frozenset()
    pronoun: str = ""
    row: int = field(default=-1, compare=False)

    @property
    def open(self) -> bool:
        """Whether nothing tells who or what it is."""
        return not self.characters and not self.head


OPEN = Participant()
"""A pronoun that is not tied, or what a wh-word asks for."""


def same(asked: Participant, told: Participant) -> bool | None:
    """Tell whether two participants are the same; None where it is open."""
    if asked.open or told.open or told.nobody:
        return None
    if asked.characters and told.characters:
        return bool(asked.characters & told.characters)
    if asked.characters or told.characters:
        known, other = (asked, told) if asked.characters else (told, asked)
        if other.owners & known.characters or not other.apart or other is asked:
            return None  # "the chief's men" may act for the chief, "the man" may be he
        return False
    if asked.head != told.head:
        return False if asked.head and told.head and asked.apart and told.apart else None
    if (asked.owners or asked.whose) and (told.owners or told.whose):
        return bool(asked.owners & told.owners or asked.whose & told.whose)
    if asked.modifiers and told.modifiers and not asked.modifiers & told.modifiers:
        return None
    return True
