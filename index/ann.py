"""Where the passages of a whole library are searched by meaning: FAISS, its index chosen by size.

Few vectors are compared one by one. Many are linked to their neighbours in a graph (HNSW: Malkov
and Yashunin 2020), in half precision, through which a search walks towards the question: building
grows as n log n, searching as log n.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from index.encoder import Vectors
from index.records import Hit

__all__ = ["EXACT", "FLAT_MOST", "AnnStore", "Layout", "layout"]

FLAT_MOST = 50_000
"""Most vectors that are compared one by one: 77 MB of them at 384 dimensions."""

_LINKS = 32
_BUILD_EFFORT = 100
_EFFORT = 768  # of 1,000,000 passages; see `qa eval speed --scale` for what it finds


@dataclass(frozen=True, slots=True)
class Layout:
    """How vectors are kept: with `links` to neighbours, of which a search follows `effort`.

    No links: all vectors in float32, all compared.
    """

    links: int
    effort: int

    @property
    def factory(self) -> str:
        """The layout in the language of FAISS's `index_factory`."""
        return f"HNSW{self.links},SQfp16" if self.links else "Flat"


EXACT = Layout(0, 0)


def layout(count: int) -> Layout:
    """Return how `count` vectors are kept, see `qa eval speed --scale` for what that costs."""
    return EXACT if count <= FLAT_MOST else Layout(_LINKS, _EFFORT)


class AnnStore:
    """Vectors of passages, by row; searched for the greatest inner products.

    Args:
        faiss_index: of the layout's kind.
        effort: how many vectors a search keeps in view; 0 where all are compared.
    """

    def __init__(self, faiss_index: Any, effort: int) -> None:
        self._faiss = faiss_index
        self._effort = effort

    @classmethod
    def from_batches(
        cls,
        count: int,
        dimension: int,
        batches: Callable[[], Iterable[Vectors]],
        chosen: Layout | None = None,
    ) -> Self:
        """Make a store of vectors that need not be in memory at once.

        Args:
            count: how many vectors there are.
            dimension: their length.
            batches: yields them, in order: float32, L2-normalised, shape (n, dimension).
            chosen: the layout; by default that of the size.
        """
        faiss = _faiss()
        chosen = layout(count) if chosen is None else chosen
        found = faiss.index_factory(dimension, chosen.factory, faiss.METRIC_INNER_PRODUCT)
        if chosen.links:
            found.hnsw.efConstruction = _BUILD_EFFORT
            found.train(np.zeros((1, dimension), dtype=np.float32))  # half precision learns nothing
        with _one_thread():
            for vectors in batches():
                found.add(np.ascontiguousarray(vectors, dtype=np.float32))
        if found.ntotal != count:
            raise ValueError(f"{found.ntotal} vectors where {count} were promised")
        return cls(found, chosen.effort)

    @classmethod
    def load(cls, path: Path, effort: int) -> Self:
        """Map the index that `save` wrote into memory; RuntimeError where FAISS cannot read it."""
        faiss = _faiss()
        return cls(faiss.read_index(str(path), getattr(faiss, "IO_FLAG_MMAP_IFC", 0)), effort)

    def save(self, path: Path) -> None:
        """Write the FAISS index to `path`; OSError where there is no room for it."""
        faiss = _faiss()
        try:
            faiss.write_index(self._faiss, str(path))
        except RuntimeError as error:
            raise OSError(f"FAISS cannot write {path.name}: no room, or no right to") from error

    def __len__(self) -> int:
        return int(self._faiss.ntotal)

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return int(self._faiss.d)

    @property
    def effort(self) -> int:
        """How many vectors a search keeps in view; 0 where all are compared."""
        return self._effort

    def nearest(self, vector: Vectors, k: int, alive: NDArray[np.bool_] | None = None) -> list[Hit]:
        """Return the `k` rows of greatest inner product with `vector`, best first; ties by row.

        Args:
            vector: float32, L2-normalised, shape (dimension,).
            k: how many rows.
            alive: which rows may be found, shape (len(self),); by default all.
        """
        faiss = _faiss()
        k = min(k, len(self))
        if k <= 0:
            return []
        chosen: dict[str, Any] = {}
        if alive is not None:
            chosen["sel"] = faiss.IDSelectorBitmap(np.packbits(alive, bitorder="little"))
        if self._effort:
            settings = faiss.SearchParametersHNSW(efSearch=max(self._effort, k), **chosen)
        else:
            settings = faiss.SearchParameters(**chosen)
        scores, rows = self._faiss.search(vector.reshape(1, -1), k, params=settings)
        hits = [Hit(int(r), float(s)) for r, s in zip(rows[0], scores[0], strict=True) if r >= 0]
        return sorted(hits, key=lambda hit: (-hit.score, hit.passage_id))


def _faiss() -> Any:
    """Return FAISS, loaded when it is first needed; untyped, since its stubs lack much."""
    import faiss

    return faiss


@contextmanager
def _one_thread() -> Iterator[None]:
    """Let one thread link the vectors: several link them differently each time."""
    faiss = _faiss()
    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(before)
