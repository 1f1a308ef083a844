"""From a story to a searchable index in memory."""

from __future__ import annotations

import numpy as np

from index.associative import AssociativeStore
from index.coreference import story_cast, with_names
from index.encoder import Encoder
from index.lexical import LexicalStore
from index.likely import with_likely
from index.passages import split
from index.persist import StoryIndex
from index.records import Story
from index.store import DenseStore

__all__ = ["build_index"]

_BATCH = 256


def build_index(story: Story, encoder: Encoder, *, progress: bool = False) -> StoryIndex:
    """Split, parse and embed `story`.

    What is embedded, as a whole and by its words, reads names for the pronouns that are tied to
    them (`with_names`); by its words also for those that are not, where it is likely whom they mean
    (`with_likely`). The passages themselves stay verbatim, and what BM25 searches as well: it
    counts words, and a name that stands in many more passages tells less of each.

    Args:
        story: the story.
        encoder: what embeds its passages.
        progress: whether to show progress bars on stderr.

    Raises:
        StoryError: the story has no sentence.
        EncoderError: the encoder cannot be loaded.
    """
    from tqdm import tqdm

    name = story.story_id
    with tqdm(
        total=len(story.text),
        desc=f"reading {name}",
        unit="chars",
        unit_scale=True,
        disable=not progress,
        leave=False,
    ) as bar:
        passages, parses = split(story, progress=bar.update)
    texts = [with_names(p, tokens) for p, tokens in zip(passages, parses, strict=True)]
    cast = story_cast(parses)
    batches = range(0, len(texts), _BATCH)
    vectors = [
        encoder.encode(texts[n : n + _BATCH])
        for n in tqdm(batches, desc=f"embedding {name}", disable=not progress, leave=False)
    ]
    return StoryIndex(
        story=story,
        passages=passages,
        parses=parses,
        dense=DenseStore.from_vectors(np.concatenate(vectors)),
        lexical=LexicalStore.from_texts([passage.text for passage in passages]),
        associative=AssociativeStore.from_texts(with_likely(texts, parses, cast), encoder),
        cast=cast,
    )
