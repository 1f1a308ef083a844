"""The user's stories: where their indexes are kept, and when they are built anew."""

from __future__ import annotations

import difflib
import hashlib
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from index.build import build_index
from index.encoder import Encoder
from index.errors import (
    IndexCorruptError,
    QAWarning,
    StorageError,
    StoryError,
    StoryNotFoundError,
    shown,
)
from index.folders import data_folder, folder_name, is_file, is_folder, locked, storage_error
from index.persist import (
    Manifest,
    StoryIndex,
    backup,
    kept_story,
    load_index,
    read_manifest,
    save_index,
)
from index.records import Story
from index.stories import load_story

__all__ = ["Library", "data_folder"]

_SHOWN = 10


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
        """Return the manifests of all indexes that can be read, by story name.

        Raises:
            StorageError: the data folder cannot be read.
        """
        found = []
        for folder in self._folders():
            try:
                found.append(read_manifest(folder))
            except IndexCorruptError as error:
                warnings.warn(str(error), QAWarning, stacklevel=2)
        return found

    def names(self) -> list[str]:
        """Return the names that `open` knows: indexed stories and those of the seeds folder."""
        return sorted({m.story_id for m in self.manifests()} | set(self.seed_names()))

    def seed_names(self) -> list[str]:
        """Return the names of the stories in the seeds folder."""
        return sorted(p.stem for p in self.seeds.glob("*.txt")) if self.seeds else []

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
        return self.reopen(name_or_path)

    def reopen(self, name: str) -> StoryIndex:
        """Return the index kept under `name`, as `open` does, whatever files go by that name.

        Raises:
            StoryNotFoundError: there is none.
            IndexCorruptError: the index is damaged and its story text is gone.
        """
        folder = self._indexed(name)
        story = self._current(folder)
        if story is None:
            raise IndexCorruptError(
                f"index {shown(folder)} is damaged and so is the story kept in it; "
                "index the story's file again with: qa index PATH"
            )
        return self._ensure(story)

    def story(self, name_or_path: str) -> Story:
        """Return the text of a story that `open` knows; nothing is built and no model loaded.

        Raises:
            StoryNotFoundError: neither a file nor a known name.
            StoryError: the file cannot be used, or the kept text is damaged.
        """
        path = self._path(name_or_path)
        if path is not None:
            return load_story(path)
        folder = self._indexed(name_or_path)
        story = self._current(folder)
        if story is None:
            raise StoryError(
                f"the text kept in {shown(folder)} is damaged; name the story's file instead"
            )
        return story

    def add(self, path: str | Path) -> tuple[StoryIndex, bool]:
        """Index the story at `path`; return the index, and whether it had to be built.

        Raises:
            StoryError: the file cannot be used.
            StorageError: the index cannot be kept.
        """
        with self._place(load_story(path)) as (story, folder):
            if ready := self._ready(folder, story):
                return ready, False
            index = self._built(story)
            self._keep(index, folder)
            return index, True

    def _path(self, name_or_path: str) -> Path | None:
        """Return the file that is meant, or None where it can only be an indexed name."""
        given = Path(name_or_path)
        looks_like_path = given.name != name_or_path or given.suffix == ".txt"
        if looks_like_path or is_file(given):
            return given
        return self._seed(name_or_path)

    def _seed(self, name: str) -> Path | None:
        """Return the seed story's file of that name, or None where there is none."""
        path = self.seeds / f"{name}.txt" if self.seeds else None
        return path.resolve() if path and is_file(path) else None

    def _indexed(self, name: str) -> Path:
        """Return the folder of the indexed story `name`.

        Raises:
            StoryNotFoundError: there is none.
        """
        folder = self.home / folder_name(name)
        if not is_folder(folder) and is_folder(backup(folder)):
            # A process is replacing it this moment, or was killed while it did.
            with locked(folder):
                pass
        if not is_folder(folder):
            raise self._unknown(name)
        return folder

    def _unknown(self, name: str) -> StoryNotFoundError:
        known = self.names()
        near = difflib.get_close_matches(name, known, n=1)
        if near:
            hint = f"did you mean {near[0]}?"
        elif known:
            shortened = ", ".join(known[:_SHOWN]) + (", …" if len(known) > _SHOWN else "")
            hint = f"known stories: {shortened}"
        else:
            hint = "index one with: qa index PATH"
        return StoryNotFoundError(f"no story file or indexed story {shown(name)}; {hint}")

    def _ensure(self, story: Story) -> StoryIndex:
        placed, folder = self._placed(story)
        index = self._ready(folder, placed)
        if index is not None:
            return index
        try:
            with self._place(story) as (placed, folder):
                # Another process may have built it while this one waited.
                index = self._ready(folder, placed)
                if index is None:
                    index = self._built(placed)
                    self._keep(index, folder)
        except StorageError as error:
            warnings.warn(f"{error}; answering from memory", QAWarning, stacklevel=3)
        return index or self._built(placed)

    def _current(self, folder: Path) -> Story | None:
        """Return the story indexed in `folder` as its file is now, else as it was kept."""
        try:
            source = read_manifest(folder).source
        except IndexCorruptError:
            return None
        if source is not None:
            try:
                return load_story(source)
            except StoryNotFoundError:
                pass
            except StoryError as error:
                warnings.warn(f"{error}; using the text kept", QAWarning, stacklevel=4)
        return kept_story(folder)

    def _placed(self, story: Story) -> tuple[Story, Path]:
        """Return the story under the name that is its own, and that name's folder.

        Two files of the same name get two folders: the later one's has a digest of its path. The
        name of a seed is the seed's.
        """
        folder = self.home / folder_name(story.story_id)
        if not self._is_free(folder, story):
            source = (story.source or "").encode("utf-8", "surrogateescape")
            folder = folder.with_name(f"{folder.name}-{hashlib.sha256(source).hexdigest()[:8]}")
        return replace(story, story_id=folder.name), folder

    def _is_free(self, folder: Path, story: Story) -> bool:
        seed = self._seed(story.story_id)
        if seed:
            return story.source == str(seed) or story.sha256 == load_story(seed).sha256
        try:
            taken = read_manifest(folder)
        except IndexCorruptError:
            return True
        return story.source == taken.source or story.sha256 == taken.story_sha256

    @contextmanager
    def _place(self, story: Story) -> Iterator[tuple[Story, Path]]:
        """Hold the lock of the folder that is the story's own, and give both."""
        placed, folder = self._placed(story)
        while True:
            with locked(folder):
                placed, own = self._placed(story)
                if own == folder:
                    yield placed, folder
                    return
            folder = own  # another story took that name while this one waited

    def _ready(self, folder: Path, story: Story) -> StoryIndex | None:
        try:
            if read_manifest(folder).stale(self.encoder, story) is None:
                return load_index(folder)
        except IndexCorruptError:
            pass
        return None

    def _built(self, story: Story) -> StoryIndex:
        return build_index(story, self.encoder, progress=sys.stderr.isatty())

    def _keep(self, index: StoryIndex, folder: Path) -> None:
        try:
            save_index(index, self.encoder, folder)
        except OSError as error:
            raise storage_error(folder, error) from error

    def _folders(self) -> list[Path]:
        try:
            found = sorted(self.home.iterdir())
        except (FileNotFoundError, NotADirectoryError):
            return []
        except OSError as error:
            raise StorageError(
                f"cannot read {shown(self.home)}: {error.strerror}; "
                "set QA_HOME to a folder that can be read"
            ) from error
        return [f for f in found if f.is_dir() and not f.name.startswith(".")]
