"""Text to vectors: the seam, and any sentence-transformers model.

The default model runs without torch in `index.onnx_encoder`, with the same vectors.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from index.errors import EncoderError, shown
from index.minilm import DEFAULT_ENCODER, packaged_folder, verified_digest
from index.threads import share_cores

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

__all__ = ["DEFAULT_ENCODER", "Encoder", "SentenceEncoder", "Vectors"]

Vectors = NDArray[np.float32]


class Encoder(Protocol):
    """What turns texts into vectors. `name` and `digest` tell whose the vectors are."""

    @property
    def name(self) -> str:
        """Name of the model."""

    @property
    def digest(self) -> str:
        """Hexadecimal SHA-256 of the model's weights."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one L2-normalised row a text: float32, shape (len(texts), dimension)."""


class SentenceEncoder:
    """A sentence-transformers model on the CPU, loaded when it is first needed. Thread-safe.

    Args:
        name: `all-MiniLM-L6-v2` for the packaged weights (nothing is fetched), a folder with a
            model, or a name on the Hugging Face hub, which is fetched if it is not in the cache.
    """

    def __init__(self, name: str = DEFAULT_ENCODER) -> None:
        self.name = name
        self._lock = threading.Lock()

    @cached_property
    def digest(self) -> str:
        """Hexadecimal SHA-256 of the weights: of the file if packaged, else of the tensors.

        Raises:
            EncoderError: the packaged weights are missing or not the published ones.
        """
        if self.name == DEFAULT_ENCODER:
            return verified_digest()
        state = hashlib.sha256()
        for key, tensor in sorted(self._model.state_dict().items()):
            state.update(key.encode())
            state.update(np.ascontiguousarray(tensor.detach().cpu().float().numpy()).tobytes())
        return state.hexdigest()

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one L2-normalised row a text: float32, shape (len(texts), dimension).

        Raises:
            EncoderError: the model cannot be loaded.
        """
        if not texts:
            return self.encode([""])[:0]
        with self._lock:
            vectors = self._model.encode(
                list(texts), normalize_embeddings=True, show_progress_bar=False
            )
        return np.ascontiguousarray(vectors, dtype=np.float32).reshape(len(texts), -1)

    @cached_property
    def _model(self) -> SentenceTransformer:
        folder: str | Path = self.name
        if self.name == DEFAULT_ENCODER:
            folder = packaged_folder()
            _ = self.digest  # verified before it is used
        share_cores()
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        try:
            return SentenceTransformer(str(folder), device="cpu")
        except Exception as error:  # the library raises whatever its layers raise
            reason = " ".join(str(error).split())
            raise EncoderError(
                f"cannot load the embedding model {shown(self.name)}: {shown(reason, 160)}; "
                "name a sentence-transformers model, or a folder that holds one"
            ) from error
