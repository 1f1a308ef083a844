"""A part of a library's index: some stories, their passages' vectors and their terms, unchanging.

    vectors.faiss    the vectors of all passages, story after story (see `ann`)
    terms.json ...   the postings of the terms (see `term_store`)

Nothing is embedded for it: the vectors and terms are those of each story's own index.
"""

from __future__ import annotations

import bisect
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from index.ann import AnnStore, Layout
from index.encoder import Encoder, Vectors
from index.errors import IndexCorruptError, shown
from index.lexical import LexicalStore
from index.persist import read_manifest
from index.store import DenseStore
from index.term_store import TermStore

__all__ = ["Member", "Segment", "read_member"]

_BATCH = 8_192
_VECTORS, _TERMS = "vectors.faiss", "bm25/"


@dataclass(frozen=True, slots=True)
class Member:
    """A story as it was when it was taken in.

    Attributes:
        name: its name, which is its folder's.
        stamp: time of change of its index's folder, in nanoseconds: while that stays, so does
            the index, which is never written in place.
        digest: SHA-256 of its index's manifest, which has the digests of all files.
        passages: how many it has.
    """

    name: str
    stamp: int
    digest: str
    passages: int


def read_member(folder: Path, encoder: Encoder) -> Member:
    """Return the story that is indexed in `folder`, after checking the files that are needed.

    Raises:
        IndexCorruptError: it is damaged, out of date, or made with another encoder.
    """
    try:
        stamp = folder.stat().st_mtime_ns
        manifest = read_manifest(folder)
        digest = hashlib.sha256((folder / "manifest.json").read_bytes()).hexdigest()
        for name, wanted in manifest.files.items():
            if name == _VECTORS or name.startswith(_TERMS):
                with (folder / name).open("rb") as file:
                    if hashlib.file_digest(file, "sha256").hexdigest() != wanted:
                        raise IndexCorruptError(f"{shown(folder / name)} is damaged")
    except OSError as error:
        raise IndexCorruptError(f"cannot read {shown(folder)}: {error.strerror}") from error
    if reason := manifest.stale(encoder):
        raise IndexCorruptError(f"index {shown(folder)} is out of date: {reason}")
    return Member(folder.name, stamp, digest, manifest.passages)


class Segment:
    """Stories that are searched together; a row is a passage, counted through all of them.

    Args:
        members: the stories.
        vectors: of their passages.
        terms: of their passages, by story.
    """

    def __init__(self, members: Sequence[Member], vectors: AnnStore, terms: TermStore) -> None:
        self.members = members
        self.vectors = vectors
        self.terms = terms
        self._starts = list(accumulate((m.passages for m in members), initial=0))
        if (len(vectors), len(terms)) != (self._starts[-1], len(members)):
            raise ValueError(f"{len(vectors)} vectors of {self._starts[-1]} passages")

    @classmethod
    def build(
        cls,
        members: Sequence[Member],
        home: Path,
        chosen: Layout | None = None,
        *,
        progress: bool = False,
    ) -> Self:
        """Gather the vectors and terms of stories, at least one, from their own indexes.

        Args:
            members: the stories.
            home: the folder that has their folders.
            chosen: how the vectors are kept; by default as suits their number.
            progress: whether to show progress bars on stderr.

        Raises:
            IndexCorruptError: a story changes or vanishes meanwhile.
        """
        from tqdm import tqdm

        def passing(what: str) -> Iterator[Path]:
            hidden = not progress or len(members) < 2
            for member in tqdm(members, desc=what, unit="stories", disable=hidden, leave=False):
                yield home / member.name

        try:
            dimension = DenseStore.load(home / members[0].name / _VECTORS).dimension
            terms = TermStore.from_frequencies(
                LexicalStore.load(folder / _TERMS).frequencies() for folder in passing("terms")
            )
            vectors = AnnStore.from_batches(
                sum(member.passages for member in members),
                dimension,
                lambda: _batches(passing("vectors")),
                chosen,
            )
            return cls(members, vectors, terms)
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            raise IndexCorruptError(
                f"the stories in {shown(home)} cannot be gathered ({shown(error)}); ask again"
            ) from error

    @classmethod
    def load(cls, folder: Path, members: Sequence[Member], candidates: int) -> Self:
        """Map what `save` wrote; OSError, ValueError or RuntimeError where it cannot be read."""
        vectors = AnnStore.load(folder / _VECTORS, candidates)
        return cls(members, vectors, TermStore.load(folder))

    def save(self, folder: Path) -> None:
        """Write the files into `folder`, which is made; OSError where they do not fit."""
        folder.mkdir(parents=True)
        self.vectors.save(folder / _VECTORS)
        self.terms.save(folder)

    def __len__(self) -> int:
        return self._starts[-1]

    def place(self, row: int) -> tuple[int, int]:
        """Return the number of the story that has this row, and the passage's number in it."""
        story = bisect.bisect_right(self._starts, row) - 1
        return story, row - self._starts[story]

    def rows(self, alive: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return which rows belong to stories that are `alive`; shapes (n_stories,), (n_rows,)."""
        return np.repeat(alive, np.diff(self._starts))


def _batches(folders: Iterator[Path]) -> Iterator[Vectors]:
    """Yield the vectors of stories, several together: adding a few at a time is slow."""
    waiting: list[Vectors] = []
    for folder in folders:
        waiting.append(DenseStore.load(folder / _VECTORS).all_vectors())
        if sum(map(len, waiting)) >= _BATCH:
            yield np.concatenate(waiting)
            waiting = []
    if waiting:
        yield np.concatenate(waiting)
