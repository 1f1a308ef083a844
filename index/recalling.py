"""An encoder that looks up a story's words, which its index has embedded before."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from index.associative import AssociativeStore
from index.encoder import Encoder, Vectors

__all__ = ["RecallingEncoder"]


class RecallingEncoder:
    """Gives the vectors of `encoder`, those of a story's single words from its index.

    Args:
        encoder: the one that the index was built with.
        words: the store that has the story's words.
    """

    def __init__(self, encoder: Encoder, words: AssociativeStore) -> None:
        self._encoder = encoder
        self._words = words

    @property
    def name(self) -> str:
        """Name of the model."""
        return self._encoder.name

    @property
    def digest(self) -> str:
        """Hexadecimal SHA-256 of the model's weights."""
        return self._encoder.digest

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one L2-normalised row a text: float32, shape (len(texts), dimension).

        Raises:
            EncoderError: the model cannot be loaded.
        """
        if not texts:
            return self._encoder.encode([])
        found = self._words.embedded(texts)
        missing = [text for text in dict.fromkeys(texts) if text not in found]
        if missing:
            found.update(zip(missing, self._encoder.encode(missing), strict=True))
        return np.stack([found[text] for text in texts])
