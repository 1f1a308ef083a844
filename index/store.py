"""Where passages are searched by meaning: FAISS, exact inner product."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, Self

import numpy as np

from index.encoder import Vectors
from index.records import Hit

if TYPE_CHECKING:
    from index.query import Query

__all__ = ["DenseStore", "PassageStore"]


class PassageStore(Protocol):
    """What finds passages for a query."""

    def search(self, query: Query, k: int) -> list[Hit]:
        """Return at most `k` hits, best first; ties in story order."""


class DenseStore:
    """Passage vectors in a flat FAISS index: exact inner product, cosine for unit vectors."""

    def __init__(self, faiss_index: Any) -> None:
        self._faiss = faiss_index

    @classmethod
    def from_vectors(cls, vectors: Vectors) -> Self:
        """Make a store of `vectors`: float32, L2-normalised, shape (n_passages, dimension)."""
        import faiss

        flat = faiss.IndexFlatIP(vectors.shape[1])
        flat.add(np.ascontiguousarray(vectors, dtype=np.float32))
        return cls(flat)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a store that `save` wrote; RuntimeError where FAISS cannot."""
        import faiss

        return cls(faiss.deserialize_index(np.frombuffer(path.read_bytes(), dtype=np.uint8)))

    def save(self, path: Path) -> None:
        """Write the FAISS index to `path`."""
        import faiss

        # Through Python's own file, so that a full disk is an OSError like any other.
        path.write_bytes(faiss.serialize_index(self._faiss).tobytes())

    def __len__(self) -> int:
        return int(self._faiss.ntotal)

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return int(self._faiss.d)

    def search(self, query: Query, k: int) -> list[Hit]:
        """Return the `k` passages of greatest inner product with `query.vector`."""
        return self.nearest(query.vector, k)

    def nearest(self, vector: Vectors, k: int) -> list[Hit]:
        """Return the `k` rows of greatest inner product with `vector`: float32, shape (d,)."""
        k = min(k, len(self))
        if k <= 0:
            return []
        scores, rows = self._faiss.search(vector.reshape(1, -1), k)
        hits = [Hit(int(r), float(s)) for r, s in zip(rows[0], scores[0], strict=True) if r >= 0]
        return sorted(hits, key=lambda hit: (-hit.score, hit.passage_id))

    def all_vectors(self) -> Vectors:
        """Return the vectors of all rows: float32, shape (len(self), dimension)."""
        return np.asarray(self._faiss.reconstruct_n(0, len(self)), dtype=np.float32)

    def vectors(self, rows: Sequence[int]) -> Vectors:
        """Return the vectors of `rows`: float32, shape (len(rows), dimension)."""
        found = [self._faiss.reconstruct(int(row)) for row in rows]
        return np.asarray(found, dtype=np.float32).reshape(len(rows), self.dimension)
