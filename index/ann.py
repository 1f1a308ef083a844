"""Where the passages of a whole library are searched by meaning: FAISS, its index chosen by size.

Few vectors are compared one by one. Many are kept twice: as codes of product quantisation (Jégou,
Douze and Schmid 2011), 4 bits for each three dimensions, and in half precision. All codes are
compared with a question, 32 at a time by tables that stay in the processor's registers (André,
Kermarrec and Le Scouarnec 2015); the best are then compared in half precision. Of the codes of a
million passages, 64 MB, that takes 7 ms on one core and misses none of the ten nearest; the vectors
are mapped from disk. Time grows with the number of codes, but at 100,000 it is below 1 ms.

Lists around centroids do worse here, since a question may lie far from the statement that answers
it. In half precision, reading 512 of 4,096 lists found .94 of the ten nearest of a million in
20 ms; half of 1,024 lists of codes found .99 in 5 ms, half of 256 lists .98 in 4 ms. A graph (HNSW)
found .88 in 4 ms and took twelve minutes to build, these codes take half a minute.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from index.encoder import Vectors
from index.records import Hit

__all__ = ["EXACT", "FLAT_MOST", "AnnStore", "Layout", "layout"]

FLAT_MOST = 20_000
"""Most vectors that are compared one by one: 31 MB of them at 384 dimensions."""

_CANDIDATES = 1_000  # of a million: recall@10 1.00, @100 .99; with 200 @10 is .997, 1 ms faster
_LEAST = 4  # candidates for each row that is asked for
_TRAINED = 4_096  # vectors; FAISS would take no more for the 16 centroids of each code
_SEED = 7


@dataclass(frozen=True, slots=True)
class Layout:
    """How vectors are kept: of those that are near by their codes, `candidates` are compared.

    No candidates: there are no codes, and all vectors are compared, in float32.
    """

    candidates: int

    def factory(self, dimension: int) -> str:
        """Return the layout in the language of FAISS's `index_factory`."""
        if not self.candidates:
            return "Flat"
        codes = next(dimension // size for size in (3, 2, 1) if dimension % size == 0)
        # One list, which is all: FAISS can leave rows out of lists, but not of bare codes.
        return f"IVF1,PQ{codes}x4fs,Refine(SQfp16)"


EXACT = Layout(0)


def layout(count: int) -> Layout:
    """Return how `count` vectors are kept, see `qa eval speed --scale` for what that costs."""
    return EXACT if count <= FLAT_MOST else Layout(_CANDIDATES)


class AnnStore:
    """Vectors of passages, by row; searched for the greatest inner products.

    Args:
        faiss_index: of the layout's kind.
        candidates: how many vectors are compared; 0 where all are.
    """

    def __init__(self, faiss_index: Any, candidates: int) -> None:
        self._faiss = faiss_index
        self._candidates = candidates

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
            batches: yields them, in order: float32, L2-normalised, shape (n, dimension); called
                once more where codes are trained.
            chosen: the layout; by default that of the size.
        """
        faiss = _faiss()
        chosen = layout(count) if chosen is None else chosen
        found = faiss.index_factory(
            dimension, chosen.factory(dimension), faiss.METRIC_INNER_PRODUCT
        )
        if chosen.candidates:
            _train(found, _sample(count, _TRAINED, batches()))
        for vectors in batches():
            found.add(np.ascontiguousarray(vectors, dtype=np.float32))
        if found.ntotal != count:
            raise ValueError(f"{found.ntotal} vectors where {count} were promised")
        return cls(found, chosen.candidates)

    @classmethod
    def load(cls, path: Path, candidates: int) -> Self:
        """Map the index that `save` wrote into memory; RuntimeError where FAISS cannot read it.

        Vectors are mapped, codes are read: 0.1 s for those of a million.
        """
        faiss = _faiss()
        way = getattr(faiss, "IO_FLAG_MMAP_IFC", 0)
        return cls(faiss.read_index(str(path), way), candidates)

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
    def candidates(self) -> int:
        """How many vectors are compared; 0 where all are."""
        return self._candidates

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
        if self._candidates:
            settings = faiss.IndexRefineSearchParameters(
                k_factor=max(self._candidates / k, _LEAST),
                base_index_params=faiss.SearchParametersIVF(nprobe=1, **chosen),
            )
        else:
            settings = faiss.SearchParameters(**chosen)
        scores, rows = self._faiss.search(vector.reshape(1, -1), k, params=settings)
        hits = [Hit(int(r), float(s)) for r, s in zip(rows[0], scores[0], strict=True) if r >= 0]
        return sorted(hits, key=lambda hit: (-hit.score, hit.passage_id))


def _faiss() -> Any:
    """Return FAISS, loaded when it is first needed; untyped, since its stubs lack much."""
    import faiss

    return faiss


def _train(codes: Any, sample: Vectors) -> None:
    """Train an index on some vectors; where these are very few, they count several times."""
    faiss = _faiss()
    sample = np.resize(sample, (max(len(sample), 16 * 39), sample.shape[1]))  # FAISS's least
    threads = faiss.omp_get_max_threads()
    # Centroids of each code are found in milliseconds; threads that wait for each other, on
    # processors that are busy, took half a minute for what one does in a second.
    faiss.omp_set_num_threads(1)
    try:
        codes.train(sample)
    finally:
        faiss.omp_set_num_threads(threads)


def _sample(count: int, wanted: int, batches: Iterable[Vectors]) -> Vectors:
    """Return `wanted` of the vectors, or all where there are fewer; the same ones each time."""
    wanted = min(count, wanted)
    taken = np.zeros(count, dtype=bool)
    taken[np.random.default_rng(_SEED).choice(count, wanted, replace=False)] = True
    parts, first = [], 0
    for vectors in batches:
        parts.append(vectors[taken[first : first + len(vectors)]])
        first += len(vectors)
    return np.ascontiguousarray(np.concatenate(parts), dtype=np.float32)
