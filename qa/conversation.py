"""Follow-ups: a question that leans on the turns before it is put so that it stands alone."""

from __future__ import annotations

from collections.abc import Sequence

from index.persist import StoryIndex
from qa.records import Turn

__all__ = ["standalone"]


def standalone(text: str, history: Sequence[Turn], index: StoryIndex) -> str | None:
    """Return `text` as a question that stands alone, or None where it already does."""
    return None
