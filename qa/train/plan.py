"""How much of what the reader learns from, and what windows are made with."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qa.train.as_read import Shelf
from qa.train.data import Document
from qa.train.features import Pieces, pieces

if TYPE_CHECKING:
    from tokenizers import Tokenizer

__all__ = ["Plan", "Source"]


@dataclass(frozen=True, slots=True)
class Plan:
    """How much of each kind of data is read.

    `qamr` and `shifts` are numbers of questions, `passes` of times the stories are read;
    `elsewhere`, `altered` and `foreign` the shares of story questions that are also asked of
    another stretch of their story, in an altered form, and of another story. Windows have `short`
    to `long` word pieces; `entire` is the share of the regions that fit which are read in one
    piece.

    `as_read` is the share of questions that are asked of windows laid out as the program reads
    (`qa.train.as_read`), with one of `budgets` word pieces of passages; of these, `section` are
    asked a second time of passages of the region that answers, and `missing` also of windows
    without what answers. `reworded` is the share of questions asked in other words, where there is
    a thesaurus.

    The first `tales_aside` and `plots_aside` stories are not trained on, so that what weighs
    the reader against others can be fitted on them.
    """

    qamr: int = 6_000
    shifts: int = 12_000
    passes: int = 3
    narrativeqa_views: int = 2
    tales_aside: int = 12
    plots_aside: int = 6
    elsewhere: float = 0.5
    altered: float = 0.25
    foreign: float = 0.05
    short: int = 60
    long: int = 330
    entire: float = 0.8
    as_read: float = 0.7
    budgets: tuple[int, ...] = (160, 190, 208, 208, 230, 260)
    longest: int = 208
    section: float = 0.75
    missing: float = 0.12
    reworded: float = 0.35


@dataclass(frozen=True, slots=True)
class Source:
    """What windows are made with: word pieces of documents, kept once made, and other words.

    `reword` puts a question in other words, or leaves it as it is.
    """

    tokenizer: Tokenizer
    documents: dict[str, Pieces]
    rng: random.Random
    shelf: Shelf
    reword: Callable[[str], str] = str

    def pieces(self, document: Document) -> Pieces:
        """Return a document's word pieces."""
        found = self.documents.get(document.name)
        if found is None:
            found = self.documents[document.name] = pieces(document, self.tokenizer)
        return found

    def question(self, text: str) -> list[int]:
        """Return a question's word pieces."""
        return list(self.tokenizer.encode(text, add_special_tokens=False).ids)
