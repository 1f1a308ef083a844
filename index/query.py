"""What is searched for, and its embeddings."""

from __future__ import annotations

from dataclasses import dataclass

from index.encoder import Encoder, Vectors
from index.lexical import content_words

__all__ = ["Query", "make_query"]


@dataclass(frozen=True, slots=True, eq=False)
class Query:
    """A question ready to be searched for.

    `vector` embeds the whole text: float32, L2-normalised, shape (d,). `word_vectors` embeds each
    of `words` by itself: shape (len(words), d). `names` are those of `words` that name somebody:
    they count less (see `AssociativeStore.search`).
    """

    text: str
    vector: Vectors
    words: tuple[str, ...]
    word_vectors: Vectors
    names: frozenset[str] = frozenset()


def make_query(text: str, encoder: Encoder) -> Query:
    """Embed `text` and its content words, in one batch."""
    words = tuple(dict.fromkeys(content_words(text)))
    vectors = encoder.encode([text, *words])
    return Query(text, vectors[0], words, vectors[1:])
