"""The seam between retrieval and answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from qa.question import Question
from qa.records import Reading, Retrieved

__all__ = ["Reader"]


class Reader(Protocol):
    """What finds the answer in retrieved passages."""

    def read(self, question: Question, passages: Sequence[Retrieved]) -> Reading:
        """Return spans of the passages, best first, each inside one passage."""
