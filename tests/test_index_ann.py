"""The library-wide vectors: exact and in lists, against NumPy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from index.ann import EXACT, FLAT_MOST, AnnStore, Layout, layout

LISTS = Layout(16, 4)
ALL_LISTS = Layout(16, 16)


def clustered(n: int, dimension: int = 24, seed: int = 1) -> Any:
    """Unit vectors around forty centres, as sentences lie around what they are about."""
    rng = np.random.default_rng(seed)
    centres = np.random.default_rng(0).normal(size=(40, dimension))
    rows = centres[rng.integers(40, size=n)] + 0.6 * rng.normal(size=(n, dimension))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def store(vectors: Any, chosen: Layout) -> AnnStore:
    def batches() -> Any:
        return (vectors[n : n + 100] for n in range(0, len(vectors), 100))

    return AnnStore.from_batches(len(vectors), vectors.shape[1], batches, chosen)


def best(vectors: Any, asked: Any, k: int) -> list[int]:
    found: list[int] = np.argsort(-(vectors @ asked), kind="stable")[:k].tolist()
    return found


def test_the_layout_goes_by_size() -> None:
    assert layout(1) == layout(FLAT_MOST) == EXACT
    above, million, four = layout(FLAT_MOST + 1), layout(1_000_000), layout(4_000_000)
    assert above.lists > above.probes > 0
    assert million.lists == 4_096
    assert four.lists == 2 * million.lists  # the root of the size
    assert layout(0).factory == "Flat"
    assert Layout(64, 8).factory == "IVF64_HNSW32,SQfp16"


def test_exact_search_is_that_of_numpy() -> None:
    vectors, asked = clustered(700), clustered(20, seed=2)
    found = store(vectors, EXACT)
    assert (len(found), found.dimension, found.probes) == (700, 24, 0)
    for vector in asked:
        hits = found.nearest(vector, 10)
        assert [hit.passage_id for hit in hits] == best(vectors, vector, 10)
        assert np.allclose([h.score for h in hits], np.sort(vectors @ vector)[:-11:-1], atol=1e-5)


def test_lists_find_nearly_the_same() -> None:
    vectors, asked = clustered(3_000), clustered(60, seed=2)

    def recall(chosen: Layout) -> float:
        found = store(vectors, chosen)
        pairs = [
            ({h.passage_id for h in found.nearest(v, 10)}, best(vectors, v, 10)) for v in asked
        ]
        return float(np.mean([len(hits & set(exact)) / 10 for hits, exact in pairs]))

    assert recall(ALL_LISTS) >= 0.995  # what half precision costs
    assert 0.5 < recall(Layout(16, 1)) < recall(LISTS) <= recall(ALL_LISTS)


@pytest.mark.parametrize("chosen", [EXACT, ALL_LISTS])
def test_rows_that_are_gone_are_not_found(chosen: Layout) -> None:
    vectors = clustered(500)
    found = store(vectors, chosen)
    alive = np.ones(500, dtype=bool)
    alive[best(vectors, vectors[7], 5)] = False
    hits = [hit.passage_id for hit in found.nearest(vectors[7], 10, alive)]
    assert len(hits) == 10
    assert all(alive[hits])
    assert found.nearest(vectors[7], 10, np.zeros(500, dtype=bool)) == []
    assert [h.passage_id for h in found.nearest(vectors[7], 1)] == [7]


@pytest.mark.parametrize("chosen", [EXACT, LISTS])
def test_what_is_mapped_from_disk_is_what_was_saved(chosen: Layout, tmp_path: Path) -> None:
    vectors = clustered(400)
    made = store(vectors, chosen)
    made.save(tmp_path / "v.faiss")
    mapped = AnnStore.load(tmp_path / "v.faiss", made.probes)
    assert (len(mapped), mapped.dimension, mapped.probes) == (400, 24, chosen.probes)
    for vector in vectors[:5]:
        assert mapped.nearest(vector, 7) == made.nearest(vector, 7)


@pytest.mark.parametrize("chosen", [EXACT, LISTS])
def test_the_same_vectors_make_the_same_store(chosen: Layout) -> None:
    vectors = clustered(600)
    asked = vectors[3]
    assert store(vectors, chosen).nearest(asked, 9) == store(vectors, chosen).nearest(asked, 9)


def test_asking_for_more_than_there_is_or_nothing() -> None:
    found = store(clustered(3), EXACT)
    assert len(found.nearest(clustered(1)[0], 50)) == 3
    assert found.nearest(clustered(1)[0], 0) == []


def test_a_wrong_count_is_noticed() -> None:
    with pytest.raises(ValueError, match="3 vectors where 4 were promised"):
        AnnStore.from_batches(4, 24, lambda: [clustered(3)])


def test_a_store_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"FAISS cannot write v\.faiss"):
        store(clustered(3), EXACT).save(tmp_path / "nowhere" / "v.faiss")
