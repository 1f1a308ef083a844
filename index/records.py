"""The records that the index is made of. Offsets count characters of the story, end-exclusive."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

__all__ = ["Hit", "Passage", "Story", "Token"]


@dataclass(frozen=True, slots=True)
class Story:
    """A story as loaded: the text that every offset of the project counts in."""

    story_id: str
    text: str
    source: str | None = field(default=None, compare=False)
    """Absolute path of the file it was read from; None for text that never was a file."""

    @property
    def sha256(self) -> str:
        """Hexadecimal SHA-256 of the text's UTF-8 bytes."""
        return hashlib.sha256(self.text.encode("utf-8")).hexdigest()


@dataclass(frozen=True, slots=True)
class Passage:
    """One sentence of a story: `story.text[start:end] == text`.

    `passage_id` is the passage's place in the story, counted from 0.
    """

    passage_id: int
    story_id: str
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Token:
    """One token of a parsed passage. `start` and `end` are offsets in the story.

    `head` is the index of the governing token within the same passage (the root governs itself).
    Tags: `pos` is Universal Dependencies' coarse tag, `tag` the Penn Treebank's, `dep` the
    ClearNLP dependency label that spaCy's English models use, `ent` the OntoNotes entity type
    ("" outside an entity). `refers_to` is the name of the character whom a pronoun means, "" where
    it is open.
    """

    text: str
    lemma: str
    pos: str
    tag: str
    dep: str
    head: int
    ent: str
    start: int
    end: int
    refers_to: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """One passage found by one way of searching: its row (= `passage_id`) and its raw score."""

    passage_id: int
    score: float
