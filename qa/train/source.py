"""What windows are made from: questions and documents as word pieces."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from qa.train.data import Document, Example
from qa.train.features import Pieces, pieces

if TYPE_CHECKING:
    from tokenizers import Tokenizer

__all__ = ["Source"]


@dataclass(frozen=True, slots=True)
class Source:
    """What windows are made from: questions and documents as word pieces, kept once made."""

    tokenizer: Tokenizer
    documents: dict[str, Pieces]
    rng: random.Random
    asked: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    """Questions and answers by document."""

    def pieces(self, document: Document) -> Pieces:
        """Return a document's word pieces."""
        found = self.documents.get(document.name)
        if found is None:
            found = self.documents[document.name] = pieces(document, self.tokenizer)
        return found

    def know(self, examples: Iterable[Example]) -> None:
        """Remember questions and answers."""
        for example in examples:
            if example.answers:
                known = self.asked.setdefault(example.document.name, [])
                known.append((example.question, example.answers[0]))

    def question(self, text: str) -> list[int]:
        """Return the ids of a question's word pieces."""
        return list(self.tokenizer.encode(text, add_special_tokens=False).ids)
