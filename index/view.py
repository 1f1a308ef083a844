"""An index as far as a reader has read: what comes later is not in it.

Characters, pronouns, terms and their rarity are found anew in what is left. Only two things stay
from the whole story, neither of which is ever shown: the labels of words as names, and the
passages' embeddings, in which a pronoun may have been read as a name that comes later.
"""

from __future__ import annotations

import math
import re
from dataclasses import replace

from index.coreference import resolve, story_cast, with_names
from index.errors import PointError, shown
from index.lexical import LexicalStore
from index.likely import with_likely
from index.persist import StoryIndex
from index.store import DenseStore

__all__ = ["first_passages", "passages_up_to", "up_to"]

_PERCENT = re.compile(r"([-+]?[0-9]+(?:[.,][0-9]+)?)\s*%")
_NUMBER = re.compile(r"[-+]?[0-9]{1,9}")
_WANTED = "give a percentage such as 40%, a passage number, or words of the story"


def up_to(index: StoryIndex, point: str) -> StoryIndex:
    """Return the index of the story up to `point` (see `passages_up_to`).

    Raises:
        PointError: there is no such point in the story.
    """
    return first_passages(index, passages_up_to(index, point))


def passages_up_to(index: StoryIndex, point: str) -> int:
    """Return how many passages stand before `point`.

    Args:
        index: the story.
        point: a percentage of the story's length ("40%": the passages that end within it), a
            number of passages ("12"), or words of the story (up to the passage in which they
            first stand, itself included; capitals and punctuation do not count).

    Raises:
        PointError: there is no such point in the story, or no passage before it.
    """
    text = point.strip()
    if found := _PERCENT.fullmatch(text):
        return _share(index, text, float(found[1].replace(",", ".")))
    if _NUMBER.fullmatch(text):
        count = len(index.passages)
        if 1 <= int(text) <= count:
            return int(text)
        raise PointError(
            f"no passage number {shown(text)}: the story has passages 1 to {count:,}; {_WANTED}"
        )
    return _quoted(index, text)


def first_passages(index: StoryIndex, count: int) -> StoryIndex:
    """Return the index of the first `count` passages of a story, at least one.

    Nothing is embedded or parsed. The whole index is returned where it has no more passages.
    """
    if count >= len(index.passages):
        return index
    passages = index.passages[:count]
    parses = resolve([[replace(t, refers_to="") for t in ts] for ts in index.parses[:count]])
    texts = [with_names(p, tokens) for p, tokens in zip(passages, parses, strict=True)]
    cast = story_cast(parses)
    return StoryIndex(
        story=replace(index.story, text=index.story.text[: passages[-1].end]),
        passages=passages,
        parses=parses,
        dense=DenseStore.from_vectors(index.dense.vectors(range(count))),
        lexical=LexicalStore.from_texts([passage.text for passage in passages]),
        associative=index.associative.restricted(with_likely(texts, parses, cast)),
        cast=cast,
    )


def _share(index: StoryIndex, text: str, percent: float) -> int:
    if not 0 < percent <= 100:
        raise PointError(f"{shown(text)} is no part of a story; {_WANTED}")
    length = index.passages[-1].end
    count = sum(100 * p.end <= percent * length for p in index.passages)
    if not count:
        first = math.ceil(1000 * index.passages[0].end / length) / 10
        raise PointError(
            f"no sentence ends within {shown(text)} of the story, the first at {first}%; "
            "give a larger percentage"
        )
    return count


def _quoted(index: StoryIndex, text: str) -> int:
    words = re.findall(r"[^\W_]+", text)
    pattern = r"(?<!\w)" + r"[\W_]+".join(map(re.escape, words)) + r"(?!\w)"
    found = re.search(pattern, index.story.text, re.IGNORECASE) if words else None
    if found is None:
        raise PointError(f"the words {shown(text)} do not stand in the story; {_WANTED}")
    ends = (n for n, p in enumerate(index.passages, 1) if p.end >= found.end())
    return next(ends, len(index.passages))
