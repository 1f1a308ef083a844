"""How building, opening and asking a library grow with its passages: `qa eval speed --scale`."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from eval.speed.records import Scale
from eval.speed.scale_ask import Asked, asked_apart
from eval.speed.scale_library import LibraryMaker
from eval.speed.scale_text import SENTENCES, scale_story
from index.ann import layout
from index.corpus import Corpus
from index.encoder import Vectors
from index.gathering import corpus_folder, open_corpus
from index.library import Library
from index.store import DenseStore

__all__ = ["SIZES", "exact_scores", "measure_scale", "recall"]

SIZES = (1_000, 10_000, 100_000, 1_000_000)
"""Passages of the libraries that are reported."""

_ASKED_STORIES = 20
_TOP = 10
_TIE = 1e-5  # of inner products in float32


def measure_scale(
    sizes: Sequence[int], embedded: int, progress: Callable[[str], None] = lambda _: None
) -> Iterator[Scale]:
    """Make a library in a temporary folder, let it grow, and yield the figures at each size.

    Args:
        sizes: numbers of passages; rounded up to whole stories.
        embedded: how many passages are embedded; see `scale_library` for the others.
        progress: told what is done next.

    Raises:
        QAError: the library cannot be asked.
    """
    from qa.agent import default_encoder

    encoder = default_encoder()
    with tempfile.TemporaryDirectory(prefix="qa-scale-") as folder:
        library = Library(Path(folder), encoder)
        maker = LibraryMaker(library.home, encoder, embedded)
        for size in sorted(set(sizes)):
            yield _measured(size, library, maker, progress)


def _measured(
    size: int, library: Library, maker: LibraryMaker, progress: Callable[[str], None]
) -> Scale:
    stories = max(1, -(-size // SENTENCES))
    progress(f"scale {size:,}: writing {stories - maker.stories:,} more stories")
    start = time.perf_counter()
    maker.grow(stories)
    written = time.perf_counter() - start
    questions = _questions(maker.stories)
    progress(f"scale {size:,}: indexing in full the stories that are asked")
    for name in dict.fromkeys(story for _, story, _ in questions):
        library.reopen(name)
    shutil.rmtree(corpus_folder(library), ignore_errors=True)
    progress(f"scale {size:,}: building the library's index")
    start = time.perf_counter()
    corpus = open_corpus(library)
    built = time.perf_counter() - start
    passages = len(corpus)
    del corpus
    progress(f"scale {size:,}: asking {len(questions)} questions, unmeasured")
    asked_apart(library.home.parent, questions)  # other stories that come near are indexed so
    open_corpus(library)
    maker.grow(maker.stories + 1)
    progress(f"scale {size:,}: adding a story")
    start = time.perf_counter()
    corpus = open_corpus(library)
    added = time.perf_counter() - start
    progress(f"scale {size:,}: asking {len(questions)} questions")
    asking = asked_apart(library.home.parent, questions)
    progress(f"scale {size:,}: comparing with exact search")
    vectors = library.encoder.encode([question for question, _, _ in questions])
    return Scale(
        passages=passages,
        stories=stories,
        embedded=maker.embedded,
        layout=layout(passages).factory(vectors.shape[1]),
        written_seconds=written,
        build_seconds=built,
        add_seconds=added,
        index_bytes=sum(f.stat().st_size for f in corpus_folder(library).rglob("part-*/*")),
        recall=recall(corpus, library.home, vectors),
        asking=asking,
    )


def _questions(stories: int) -> list[Asked]:
    """Return what is asked: about stories from all over the library, by name."""
    step = max(1, stories // _ASKED_STORIES)
    asked = [scale_story(n) for n in range(0, stories, step)][:_ASKED_STORIES]
    return [(question, s.name, fact) for s in asked for question, fact in s.asked]


def recall(corpus: Corpus, home: Path, queries: Vectors, k: int = _TOP) -> float:
    """Return the mean share of the `k` passages found that are among the `k` exactly nearest.

    A passage counts if it is as near as the k-th (as in ANN-Benchmarks, Aumüller, Bernhardsson and
    Faithfull 2020): of passages that are equally near, any will do.

    Args:
        corpus: what is judged.
        home: the folder of the stories' indexes, whose vectors are the truth.
        queries: float32, shape (n, dimension).
        k: how many.
    """
    least = exact_scores(corpus, home, queries, k)[:, -1] - _TIE
    shares = []
    for query, bound in zip(queries, least, strict=True):
        found = corpus.nearest(query, k)
        scores = [_vectors(home, corpus, hit.story)[hit.passage_id] @ query for hit in found]
        shares.append(sum(score >= bound for score in scores) / min(k, len(corpus)))
    return float(np.mean(shares))


def exact_scores(corpus: Corpus, home: Path, queries: Vectors, k: int) -> Vectors:
    """Return the `k` greatest inner products of each query, descending: shape (n, k).

    All passages are compared, a few stories at a time. With fewer than `k` passages, fewer columns.
    """
    best = np.zeros((len(queries), 0), dtype=np.float32)
    waiting: list[Vectors] = []
    alive = corpus.alive_stories()
    for place, story in enumerate(alive, 1):
        waiting.append(_vectors(home, corpus, story))
        if len(waiting) == SENTENCES or place == len(alive):
            found = np.hstack([best, queries @ np.concatenate(waiting).T])
            best = -np.sort(-found, axis=1)[:, :k]
            waiting = []
    return best


def _vectors(home: Path, corpus: Corpus, story: int) -> Vectors:
    return DenseStore.load(home / corpus.names[story] / "vectors.faiss").all_vectors()
