"""One thing that a story tells."""

from __future__ import annotations

from dataclasses import dataclass

from qa.facts.participant import Participant

__all__ = ["EXISTS", "Fact"]

EXISTS = "there is"
"""In place of a verb's key, where it is only said that somebody or something is there."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One clause: `agents` do what `verb` says to `patients`; a passive is turned round.

    Attributes:
        passage_id: where it is told.
        verb: key of the verb (see `qa.facts.verbs.verb_key`).
        agents: who does it; empty where nobody is told.
        patients: to whom or what it is done, or what somebody is ("is the mayor").
        others: who else takes part, behind a preposition.
        negated: whether the clause says that it did not happen.
        certain: whether it is told as a fact, not as a wish, a plan, a fear or a claim.
        start: offset in the story of the clause's first character.
        end: offset behind its last.
    """

    passage_id: int
    verb: str
    agents: tuple[Participant, ...]
    patients: tuple[Participant, ...]
    others: tuple[Participant, ...]
    negated: bool
    certain: bool
    start: int
    end: int
