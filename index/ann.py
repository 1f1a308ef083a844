"""Where the passages of a whole library are searched by meaning: FAISS, its index chosen by size.

Few vectors are compared one by one. Many are divided into lists around centroids (IVF: Jégou,
Douze and Schmid 2011) in half precision; a question reads the lists nearest to it. The centroids
are searched in a graph (HNSW: Malkov and Yashunin 2020), so that building grows as n log n and not
with the product of passages and lists. A graph over all vectors (32 links, 100 looked at in
building, 768 in searching) found .88 of the ten nearest of a million in 4 ms, lists .94 in 20 ms.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
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

_PROBES = 512  # of 100,000 passages: recall@10 .99 in 12 ms, of 1,000,000 .94 in 20 ms
_TRAINED = 64  # vectors a list; FAISS warns below 39
_LINKS = 32
_SEED = 7


@dataclass(frozen=True, slots=True)
class Layout:
    """How vectors are kept: `lists` inverted lists, of which a search reads `probes`.

    No lists: all vectors in float32, all compared.
    """

    lists: int
    probes: int

    @property
    def factory(self) -> str:
        """The layout in the language of FAISS's `index_factory`."""
        return f"IVF{self.lists}_HNSW{_LINKS},SQfp16" if self.lists else "Flat"


EXACT = Layout(0, 0)


def layout(count: int) -> Layout:
    """Return how `count` vectors are kept, see `qa eval speed --scale` for what that costs."""
    if count <= FLAT_MOST:
        return EXACT
    # 4 times the root, as FAISS's authors advise: reading lists then costs the root as well.
    return Layout(2 ** round(math.log2(4 * math.sqrt(count))), _PROBES)


class AnnStore:
    """Vectors of passages, by row; searched for the greatest inner products.

    Args:
        faiss_index: of the layout's kind.
        probes: how many lists a search reads; 0 where all vectors are compared.
    """

    def __init__(self, faiss_index: Any, probes: int) -> None:
        self._faiss = faiss_index
        self._probes = probes

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
                once more where centroids are trained.
            chosen: the layout; by default that of the size.
        """
        faiss = _faiss()
        chosen = layout(count) if chosen is None else chosen
        found = faiss.index_factory(dimension, chosen.factory, faiss.METRIC_INNER_PRODUCT)
        if chosen.lists:
            found.cp.min_points_per_centroid = 1
            found.cp.max_points_per_centroid = _TRAINED
            faiss.downcast_index(found.quantizer).hnsw.efConstruction = 2 * _LINKS
            found.train(_sample(count, _TRAINED * chosen.lists, batches()))
            faiss.downcast_index(found.quantizer).hnsw.efSearch = _LINKS
        for vectors in batches():
            found.add(np.ascontiguousarray(vectors, dtype=np.float32))
        if found.ntotal != count:
            raise ValueError(f"{found.ntotal} vectors where {count} were promised")
        return cls(found, chosen.probes)

    @classmethod
    def load(cls, path: Path, probes: int) -> Self:
        """Map the index that `save` wrote into memory; RuntimeError where FAISS cannot read it."""
        faiss = _faiss()
        # Lists are mapped by the first way, flat vectors by the second, newer one.
        way = faiss.IO_FLAG_MMAP if probes else getattr(faiss, "IO_FLAG_MMAP_IFC", 0)
        return cls(faiss.read_index(str(path), way), probes)

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
    def probes(self) -> int:
        """How many lists a search reads; 0 where all vectors are compared."""
        return self._probes

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
        if self._probes:
            effort = faiss.SearchParametersHNSW(efSearch=2 * self._probes)
            settings = faiss.SearchParametersIVF(
                nprobe=self._probes, quantizer_params=effort, **chosen
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
