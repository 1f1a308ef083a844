"""The user's stories: where their indexes are kept, and when they are built anew."""

from __future__ import annotations

import difflib
import hashlib
import os
import re
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from index.build import build_index
from index.encoder import Encoder
from index.errors import IndexCorruptError, StorageError, StoryError, StoryNotFoundError, shown
from index.persist import (
    Manifest,
    StoryIndex,
    kept_story,
    load_index,
    read_manifest,
    recover,
    save_index,
)
from index.records import Story
from index.stories import load_story

__all__ = ["Library", "data_folder"]

_LOCK_SECONDS = 600.0


def data_folder() -> Path:
    """Return the folder that indexes are kept in: $QA_HOME, or the user's data folder."""
    if home := os.environ.get("QA_HOME"):
        return Path(home)
    from platformdirs import user_data_path

    return user_data_path("story-qa", appauthor=False)


class Library:
    """Indexed stories in a folder, one subfolder each, opened by name or by the story's path.

    Args:
        home: the data folder.
        encoder: what embeds passages; an index made by another one is rebuilt.
        seeds: folder of stories that are known by name without having been indexed.
    """

    def __init__(self, home: Path, encoder: Encoder, seeds: Path | None = None) -> None:
        self.home = home / "indexes"
        self.encoder = encoder
        self.seeds = seeds

    def manifests(self) -> list[Manifest]:
        """Return the manifests of all indexes that can be read, by story name."""
        found = []
        for folder in self._folders():
            try:
                found.append(read_manifest(folder))
            except IndexCorruptError as error:
                warnings.warn(str(error), stacklevel=2)
        return found

    def names(self) -> list[str]:
        """Return the names that `open` knows: indexed stories and those of the seeds folder."""
        seeds = [p.stem for p in self.seeds.glob("*.txt")] if self.seeds else []
        return sorted({m.story_id for m in self.manifests()} | set(seeds))

    def open(self, name_or_path: str) -> StoryIndex:
        """Return the index of a story, building or rebuilding it where it must be.

        Args:
            name_or_path: the path of a text file, or the name of an indexed or seed story.

        Raises:
            StoryNotFoundError: neither a file nor a known name.
            StoryError: the file cannot be used.
            IndexCorruptError: the index is damaged and its story text is gone.
        """
        path = self._path(name_or_path)
        if path is not None:
            return self._ensure(load_story(path))
        if (self.home / _folder_name(name_or_path)).is_dir():
            return self._ensure_kept(self.home / _folder_name(name_or_path))
        raise self._unknown(name_or_path)

    def add(self, path: str | Path) -> tuple[StoryIndex, bool]:
        """Index the story at `path`; return the index, and whether it had to be built.

        Raises:
            StoryError: the file cannot be used.
            StorageError: the index cannot be kept.
        """
        story, folder = self._placed(load_story(path))
        with self._locked(folder):
            if ready := self._ready(folder, story):
                return ready, False
            return self._build(folder, story), True

    def _path(self, name_or_path: str) -> Path | None:
        """Return the file that is meant, or None where it can only be an indexed name."""
        given = Path(name_or_path)
        looks_like_path = given.name != name_or_path or given.suffix == ".txt"
        if looks_like_path or given.is_file():
            return given
        if self.seeds and (seed := self.seeds / f"{name_or_path}.txt").is_file():
            return seed
        return None

    def _unknown(self, name: str) -> StoryNotFoundError:
        known = self.names()
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"did you mean {near[0]}?" if near else f"known stories: {', '.join(known)}"
        return StoryNotFoundError(
            f"no story file or indexed story {shown(name)}; {hint or 'index one with: qa index'}"
        )

    def _ensure(self, story: Story) -> StoryIndex:
        story, folder = self._placed(story)
        if ready := self._ready(folder, story):
            return ready
        try:
            with self._locked(folder):
                # Another process may have built it while this one waited.
                return self._ready(folder, story) or self._build(folder, story)
        except StorageError as error:
            warnings.warn(f"{error}; answering from memory", stacklevel=3)
            return build_index(story, self.encoder)

    def _ensure_kept(self, folder: Path) -> StoryIndex:
        try:
            if read_manifest(folder).stale(self.encoder) is None:
                return load_index(folder)
        except IndexCorruptError:
            pass
        story = kept_story(folder) or self._from_source(folder)
        if story is None:
            raise IndexCorruptError(
                f"index {shown(folder)} is damaged and so is the story kept in it; "
                "index the story's file again with: qa index PATH"
            )
        return self._ensure(story)

    def _from_source(self, folder: Path) -> Story | None:
        try:
            source = read_manifest(folder).source
            return replace(load_story(source), story_id=folder.name) if source else None
        except (IndexCorruptError, StoryError):
            return None

    def _placed(self, story: Story) -> tuple[Story, Path]:
        """Return the story under the name that is its own, and that name's folder.

        Two files of the same name get two folders: the later one's has a digest of its path.
        """
        folder = self.home / _folder_name(story.story_id)
        try:
            taken = read_manifest(folder)
        except IndexCorruptError:
            return replace(story, story_id=folder.name), folder
        if taken.source != story.source and taken.story_sha256 != story.sha256:
            path_digest = hashlib.sha256((story.source or "").encode()).hexdigest()[:8]
            folder = folder.with_name(f"{folder.name}-{path_digest}")
        return replace(story, story_id=folder.name), folder

    def _ready(self, folder: Path, story: Story) -> StoryIndex | None:
        try:
            if read_manifest(folder).stale(self.encoder, story) is None:
                return load_index(folder)
        except IndexCorruptError:
            pass
        return None

    def _build(self, folder: Path, story: Story) -> StoryIndex:
        index = build_index(story, self.encoder, progress=sys.stderr.isatty())
        try:
            save_index(index, self.encoder, folder)
        except OSError as error:
            raise _storage_error(folder, error) from error
        return index

    def _folders(self) -> Iterator[Path]:
        if self.home.is_dir():
            for folder in sorted(self.home.iterdir()):
                if folder.is_dir() and not folder.name.startswith("."):
                    yield folder

    @contextmanager
    def _locked(self, folder: Path) -> Iterator[None]:
        """Hold the lock of one story's folder against other processes and threads."""
        from filelock import FileLock, Timeout

        lock_path = self.home / f".{folder.name}.lock"
        try:
            self.home.mkdir(parents=True, exist_ok=True)
            lock = FileLock(lock_path, timeout=_LOCK_SECONDS, thread_local=False)
            lock.acquire()
        except Timeout as error:
            raise StorageError(
                f"another process has held {shown(lock_path)} for {_LOCK_SECONDS:.0f} s; "
                "wait for it, or end it"
            ) from error
        except OSError as error:
            raise _storage_error(folder, error) from error
        try:
            recover(folder)
            yield
        finally:
            lock.release()


def _storage_error(folder: Path, error: OSError) -> StorageError:
    return StorageError(
        f"cannot keep the index in {shown(folder.parent)}: {error.strerror or error}; "
        "free some space or set QA_HOME to a folder that can be written"
    )


def _folder_name(name: str) -> str:
    """Return `name` fit for a folder: no separators, no leading dot, at most 100 characters."""
    return re.sub(r"[^\w.-]+", "-", name).strip("-.")[:100] or "story"
