"""A library of any size for the benchmark, written without parsing a million sentences.

The first stories are embedded. The passages of later ones are made of these: to a passage's vector
is added the difference of two others from the same frame of the grammar, which stands for other
names and words in the same sentence (the analogies of Mikolov, Yih and Zweig 2013). They lie among
the real ones as these lie among themselves, and no two are the same.

A story's folder has what the library's index is made of: vectors, terms, text and manifest. A story
that is asked is indexed in full then, from its text, as one with a damaged index is.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eval.speed.scale_text import SENTENCES, ScaleStory, scale_story
from index.encoder import Encoder, Vectors
from index.language import language_version
from index.lexical import LexicalStore
from index.passages import SPLITTER_VERSION
from index.persist import FORMAT_VERSION, Manifest
from index.records import Story
from index.store import DenseStore

__all__ = ["LibraryMaker"]

_SEED = 11


class LibraryMaker:
    """Writes stories into a library's folder, in order of their numbers.

    Args:
        home: the folder of the indexes.
        encoder: what embeds the first stories.
        embedded: how many passages are embedded, at least; later ones are made of them.
    """

    def __init__(self, home: Path, encoder: Encoder, embedded: int) -> None:
        self._home = home
        self._encoder = encoder
        self._real = -(-embedded // SENTENCES)
        self._vectors: list[Vectors] = []
        self._frames: list[int] = []
        self._groups: dict[int, NDArray[np.int64]] = {}
        self._base: Vectors | None = None
        self.stories = 0

    @property
    def embedded(self) -> int:
        """How many passages so far have vectors of the encoder."""
        return min(self.stories, self._real) * SENTENCES

    def grow(self, stories: int, progress: Callable[[int], object] = lambda _: None) -> None:
        """Write stories until there are so many; `progress` is told of each."""
        while self.stories < stories:
            story = scale_story(self.stories)
            self._write(story, self._embed(story))
            self.stories += 1
            progress(1)

    def _embed(self, story: ScaleStory) -> Vectors:
        if self.stories < self._real:
            vectors = self._encoder.encode(story.sentences)
            self._vectors.append(vectors)
            self._frames += story.frames
            return vectors
        if self._base is None:
            self._base = np.concatenate(self._vectors)
            frames = np.array(self._frames)
            self._groups = {int(f): np.flatnonzero(frames == f) for f in np.unique(frames)}
        rng = np.random.default_rng([_SEED, self.stories])
        anywhere = np.arange(len(self._base))  # where no embedded story has the frame
        alike = [self._groups.get(frame, anywhere) for frame in story.frames]
        rows = np.array([rng.choice(group, 3) for group in alike])
        base, one, other = (self._base[rows[:, n]] for n in range(3))
        mixed = base + one - other
        return np.asarray(mixed / np.linalg.norm(mixed, axis=1, keepdims=True), dtype=np.float32)

    def _write(self, story: ScaleStory, vectors: Vectors) -> None:
        folder = self._home / story.name
        folder.mkdir(parents=True)
        whole = Story(story.name, story.text)
        (folder / "story.txt").write_bytes(whole.text.encode("utf-8"))
        DenseStore.from_vectors(vectors).save(folder / "vectors.faiss")
        LexicalStore.from_texts(story.sentences).save(folder / "bm25")
        files = sorted(f for f in folder.rglob("*") if f.is_file())
        manifest = Manifest(
            format_version=FORMAT_VERSION,
            story_id=story.name,
            source=None,
            story_sha256=whole.sha256,
            encoder=self._encoder.name,
            encoder_digest=self._encoder.digest,
            dimension=vectors.shape[1],
            passages=len(vectors),
            splitter_version=SPLITTER_VERSION,
            language_model=language_version(),
            files={
                str(f.relative_to(folder)): hashlib.sha256(f.read_bytes()).hexdigest()
                for f in files
            },
        )
        (folder / "manifest.json").write_text(json.dumps(asdict(manifest)), "utf-8")
