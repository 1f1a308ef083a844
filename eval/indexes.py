"""Indexes that the systems of one evaluation share: each story is split and embedded once."""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path

from index.encoder import Encoder
from index.errors import IndexCorruptError, StorageError, StoryError
from index.persist import StoryIndex, load_index, read_manifest, save_index
from index.records import Story

__all__ = ["FOLDER", "index_of", "shared_indexes"]

FOLDER = "QA_EVAL_INDEXES"
"""Environment variable with the folder of the shared indexes: worker processes inherit it."""


@contextmanager
def shared_indexes(
    stories: Mapping[str, Story], encoder: Encoder, folder: Path, *, progress: bool = False
) -> Iterator[list[float]]:
    """Index `stories` in `folder`, for `index_of` to find; removed when all went well.

    They are built before anything is timed, so that no system pays for the others. After an
    interruption they stay, and are used by the run that goes on.

    Yields:
        The seconds that each index took that was not there yet.

    Raises:
        StorageError: the folder cannot be written.
    """
    from tqdm import tqdm

    before = os.environ.get(FOLDER)
    os.environ[FOLDER] = str(folder)
    try:
        bar = tqdm(
            stories.values(),
            desc="indexing",
            unit="story",
            disable=not progress,
            dynamic_ncols=True,
        )
        took: list[float] = []
        for story in bar:
            if _ready(story, encoder) is None:
                start = time.perf_counter()
                with suppress(StoryError):  # its questions will say so
                    index_of(story, encoder)
                    took.append(time.perf_counter() - start)
        yield took
    finally:
        if before is None:
            del os.environ[FOLDER]
        else:
            os.environ[FOLDER] = before
    shutil.rmtree(folder, ignore_errors=True)


def index_of(story: Story, encoder: Encoder) -> StoryIndex:
    """Return the index of a story: the shared one where there are any, else built in memory.

    Raises:
        StoryError: the story has no sentence.
        StorageError: the shared folder cannot be written.
    """
    from index.build import build_index

    folder = _ready(story, encoder)
    if folder is not None:
        try:
            return load_index(folder)
        except IndexCorruptError:
            pass
    index = build_index(story, encoder)
    if folder := _folder(story):
        try:
            save_index(index, encoder, folder)
        except OSError as error:
            raise StorageError(
                f"cannot keep the indexes in {folder.parent}: {error.strerror or error}; "
                "choose another folder (--out)"
            ) from error
    return index


def _folder(story: Story) -> Path | None:
    root = os.environ.get(FOLDER)
    if not root:
        return None
    key = f"{_code_digest()}\x00{story.story_id}\x00{story.sha256}"
    return Path(root) / hashlib.sha256(key.encode()).hexdigest()[:32]


def _ready(story: Story, encoder: Encoder) -> Path | None:
    """Return the folder of the story's index if it is there and was built by this program."""
    folder = _folder(story)
    try:
        fresh = folder is not None and read_manifest(folder).stale(encoder, story) is None
    except IndexCorruptError:
        return None
    return folder if fresh else None


@lru_cache(maxsize=1)
def _code_digest() -> str:
    """Return the SHA-256 of the code that makes indexes."""
    import index

    digest = hashlib.sha256()
    for path in sorted(Path(index.__path__[0]).glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()
