"""Who is on the scene as a story goes on: characters, the nameless, and whom open pronouns mean."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field, replace

from index.descriptions import Description

__all__ = ["Entity", "Place", "Reference", "Scene"]

Place = tuple[int, int]
"""A token of a story: (passage_id, row)."""

_LIKELY = 0.5


@dataclass(slots=True)
class Entity:
    """Somebody who may be spoken of.

    Attributes:
        gender: "m", "f", or "" where it is not known.
        weight: how much it stands out in the story, 1 or more.
        possible: whether a pronoun for one person can mean it.
        options: for whom an open pronoun means, the entities that it may be; empty otherwise.
        members: the open pronouns, in story order.
    """

    gender: str
    weight: float = 1.0
    possible: bool = True
    options: frozenset[int] = frozenset()
    members: list[Place] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Reference:
    """One place where an entity is spoken of, in which grammatical role, and how prominently."""

    entity: int
    passage_id: int
    row: int
    role: str
    paragraph: int
    weight: float = 1.0


@dataclass(slots=True)
class Scene:
    """Entities by number, those of the cast first, and the references within reach, in order.

    `likely` are the entities that each pronoun most likely means (see `weigh`).
    """

    entities: list[Entity]
    past: list[Reference] = field(default_factory=list)
    likely: dict[Place, frozenset[int]] = field(default_factory=dict)
    _nameless: dict[str, int] = field(default_factory=dict)

    def add(self, entity: Entity) -> int:
        """Bring an entity in; return its number."""
        self.entities.append(entity)
        return len(self.entities) - 1

    def forget(self, passage_id: int) -> None:
        """Drop the references in passages before `passage_id`."""
        self.past = [r for r in self.past if r.passage_id >= passage_id]

    def described(self, found: Description) -> int | None:
        """Return whom a description means, None where it may be anybody."""
        if found.character >= 0:
            return found.character
        if found.new or (found.lemma not in self._nameless and not found.general):
            self._nameless[found.lemma] = self.add(Entity(found.gender))
        return self._nameless.get(found.lemma)

    def named(self, character: int) -> None:
        """Note that a character is named: an open pronoun before may have been anybody of its own.

        What took up the pronoun would not need the name, so each of its options counts as spoken
        of where it stands.
        """
        entities = self.entities
        if any(character in entities[r.entity].options for r in self.past):
            self.past = [
                replace(r, entity=one)
                for r in self.past
                for one in self._within(r.entity, character)
            ]

    def weigh(self, place: Place, scores: Mapping[int, float], out: Set[int]) -> None:
        """Note whom the pronoun at `place` likely means: all with half the weight of the first.

        An open pronoun that it may take up shares its weight out among its options.
        """
        weights: dict[int, float] = {}
        for one, score in scores.items():
            options = self.entities[one].options
            options = options.difference(out) or options or frozenset({one})
            for each in options:
                weights[each] = max(weights.get(each, 0.0), score / len(options))
        least = _LIKELY * max(weights.values(), default=0.0)
        self.likely[place] = frozenset(one for one, share in weights.items() if share >= least)

    def narrow(self, entity: int, out: Iterable[int]) -> frozenset[int]:
        """Return whom an open pronoun may still mean, if it is none of `out`; note it."""
        found = self.entities[entity]
        found.options = found.options.difference(out) or found.options
        if len(found.options) == 1:
            only = next(iter(found.options))
            self.past = [replace(r, entity=only) if r.entity == entity else r for r in self.past]
        return found.options

    def _within(self, entity: int, character: int) -> Iterable[int]:
        options = self.entities[entity].options
        return sorted(options) if character in options else (entity,)
