"""The library-wide vectors: exact and by codes, against NumPy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import faiss
import numpy as np
import pytest

from index.ann import EXACT, FLAT_MOST, AnnStore, Layout, layout

CODED = Layout(200)


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
    above, million = layout(FLAT_MOST + 1), layout(1_000_000)
    assert 0 < above.candidates == million.candidates < FLAT_MOST
    assert layout(0).factory(384) == "Flat"
    assert CODED.factory(384) == "IVF1,PQ128x4fs,Refine(SQfp16)"
    assert "PQ160x" in CODED.factory(320)
    assert "PQ7x" in CODED.factory(7)


def test_exact_search_is_that_of_numpy() -> None:
    vectors, asked = clustered(700), clustered(20, seed=2)
    found = store(vectors, EXACT)
    assert (len(found), found.dimension, found.candidates) == (700, 24, 0)
    for vector in asked:
        hits = found.nearest(vector, 10)
        assert [hit.passage_id for hit in hits] == best(vectors, vector, 10)
        assert np.allclose([h.score for h in hits], np.sort(vectors @ vector)[:-11:-1], atol=1e-5)


def test_codes_find_nearly_the_same() -> None:
    vectors, asked = clustered(3_000), clustered(60, seed=2)

    def recall(chosen: Layout) -> float:
        found = store(vectors, chosen)
        pairs = [
            ({h.passage_id for h in found.nearest(v, 10)}, best(vectors, v, 10)) for v in asked
        ]
        return float(np.mean([len(hits & set(exact)) / 10 for hits, exact in pairs]))

    assert recall(Layout(3_000)) >= 0.995  # what half precision costs
    assert 0.8 < recall(Layout(40)) < recall(CODED) <= recall(Layout(3_000))


@pytest.mark.parametrize("dimension", [7, 10, 24])
def test_codes_of_any_dimension_are_compared_in_half_precision(dimension: int) -> None:
    vectors = clustered(2_000, dimension)
    found = store(vectors, CODED)
    for vector in vectors[:5]:
        hits = found.nearest(vector, 10)
        assert len({hit.passage_id for hit in hits}) == 10
        exact = vectors[[hit.passage_id for hit in hits]] @ vector
        assert np.allclose([hit.score for hit in hits], exact, atol=1e-3)
        assert [hit.score for hit in hits] == sorted((h.score for h in hits), reverse=True)


@pytest.mark.parametrize("chosen", [EXACT, CODED])
def test_rows_that_are_gone_are_not_found(chosen: Layout) -> None:
    vectors = clustered(500)
    found = store(vectors, chosen)
    alive = np.ones(500, dtype=bool)
    alive[best(vectors, vectors[7], 250)] = False  # more than are candidates
    hits = [hit.passage_id for hit in found.nearest(vectors[7], 10, alive)]
    left = np.flatnonzero(alive)
    assert len(hits) == 10
    assert all(alive[hits])
    assert len(set(hits) & set(left[best(vectors[left], vectors[7], 10)])) >= 9
    assert found.nearest(vectors[7], 10, np.zeros(500, dtype=bool)) == []
    assert [h.passage_id for h in found.nearest(vectors[7], 1)] == [7]
    only = np.zeros(500, dtype=bool)
    only[[3, 400]] = True
    assert {h.passage_id for h in found.nearest(vectors[7], 10, only)} == {3, 400}


@pytest.mark.parametrize("chosen", [EXACT, CODED])
def test_what_is_mapped_from_disk_is_what_was_saved(chosen: Layout, tmp_path: Path) -> None:
    vectors = clustered(400)
    made = store(vectors, chosen)
    made.save(tmp_path / "v.faiss")
    mapped = AnnStore.load(tmp_path / "v.faiss", made.candidates)
    assert (len(mapped), mapped.dimension, mapped.candidates) == (400, 24, chosen.candidates)
    for vector in vectors[:5]:
        assert mapped.nearest(vector, 7) == made.nearest(vector, 7)


@pytest.mark.parametrize("chosen", [EXACT, CODED])
def test_the_same_vectors_make_the_same_store(chosen: Layout) -> None:
    vectors = clustered(600)
    asked = vectors[3]
    assert store(vectors, chosen).nearest(asked, 9) == store(vectors, chosen).nearest(asked, 9)


@pytest.mark.parametrize("chosen", [EXACT, CODED])
def test_asking_for_more_than_there_is_or_nothing(chosen: Layout) -> None:
    found = store(clustered(3), chosen)
    assert {hit.passage_id for hit in found.nearest(clustered(1)[0], 50)} == {0, 1, 2}
    assert found.nearest(clustered(1)[0], 0) == []


def test_asking_for_more_than_are_candidates() -> None:
    vectors = clustered(900)
    hits = [hit.passage_id for hit in store(vectors, CODED).nearest(vectors[5], 150)]
    assert len(set(hits) & set(best(vectors, vectors[5], 150))) >= 147


def test_training_leaves_the_number_of_threads() -> None:
    before = faiss.omp_get_max_threads()
    store(clustered(300), CODED)
    assert faiss.omp_get_max_threads() == before


def test_a_wrong_count_is_noticed() -> None:
    with pytest.raises(ValueError, match="3 vectors where 4 were promised"):
        AnnStore.from_batches(4, 24, lambda: [clustered(3)])


def test_a_store_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"FAISS cannot write v\.faiss"):
        store(clustered(3), EXACT).save(tmp_path / "nowhere" / "v.faiss")
